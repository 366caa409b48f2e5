/** Signing out everywhere undoes what a stranger did with a session; operators see and end anybody's; the log tells of it. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Browser } from '#test/support/sign-in.js';
import { openWorld, type World } from '#test/support/world.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

let w: World;
/** Whoever got hold of the operator's session. */
let thief: Browser;
let uid: string;
beforeEach(async () => {
  w = await openWorld();
  thief = await w.signIn('Boss', { role: 'operator' });
  uid = await w.phone('Boss').uid();
});
afterEach(() => w.close());

const call = (token: string, path: string, body?: unknown, method?: string) =>
  w.call(`/api/v1${path}`, {
    ...(body === undefined ? {} : { body }),
    ...(method ? { method } : {}),
    headers: { authorization: `Bearer ${token}` },
  });

async function makeToken(by = thief): Promise<string> {
  const scopes = ['read', 'send', 'manage', 'operate'];
  const made = await by.post('/console/keys/personal/make', { name: 'x', 'scopes[]': scopes, life: '' });
  return /QN_\w{32}/.exec(made.text)?.[0] ?? '';
}
const keyOf = async (answer: Promise<{ json: unknown }>) => ((await answer).json as { key: string }).key;
const sends = async (sendkey: string) => (await w.call(`/${sendkey}.send?title=x`)).status === 200;

describe('signing out everywhere', () => {
  it('ends sessions, and every token and key made since, for whomever and by whatever token', async () => {
    const ling = await w
      .phone('Ling')
      .follows()
      .then(() => w.phone('Ling').uid());
    const before = await keyOf(w.admin(`/users/${uid}/keys`, { kind: 'sendkey' }));
    const token = await makeToken();
    const child = await keyOf(call(token, `/users/${uid}/keys`, { kind: 'personal' }));
    const grandchild = await keyOf(call(child, `/users/${ling}/keys`, { kind: 'sendkey' }));
    await thief.submit('/console/keys/bark/make');
    const { personId } = await w.core.people.getByUid(uid);
    const bark = await w.core.keys.showKey(personId, 'bark');
    const notify = await call(token, '/notify', {
      corpId: 'wwsim0000000001',
      agentId: 1000002,
      secret: 'simwecomsecret',
      receivers: 'zhangsan',
    });
    expect(notify.status).toBe(201);
    expect([await sends(before), await sends(grandchild)]).toEqual([true, true]);

    const said = await w.phone('Boss').says('退出登录');
    said.seesReply(/1 个网页登录、2 个管理接口令牌、1 个Server酱 SendKey、1 个Bark 密钥、1 个通知 Code/);
    expect((await thief.get('/console')).status).toBe(303);
    for (const dead of [token, child]) {
      expect((await call(dead, '/apps')).status).toBe(401);
    }
    expect(await w.core.keys.findOwner('bark', bark)).toBeNull();
    said.seesReply(/也换 appToken[\s\S]*and app tokens/);
    expect(await w.db.notifyCode.count()).toBe(0);
    expect([await sends(before), await sends(grandchild)]).toEqual([true, false]);
    const line = await w.db.auditEntry.findFirstOrThrow({ where: { action: 'session.end-all' } });
    expect(line).toMatchObject({ actor: uid, detail: expect.stringContaining('2 personal tokens') });
    (await w.phone('Boss').says('退出登录')).seesReply(/现在没有网页登录/);
  });

  it('ends the secret of the open API that was made since, and the message tokens that it brought, but no older one', async () => {
    const { personId } = await w.core.people.getByUid(uid);
    const own = await keyOf(w.admin(`/users/${uid}/keys`, { kind: 'pushplus' }));
    const open = (secretKey: string) =>
      w
        .call('/api/common/openApi/getAccessKey', { body: { token: own, secretKey } })
        .then(({ json }) => (json as { data?: { accessKey?: string } }).data?.accessKey ?? '');
    const sendsBy = async (token: string) =>
      ((await w.call('/send', { body: { token, content: 'x' } })).json as { code: number }).code;
    await thief.submit('/console/keys/pushplus/secret/replace');
    const { secret } = await w.core.openAccess.getRules(personId);
    const added = await w.call('/api/open/token/add', {
      headers: { 'access-key': await open(secret) },
      body: { name: 'mine' },
    });
    const { data: token } = added.json as { data: string };
    expect([await sendsBy(token), await sendsBy(own)]).toEqual([200, 200]);

    (await w.phone('Boss').says('退出登录')).seesReply(
      /1 个PushPlus token、1 个PushPlus AccessKey、1 个PushPlus secretKey/,
    );
    expect([await sendsBy(token), await sendsBy(own)]).toEqual([903, 200]);
    expect(await open(secret)).toBe('');

    const fresh = (await w.core.openAccess.getRules(personId)).secret;
    w.clock.advance(8 * DAY);
    await w.upkeep.removeOld();
    await w.signIn('Boss', { role: 'operator' });
    (await w.phone('Boss').says('退出登录')).seesReply(/1 个网页登录。/);
    expect(await open(fresh)).not.toBe('');
  });

  it('reaches what was made by a session that its thief had left already, or that had run out', async () => {
    const token = await makeToken();
    await thief.post('/sign-out');
    const late = await w.signIn('Boss', { role: 'operator' });
    const other = await makeToken(late);
    w.clock.advance(13 * HOUR);
    await w.upkeep.removeOld();
    (await w.phone('Boss').says('退出登录')).seesReply(/2 个管理接口令牌/);
    expect([(await call(token, '/apps')).status, (await call(other, '/apps')).status]).toEqual([401, 401]);
  });

  it('leaves what an older sign-in made', async () => {
    const token = await makeToken();
    await thief.post('/sign-out');
    w.clock.advance(8 * DAY);
    await w.upkeep.removeOld();
    await w.signIn('Boss', { role: 'operator' });
    (await w.phone('Boss').says('退出登录')).seesReply(/1 个网页登录。/);
    expect((await call(token, '/apps')).status).toBe(200);
  });

  it('leaves nothing that was made at the same moment', async () => {
    const { personId } = await w.core.people.getByUid(uid);
    const { id: sessionId } = await w.db.session.findFirstOrThrow();
    const making = Array.from({ length: 20 }, () =>
      w.core.keys.createKey(personId, 'bark', { by: { sessionId } }).catch(() => null),
    );
    await Promise.all([...making, w.core.signOuts.endEverywhere(personId)]);
    expect(await w.db.key.count({ where: { revokedAt: null } })).toBe(0);
    await expect(w.core.keys.createKey(personId, 'bark', { by: { sessionId } })).rejects.toMatchObject({
      code: 'unauthorized',
    });
  });

  it('is a button too: for all browsers below /me, for the others in the console', async () => {
    const own = await w.signIn('Boss', { role: 'operator' });
    const token = await makeToken();
    const kept = await makeToken(own);
    const left = await own.submit('/console/sessions/end-others');
    expect(left.text).toMatch(/已结束：1 个网页登录、1 个管理接口令牌/);
    expect([(await call(token, '/apps')).status, (await call(kept, '/apps')).status]).toEqual([401, 200]);
    const said = await own.post('/me/sign-out/everywhere');
    expect(said.text).toMatch(/已退出所有登录[\s\S]*1 个网页登录、1 个管理接口令牌/);
    expect((await own.get('/me')).status).toBe(303);
    expect((await call(kept, '/apps')).status).toBe(401);
  });
});

describe('operators', () => {
  it('see and end anybody’s sessions and tokens on the person’s page', async () => {
    const dev = await w.signIn('Dev', { role: 'developer' });
    const devUid = await w.phone('Dev').uid();
    const made = await dev.post('/console/keys/personal/make', { name: 'ci', 'scopes[]': ['read'] });
    const token = /QN_\w{32}/.exec(made.text)?.[0] ?? '';
    const page = await thief.get(`/console/people/${devUid}`);
    expect(page.text).toMatch(/127\.0\.0\.1[\s\S]*ci <code>QN_/);
    const revoke = /action="([^"]+\/keys\/\d+\/revoke)"/.exec(page.text)?.[1] ?? '';
    expect((await thief.submit(revoke)).text).toContain('密钥已停用');
    expect((await call(token, '/apps')).status).toBe(401);
    const end = /action="([^"]+\/sessions\/\d+\/end)"/.exec(page.text)?.[1] ?? '';
    expect((await thief.submit(end)).text).toContain('已结束：1 个网页登录');
    expect((await dev.get('/me')).status).toBe(303);
    const again = await w.signIn('Dev', { role: 'developer' });
    await thief.submit(`/console/people/${devUid}/sessions/end`);
    expect((await again.get('/me')).status).toBe(303);
    const mallory = await w.signIn('Mallory', { role: 'developer' });
    expect((await mallory.post(`/console/people/${uid}/sessions/end`)).status).toBe(403);
    expect((await thief.get('/console')).status).toBe(200);
  });

  it('do so by the management API; developers for themselves alone', async () => {
    const dev = await w.signIn('Dev', { role: 'developer' });
    const devUid = await w.phone('Dev').uid();
    const own = await keyOf(w.admin(`/users/${devUid}/keys`, { kind: 'personal' }));
    const list = (await call(own, `/users/${devUid}/sessions`)).json;
    expect(list).toMatchObject({ total: 1, items: [{ address: '127.0.0.1', followerOnly: false }] });
    for (const [path, method] of [
      [`/users/${uid}/sessions`, 'GET'],
      [`/users/${uid}/sessions`, 'DELETE'],
      [`/users/${uid}/sessions/1`, 'DELETE'],
    ] as const) {
      expect((await call(own, path, undefined, method)).status).toBe(404);
    }
    const [{ id = 0 } = {}] = (list as { items: { id: number }[] }).items;
    const gone = await call(w.adminToken, `/users/${devUid}/sessions/${id}`, undefined, 'DELETE');
    expect(gone.json).toEqual({ ended: { session: 1 } });
    expect((await dev.get('/me')).status).toBe(303);
    expect((await call(w.adminToken, `/users/${devUid}/sessions/${id}`, undefined, 'DELETE')).status).toBe(
      404,
    );
    const all = await call(w.adminToken, `/users/${uid}/sessions`, undefined, 'DELETE');
    expect(all.json).toEqual({ ended: { session: 1 } });
    expect((await thief.get('/console')).status).toBe(303);
  });

  it('are signed out after twelve hours, however busy, and also when they became operators later', async () => {
    const dev = await w.signIn('Dev', { role: 'developer' });
    const devId = (await w.core.people.getByUid(await w.phone('Dev').uid())).personId;
    for (let hour = 0; hour < 11; hour += 1) {
      w.clock.advance(HOUR);
      expect((await thief.get('/console')).status).toBe(200);
    }
    await w.db.account.update({ where: { personId: BigInt(devId) }, data: { role: 'operator' } });
    expect((await dev.get('/console/accounts')).status).toBe(200);
    w.clock.advance(HOUR);
    expect((await thief.get('/console')).status).toBe(303);
    expect((await dev.get('/console')).status).toBe(303);
    expect(await w.core.sessions.listSessions(devId)).toEqual([]);
  });
});

/** A person's data: taken along as JSON, and ended by themselves, the operator, the platform, and some time after they left. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { MadeApp } from '#test/support/builders.js';
import { ON_POSTGRES } from '#test/support/database.js';
import { openWorld, type World } from '#test/support/world.js';

vi.setConfig({ testTimeout: 60_000 });

const DAY_MS = 86_400_000;

let w: World;
let app: MadeApp;
let uid: string;
let personId: number;
beforeEach(async () => {
  w = await openWorld();
  app = await w.app('删除', { callbackUrl: w.webhook('dev') }).made();
  const ming = w.phone('Ming');
  await ming.follows();
  uid = await ming.uid();
  ({ personId } = await w.core.people.getByUid(uid));
  await ming.says(`#${app.id}`);
  await ming.says(`#${app.id} 一条指令`);
  await w.drain();
});
afterEach(() => w.close());

const send = (content: string, uids: string[] = [uid], more: object = {}) =>
  w.call('/api/send/message', { body: { appToken: app.appToken, content, uids, ...more } });
const erase = () => w.admin(`/users/${uid}`, undefined, 'DELETE');
const newest = () => w.db.message.findFirstOrThrow({ orderBy: { id: 'desc' } });

/** Every place that names a person by number still names this one in so many rows. */
async function countRows(): Promise<Record<string, number>> {
  const columns = ON_POSTGRES
    ? await w.db.$queryRawUnsafe<{ t: string; c: string }[]>(
        `SELECT table_name AS t, column_name AS c FROM information_schema.columns WHERE table_schema = 'public' AND lower(column_name) IN ('personid', 'ownerid', 'senderid', 'lastpersonid')`,
      )
    : await w.db.$queryRawUnsafe<{ t: string; c: string }[]>(
        `SELECT m.name AS t, p.name AS c FROM sqlite_schema m, pragma_table_info(m.name) p WHERE m.type = 'table' AND lower(p.name) IN ('personid', 'ownerid', 'senderid', 'lastpersonid')`,
      );
  const found: Record<string, number> = {};
  for (const { t, c } of columns) {
    const rows = await w.db.$queryRawUnsafe<{ n: bigint | number }[]>(
      `SELECT count(*) AS n FROM "${t}" WHERE "${c}" = ${personId}`,
    );
    if (Number(rows[0]?.n) > 0) {
      found[`${t}.${c}`] = Number(rows[0]?.n);
    }
  }
  return found;
}

/** Everything goes that goes with the next upkeep. */
async function settle(): Promise<void> {
  w.clock.advance(10_000);
  await w.upkeep.jobs.erasures();
  await w.drain();
  w.clock.advance(60_000);
  await w.upkeep.jobs.erasures();
}

/** Whether a text stands anywhere in the database. */
async function holds(text: string): Promise<string[]> {
  const columns = ON_POSTGRES
    ? await w.db.$queryRawUnsafe<{ t: string; c: string }[]>(
        `SELECT table_name AS t, column_name AS c FROM information_schema.columns WHERE table_schema = 'public' AND data_type = 'text'`,
      )
    : await w.db.$queryRawUnsafe<{ t: string; c: string }[]>(
        `SELECT m.name AS t, p.name AS c FROM sqlite_schema m, pragma_table_info(m.name) p WHERE m.type = 'table' AND p.type = 'TEXT'`,
      );
  const places: string[] = [];
  for (const { t, c } of columns) {
    const rows = await w.db.$queryRawUnsafe<unknown[]>(
      `SELECT 1 FROM "${t}" WHERE "${c}" LIKE '%${text}%' LIMIT 1`,
    );
    if (rows.length > 0) {
      places.push(`${t}.${c}`);
    }
  }
  return places;
}

describe('the end of a person', () => {
  it('leaves nothing that names them, and tells developers nothing new', async () => {
    const openid = await w.phone('Ming').openid();
    const me = await w.signIn('Ming');
    const { key } = (await w.admin(`/users/${uid}/keys`, { kind: 'spt' })).json as { key: string };
    await w.admin(`/users/${uid}/channels`, {
      kind: 'webhook',
      code: 'own',
      config: { url: w.webhook('own') },
    });
    await w.core.spaces.getSpace(personId);
    await send('只给明的一条私信');
    await w.call('/api/send/message/simple-push', { body: { spt: key, content: '明自己发的话' } });
    await w.drain();
    expect((await me.get('/me')).status).toBe(200);
    const { url = '' } = (await w.phone('Ming').cards())[0] ?? {};
    expect((await erase()).status).toBe(204);
    expect((await me.get('/me')).status).toBe(303);
    const sent = await w.call('/api/send/message/simple-push', { body: { spt: key, content: '还能发吗' } });
    expect(sent.json).not.toMatchObject({ code: 1000 });
    expect(await w.core.keys.findOwner('spt', key)).toBeNull();
    expect((await w.admin(`/users/${uid}`)).status).toBe(404);
    expect((await send('又一条')).text).not.toContain('"code":1000,"status":"创建发送任务成功"');
    await settle();
    for (const text of [uid, openid, '只给明的一条私信', '明自己发的话', '一条指令', '127.0.0.1:']) {
      expect([
        text,
        (await holds(text)).filter(
          (at) => !at.startsWith('Inbound') && at !== 'Callback.url' && at !== 'App.settingUrl',
        ),
      ]).toEqual([text, []]);
    }
    // What is left of the deliveries says how they ended, for the senders' counts.
    expect(Object.keys(await countRows()).sort()).toEqual(['Delivery.personId', 'Message.senderId']);
    expect((await w.call(new URL(url).pathname)).text).not.toContain('私信');
    expect((await w.admin(`/messages/${Number((await newest()).id)}`)).status).toBe(200);
  });

  it('happens once: the second time there is nobody', async () => {
    const both = await Promise.all([erase(), erase()]);
    expect(both.map(({ status }) => status).sort()).not.toContain(500);
    expect((await erase()).status).toBe(404);
    expect(await w.db.erasure.count()).toBe(1);
  });

  it('cancels what is on its way with a word of its own, and every message ends', async () => {
    const other = w.phone('Hong');
    await other.follows();
    const otherUid = await other.uid();
    await other.says(`#${app.id}`);
    await w.core.quietHours.setHours(personId, { from: '00:00', to: '23:59' });
    await send('两个人的一条', [uid, otherUid]);
    await send('一个人的一条');
    await w.drain();
    expect(await w.db.delivery.count({ where: { personId: BigInt(personId), state: 'due' } })).toBe(2);
    expect((await erase()).status).toBe(204);
    await settle();
    const rows = await w.db.delivery.findMany({
      where: { personId: BigInt(personId) },
      orderBy: { id: 'asc' },
    });
    const waited = rows.filter(({ attempts }) => attempts.includes('erased'));
    expect(waited.map(({ state }) => state)).toEqual(['cancelled', 'cancelled']);
    expect(await w.db.message.count({ where: { finishedAt: null } })).toBe(0);
    const [pair] = await w.db.message.findMany({ where: { total: 2 } });
    expect(pair).toMatchObject({ sent: 1, cancelled: 1, body: '两个人的一条', state: 'done' });
    expect(await other.cards()).toHaveLength(1);
    expect(w.lines.filter((line) => line.includes('"level":"error"'))).toEqual([]);
  });

  it('makes who comes back somebody new', async () => {
    await erase();
    const ming = w.phone('Ming');
    await ming.says('我回来了');
    const next = await ming.uid();
    expect(next).not.toBe(uid);
    await settle();
    expect((await w.admin(`/users/${next}`)).status).toBe(200);
    expect((await w.admin(`/apps/${app.id}/subscribers`)).json).toMatchObject({ total: 0 });
  });

  it('goes on where it broke off', async () => {
    await send('断电前的一条');
    await w.drain();
    await erase();
    await w.restart();
    await settle();
    expect(await holds('断电前的一条')).toEqual([]);
    expect(await w.db.erasure.count()).toBe(0);
  });

  it('keeps the lines of the audit log, and one mark for all of one person', async () => {
    const me = await w.signIn('Ming');
    await me.submit('/me/keys/spt/make');
    await w.admin(`/users/${uid}/keys`, { kind: 'bark' });
    const before = await w.db.auditEntry.count();
    await erase();
    await settle();
    const lines = await w.db.auditEntry.findMany();
    expect(lines.length).toBe(before + 1);
    const marks = new Set(
      lines.flatMap(({ actor, target }) => `${actor} ${target}`.match(/erased-[0-9a-f]{16}/g) ?? []),
    );
    expect(marks.size).toBe(1);
    expect(lines.filter(({ actor, address }) => actor.startsWith('erased-') && address !== '')).toEqual([]);
  });

  it('is refused while apps would be left without an owner, and to the last operator', async () => {
    await w.signIn('Ming', { role: 'operator' });
    expect((await erase()).json).toMatchObject({
      error: { code: 'conflict', message: expect.stringMatching(/last operator/) },
    });
    await w.signIn('Boss', { role: 'operator' });
    const account = await w.db.account.findUniqueOrThrow({ where: { personId: BigInt(personId) } });
    const owned = await w.db.app.create({
      data: {
        accountId: account.id,
        name: '还在',
        subscribeCode: 'abcdefabcdef',
        createdAt: new Date(w.clock.now()),
      },
    });
    expect((await erase()).json).toMatchObject({
      error: { message: expect.stringContaining(`#${owned.id}`) },
    });
    await w.core.apps.deleteApp(owned.id);
    expect((await erase()).status).toBe(204);
    expect(await w.db.account.count({ where: { personId: BigInt(personId) } })).toBe(0);
  });
});

it('nobody gets out of being disabled by erasing themselves: the operator does it', async () => {
  const me = await w.signIn('Ming', { role: 'developer' });
  await w.db.account.updateMany({
    where: { personId: BigInt(personId) },
    data: { disabledAt: new Date(w.clock.now()) },
  });
  for (const word of ['删除我的数据', '删除我的数据确认']) {
    (await w.phone('Ming').says(word)).seesReply(/the account is disabled/);
  }
  expect((await me.post('/me/data/erase', { sure: 'yes' })).status).toBe(409);
  expect((await me.get('/me/data')).text).toContain('账户已停用');
  await w.core.erasure.eraseByName({ ...w.core.account, externalId: await w.phone('Ming').openid() });
  expect(await w.phone('Ming').uid()).toBe(uid);
  expect((await erase()).status).toBe(204);
  expect(await w.phone('Ming').uid()).not.toBe(uid);
});

it('nobody has new limits again and again by erasing themselves', async () => {
  const texts: string[] = [];
  for (let at = 0; at < 4; at += 1) {
    await w.phone('Ming').says('删除我的数据');
    texts.push((await w.phone('Ming').says('删除我的数据确认')).text);
  }
  expect(texts.map((text) => /Your data are erased/.test(text))).toEqual([true, true, true, false]);
  expect(texts[3]).toMatch(/at most 3 erasures a day/);
  w.clock.advance(DAY_MS);
  await w.phone('Ming').says('删除我的数据');
  (await w.phone('Ming').says('删除我的数据确认')).seesReply(/Your data are erased/);
});

describe('in the chat', () => {
  it('the word asks first, and does nothing without the answer', async () => {
    const ming = w.phone('Ming');
    (await ming.says('删除我的数据确认')).seesReply(/不能恢复/);
    expect(await w.db.person.count({ where: { uid } })).toBe(1);
    (await ming.says('删除我的数据确认')).seesReply(/已删除你的数据/);
    expect(await w.db.person.count({ where: { uid } })).toBe(0);
    expect(await ming.uid()).not.toBe(uid);
  });

  it('the question is forgotten after ten minutes, by 取消, and by another question', async () => {
    const ming = w.phone('Ming');
    await ming.says('删除我的数据');
    w.clock.advance(11 * 60_000);
    (await ming.says('delete my data confirm')).seesReply(/no way back/);
    await ming.says('取消');
    (await ming.says('删除我的数据确认')).seesReply(/不能恢复/);
    expect(await w.db.person.count({ where: { uid } })).toBe(1);
  });

  it('a number is no answer', async () => {
    const ming = w.phone('Ming');
    await ming.says('删除我的数据');
    await ming.says('1');
    expect(await w.db.person.count({ where: { uid } })).toBe(1);
  });
});

describe('on the own page', () => {
  it('is asked twice', async () => {
    const me = await w.signIn('Ming');
    expect((await me.get('/me/data')).text).toContain('/me/data/erase');
    expect((await me.post('/me/data/erase')).status).toBe(422);
    expect((await me.get('/me/data/erase')).text).toContain('不能恢复');
    expect(await w.db.person.count({ where: { uid } })).toBe(1);
    expect((await me.post('/me/data/erase', { sure: 'yes' })).status).toBe(200);
    expect(await w.db.person.count({ where: { uid } })).toBe(0);
    expect((await me.get('/me/data')).status).toBe(303);
  });

  it('gives the copy of one’s own data, and of nobody else’s', async () => {
    await send('给明的信');
    await w.drain();
    await w.admin(`/users/${uid}/keys`, { kind: 'spt' });
    await w.admin(`/users/${uid}/channels`, {
      kind: 'webhook',
      code: 'own',
      config: { url: 'https://secret.example/hook' },
    });
    const me = await w.signIn('Ming');
    const answer = await me.post('/me/data/export');
    expect(answer.headers.get('content-disposition')).toContain(`${uid}.json`);
    const data = answer.json as Record<string, unknown[]>;
    expect(data).toMatchObject({
      uid,
      subscriptions: [{ appId: app.id, appName: '删除' }],
      received: expect.arrayContaining([
        expect.objectContaining({ state: 'sent', message: expect.objectContaining({ body: '给明的信' }) }),
      ]),
      events: expect.arrayContaining([
        expect.objectContaining({ type: 'upstream.received', data: { uid, content: '一条指令' } }),
      ]),
      keys: [expect.objectContaining({ kind: 'spt', key: expect.stringContaining('…') })],
      sessions: [expect.objectContaining({ address: '127.0.0.1' })],
    });
    expect(answer.text).not.toContain('secret.example/hook');
    expect(answer.text).not.toContain(await w.phone('Ming').openid());
    const other = await w.signIn('Hong', { role: 'developer' });
    const token = (await w.admin(`/users/${await w.phone('Hong').uid()}/keys`, { kind: 'personal' }))
      .json as { key: string };
    const asOther = { headers: { authorization: `Bearer ${token.key}` } };
    expect((await w.call(`/api/v1/users/${uid}/export`, asOther)).status).toBe(404);
    expect((await w.call(`/api/v1/users/${uid}`, { ...asOther, method: 'DELETE' })).status).toBe(404);
    expect((await other.post(`/console/people/${uid}/export`)).status).toBe(403);
    expect((await w.call(`/api/v1/users/${uid}/export`)).status).toBe(401);
    expect((await w.admin(`/users/${uid}/export`)).json).toMatchObject({ uid });
    const actions = (await w.db.auditEntry.findMany()).map(({ action }) => action);
    expect(actions).toEqual(expect.arrayContaining(['person.export', 'api.exportUser']));
  });
});

it('the operator’s page asks too, and ends them', async () => {
  const boss = await w.signIn('Boss', { role: 'operator' });
  expect((await boss.get(`/console/people/${uid}`)).text).toContain(`/console/people/${uid}/erase`);
  expect((await boss.post(`/console/people/${uid}/erase`)).status).toBe(422);
  expect((await boss.post(`/console/people/${uid}/export`)).json).toMatchObject({ uid });
  await boss.submit(`/console/people/${uid}/erase`, { sure: 'yes' });
  expect(await w.db.person.count({ where: { uid } })).toBe(0);
  expect((await boss.post(`/console/people/${uid}/erase`, { sure: 'yes' })).status).toBe(404);
});

describe('after leaving', () => {
  it('a person ends after the days that are set, unless they come back', async () => {
    const ming = w.phone('Ming');
    await ming.unfollows();
    w.clock.advance(29 * DAY_MS);
    await w.upkeep.jobs.erasures();
    expect(await w.db.person.count({ where: { uid } })).toBe(1);
    await ming.follows();
    w.clock.advance(2 * DAY_MS);
    await w.upkeep.jobs.erasures();
    expect(await ming.uid()).toBe(uid);
    await ming.unfollows();
    w.clock.advance(31 * DAY_MS);
    await w.upkeep.jobs.erasures();
    expect(await w.db.person.count({ where: { uid } })).toBe(0);
    await ming.follows();
    expect(await ming.uid()).not.toBe(uid);
  });

  it('0 ends them with the next round', async () => {
    await w.restart({ ERASE_AFTER_DAYS: '0' });
    await w.phone('Ming').unfollows();
    w.clock.advance(60_000);
    await w.upkeep.jobs.erasures();
    expect(await w.db.person.count({ where: { uid } })).toBe(0);
  });

  it('who manages something stays, and who left one of two accounts', async () => {
    await w.signIn('Boss', { role: 'developer' });
    const boss = await w.phone('Boss').uid();
    await w.phone('Boss').unfollows();
    await w.db.identity.create({
      data: {
        platform: 'wecom',
        account: 'corp',
        externalId: 'ming',
        personId: BigInt(personId),
        following: true,
      },
    });
    await w.phone('Ming').unfollows();
    w.clock.advance(40 * DAY_MS);
    await w.upkeep.jobs.erasures();
    expect(await w.db.person.count({ where: { uid: { in: [uid, boss] } } })).toBe(2);
  });
});

describe('when WeChat says so', () => {
  const tell = async (event: string, openid: string) => {
    const at = Math.floor(w.clock.now() / 1000);
    // The platform itself writes: the field OpenID names the person.
    const xml = `<xml><ToUserName>gh_sim</ToUserName><FromUserName>oPlatformItself00000000000000</FromUserName><CreateTime>${at}</CreateTime><MsgType>event</MsgType><Event>${event}</Event><OpenID>${openid}</OpenID><RevokeInfo>301</RevokeInfo></xml>`;
    expect((await w.sim('/push', { to: 'wechat', xml })).json).toMatchObject({ status: 200 });
  };

  it.each(['user_authorization_revoke', 'user_authorization_cancellation'])(
    '%s ends the person',
    async (event) => {
      await tell(event, await w.phone('Ming').openid());
      expect(await w.db.person.count({ where: { uid } })).toBe(0);
    },
  );

  it('user_info_modified forgets the nickname', async () => {
    await w.db.person.update({ where: { uid }, data: { nickname: '旧名' } });
    await tell('user_info_modified', await w.phone('Ming').openid());
    expect((await w.db.person.findUniqueOrThrow({ where: { uid } })).nickname).toBe('');
  });

  it('a name that nobody has makes nobody', async () => {
    const before = await w.db.person.count();
    await tell('user_authorization_revoke', 'oNobodyKnowsThisOpenid000000');
    expect(await w.db.person.count()).toBe(before);
    expect(w.lines.filter((line) => line.includes('"level":"error"'))).toEqual([]);
  });
});

/** Default limits that protect the server: what a person may keep, and a disk that is nearly full. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openWorld, type World } from '#test/support/world.js';

let w: World;
afterEach(() => w.close());

function fail(): never {
  throw new Error('no such door');
}

/** A developer with a personal token. */
async function openDeveloper(name: string) {
  await w.phone(name).follows();
  const uid = await w.phone(name).uid();
  const made = await w.admin(`/users/${uid}/keys`, { kind: 'personal' });
  const headers = { authorization: `Bearer ${(made.json as { key: string }).key}` };
  const call = (path: string, body?: object) =>
    w.call(`/api/v1${path}`, { headers, ...(body ? { body } : {}) });
  return { uid, call };
}

describe('what a person may have', () => {
  beforeEach(async () => {
    w = await openWorld();
  });

  it('is bounded for apps, also by twenty calls at once, and not for the operator', async () => {
    await w.core.limits.saveLimits({ 'app-person-standing': 5 });
    const { call } = await openDeveloper('Mallory');
    const made = await Promise.all(Array.from({ length: 20 }, () => call('/apps', { name: 'one more' })));
    const statuses = made.map(({ status }) => status);
    expect(statuses.filter((status) => status === 201).length).toBeLessThanOrEqual(5);
    expect(await w.db.app.count({ where: { deletedAt: null } })).toBeLessThanOrEqual(5);
    for (let at = 0; at < 5; at += 1) {
      await call('/apps', { name: 'one by one' });
    }
    expect(await w.db.app.count({ where: { deletedAt: null } })).toBe(5);
    const refused = await call('/apps', { name: 'too many' });
    expect(refused).toMatchObject({ status: 409, json: { error: { code: 'limit_full' } } });
    expect(refused.text).toMatch(/应用，每人共最多 5，删掉不用的再来。管理员可在控制台「限额」里修改/);
    expect((await w.admin('/apps', { name: 'the operator’s' })).status).toBe(201);
  });

  it('is bounded for topics over all apps, keys by page, chat and API, and channels', async () => {
    await w.core.limits.saveLimits({
      'topic-person-standing': 3,
      'key-person-standing': 4,
      'channel-person-standing': 2,
    });
    const { uid, call } = await openDeveloper('Mallory');
    const apps = await Promise.all(['a', 'b'].map((name) => call('/apps', { name })));
    const [first, second] = apps.map(({ json }) => (json as { id: number }).id);
    const topics: number[] = [];
    for (const app of [first, second, first, second]) {
      topics.push((await call(`/apps/${app}/topics`, { name: 't' })).status);
    }
    expect(topics).toEqual([201, 201, 201, 409]);
    const keys: number[] = [];
    for (let at = 0; at < 5; at += 1) {
      keys.push((await call(`/users/${uid}/keys`, { kind: 'spt', name: `n${at}` })).status);
    }
    expect(keys).toEqual([201, 201, 201, 409, 409]);
    const browser = await w.signIn('Mallory');
    expect((await browser.post('/me/keys/bark/make')).text).toMatch(/密钥，每人共最多 4/);
    const channels: number[] = [];
    for (let at = 0; at < 3; at += 1) {
      const config = { url: w.webhook('x') };
      channels.push(
        (await call(`/users/${uid}/channels`, { kind: 'webhook', code: `c${at}`, config })).status,
      );
    }
    expect(channels).toEqual([201, 201, 409]);
  });

  it('is bounded for the bytes that are kept, by whatever door they come; how often a token sends is not', async () => {
    await w.core.limits.saveLimits({ 'megabyte-person-standing': 1 });
    const ming = w.phone('Ming');
    await ming.follows();
    const { personId } = await w.core.people.getByUid(await ming.uid());
    const [spt, bark, sendkey] = await Promise.all(
      (['spt', 'bark', 'sendkey'] as const).map((kind) => w.core.keys.showKey(personId, kind)),
    );
    const content = '长'.repeat(13_000);
    const doors = [
      () => w.call('/api/send/message/simple-push', { body: { spt, content } }),
      () => w.call(`/${sendkey}.send`, { body: { title: 't', desp: content } }),
      () => w.call('/push', { body: { device_key: bark, title: 't', body: 'x'.repeat(39_000) } }),
    ];
    let accepted = 0;
    let last = '';
    for (let at = 0; at < 60; at += 1) {
      const { text } = await (doors[at % 3] ?? fail)();
      last = text;
      accepted = await w.db.message.count();
    }
    expect(accepted).toBeGreaterThan(20);
    expect(accepted).toBeLessThan(35);
    expect(last).toContain('兆字节，每人共最多 1');
    await w.restart();
    await (doors[0] ?? fail)();
    expect(await w.db.message.count()).toBe(accepted);
    // Others go on, and the operator's apps are not counted.
    const made = await w.admin('/apps', { name: 'alarm' });
    const { appToken } = made.json as { appToken: string };
    await w.phone('Hong').follows();
    const uid = await w.phone('Hong').uid();
    for (let at = 0; at < 40; at += 1) {
      const answer = await w.call('/api/send/message', { body: { appToken, uids: [uid], content } });
      expect(answer.json).toMatchObject({ code: 1000 });
    }
  });

  it('is told to the operator, who changes it by page and by call', async () => {
    const boss = await w.signIn('Boss', { role: 'operator' });
    const page = (await boss.get('/console/limits')).text;
    expect(page).toContain('验证码，每个收件人每天');
    expect((await boss.post('/console/limits', { 'app-person-standing': '-1' })).status).toBe(422);
    const odd = await boss.post('/console/limits', { 'app-person-standing': 'many' });
    expect(odd.status).toBe(422);
    expect(odd.text).toContain('这里要填数字');
    await boss.submit('/console/limits', { 'app-person-standing': '7', 'key-person-standing': '0' });
    const listed = (await w.admin('/limits')).json as { items: { name: string; count: number | null }[] };
    const countOf = (name: string) => listed.items.find((one) => one.name === name)?.count;
    expect([countOf('app-person-standing'), countOf('key-person-standing')]).toEqual([7, null]);
    expect((await w.admin('/limits', { 'no-such': 1 }, 'PATCH')).status).toBe(400);
    const changed = await w.admin('/limits', { 'app-person-standing': null }, 'PATCH');
    expect(changed.text).toMatch(/"name":"app-person-standing","count":200/);
    const { call } = await openDeveloper('Mallory');
    expect((await call('/limits')).status).toBe(403);
  });
});

describe('a disk that is nearly full', () => {
  beforeEach(async () => {
    w = await openWorld({ env: { MIN_FREE_MB: '100000000' } });
  });

  it('is told at every door before anything breaks, with the time to come back, and to who watches', async () => {
    const ming = w.phone('Ming');
    await ming.follows();
    const { personId } = await w.core.people.getByUid(await ming.uid());
    const key = (kind: 'spt' | 'bark' | 'sendkey' | 'pushplus' | 'ntfy' | 'gotify' | 'pushdeer') =>
      w.core.keys.showKey(personId, kind);
    const answers = [
      await w.call('/api/send/message/simple-push', { body: { spt: await key('spt'), content: 'x' } }),
      await w.call(`/${await key('sendkey')}.send`, { body: { title: 'x' } }),
      await w.call('/push', { body: { device_key: await key('bark'), body: 'x' } }),
      await w.call('/send', { body: { token: await key('pushplus'), content: 'x' } }),
      await w.call(`/${await key('ntfy')}`, { body: 'x' }),
      await w.call(`/message?token=${await key('gotify')}`, { body: { message: 'x' } }),
      await w.call('/message/push', { body: { pushkey: await key('pushdeer'), text: 'x' } }),
    ];
    for (const { status, headers } of answers) {
      expect([status, headers.get('retry-after')]).toEqual([503, '60']);
    }
    expect(answers[0]?.text).toContain('磁盘快满了');
    expect(await w.db.message.count()).toBe(0);
    expect((await w.call('/readyz')).json).toMatchObject({
      ready: false,
      why: expect.stringContaining('MIN_FREE_MB'),
    });
    const metrics = (await w.call('/metrics')).text;
    expect(metrics).toMatch(/qingniao_disk_free_bytes \d{6,}/);
    expect(metrics).toMatch(/qingniao_disk_refusals 7/);
    const boss = await w.signIn('Boss', { role: 'operator' });
    expect((await boss.get('/console')).text).toMatch(/磁盘[\s\S]*新消息被拒绝（503）/);
    expect(w.lines.join('\n')).toContain('the disk is nearly full');
  });
});

it.each([
  ['/demo', 'DEMO_PAGE'],
  ['/notify', 'NOTIFY_PAGE'],
])('strangers find %s closed on a live server unless %s opens it', async (path, setting) => {
  w = await openWorld({ env: { [setting]: 'false' } });
  const page = await w.call(path, { headers: { accept: 'text/html' } });
  expect([page.status, page.text.includes(`${setting}=true`)]).toEqual([404, true]);
  const calls = ['/demo/api/visits', '/notify/api/codes'].filter((call) => call.startsWith(path));
  for (const call of calls) {
    const answer = await w.call(call, { body: {}, headers: { 'sec-fetch-site': 'same-origin' } });
    expect(answer.status).toBe(404);
  }
  expect(await w.db.qrCode.count()).toBe(0);
  expect((await w.call('/')).text).not.toContain(`href="${path}"`);
  const boss = await w.signIn('Boss', { role: 'operator' });
  expect((await boss.get('/notify')).status).toBe(200);
});

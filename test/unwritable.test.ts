/** While the database takes no writes every door says so by 503 and Retry-After, keeps nothing half done, and goes on afterwards. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { buildXml } from '#src/lib/xml.js';
import { simulatorDefaults } from '#src/simulator/index.js';
import { breakWrites, REFUSING } from '#test/support/broken-writes.js';
import type { MadeApp } from '#test/support/builders.js';
import type { Answer } from '#test/support/http.js';
import { openWorld, type World } from '#test/support/world.js';
import { signQuery, textOf } from '#test/wechat/door-world.js';
import { memberText, sealMemberPush } from '#test/wechat/wecom/wecom-door.js';

/** As long as the shortest limit allows. */
const LONG = 'x'.repeat(3900);
/** So long that it needs pages of its own. */
const LONGER = 'x'.repeat(19_000);
/** The doors that take so much. */
const TAKE_LONGER = ['wxpusher', 'serverchan', 'pushplus'];

let w: World;
let app: MadeApp;
let uid: string;
const keys: Record<string, string> = {};
let mend: (() => Promise<void>) | null = null;

beforeAll(async () => {
  // The official account's pushes below are plain ones.
  w = await openWorld({ mode: 'plain' });
  app = await w.app('alarm').made();
  const phone = w.phone('Ming');
  await phone.scans(app.qrcodeUrl);
  uid = await phone.uid();
  for (const kind of ['sendkey', 'pushplus', 'ntfy', 'gotify', 'pushdeer', 'bark']) {
    keys[kind] = ((await w.admin(`/users/${uid}/keys`, { kind })).json as { key: string }).key;
  }
  const wecom = {
    corpId: 'wwsim0000000001',
    agentId: 1000002,
    secret: 'simwecomsecret',
    receivers: 'zhangsan',
  };
  keys.notify = ((await w.admin('/notify', wecom)).json as { code: string }).code;
  await w.drain();
  for (const [, push] of DOORS) {
    // What the doors remember is remembered now.
    await push();
  }
  await w.drain();
});
afterEach(async () => {
  await mend?.();
  mend = null;
});
afterAll(() => w.close());

const DOORS: readonly [string, () => Promise<Answer>, object][] = [
  [
    'wxpusher',
    () => w.call('/api/send/message', { body: { appToken: app.appToken, content: LONGER, uids: [uid] } }),
    { code: 1005, success: false, data: null },
  ],
  [
    'serverchan',
    () => w.call(`/${keys.sendkey}.send`, { body: { title: 'hi', desp: LONGER } }),
    { code: 50_000, scode: 500 },
  ],
  ['pushplus', () => w.call('/send', { body: { token: keys.pushplus, content: LONGER } }), { code: 500 }],
  [
    'wecom-notify',
    () => w.call(`/api/notify/${keys.notify}`, { body: { title: 'hi', content: 'hi' } }),
    { error: expect.stringContaining('稍后重试') },
  ],
  ['ntfy', () => w.call(`/${keys.ntfy}`, { method: 'POST', body: LONG }), { code: 50_301, http: 503 }],
  [
    'gotify',
    () => w.call(`/message?token=${keys.gotify}`, { body: { message: LONG } }),
    { error: 'Service Unavailable', errorCode: 503 },
  ],
  [
    'pushdeer',
    () => w.call('/message/push', { body: { pushkey: keys.pushdeer, text: LONG } }),
    { code: 80_999 },
  ],
  ['bark', () => w.call(`/${keys.bark}`, { body: { body: LONG } }), { code: 503 }],
  [
    'the management API',
    () => w.admin(`/apps/${app.id}/topics`, { name: `t${Math.random()}`, description: 'd'.repeat(900) }),
    { error: { code: 'unavailable' } },
  ],
];

const rows = async () => [
  await w.db.message.count(),
  await w.db.delivery.count(),
  await w.db.event.count(),
  await w.db.topic.count(),
  await w.db.inbound.count(),
];

describe.each(REFUSING)('a database that is %s', (how) => {
  const doors = DOORS.filter(([name]) => how !== 'full' || TAKE_LONGER.includes(name));

  it.each(doors)(
    '%s refuses for now in its own words, and takes it in afterwards',
    async (_, push, envelope) => {
      const before = await rows();
      mend = await breakWrites(w.db, w.databaseUrl, how);
      const refused = await push();
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
      expect(refused.json).toMatchObject(envelope);
      expect(refused.text).not.toMatch(/内部错误|internal|Prisma|SQL|database/i);
      await mend();
      mend = null;
      expect(await rows()).toEqual(before);
      expect((await push()).status).toBeLessThan(300);
      expect(await rows()).not.toEqual(before);
      await w.drain();
    },
  );
});

describe('what the platforms push meanwhile', () => {
  const [how = 'read-only'] = REFUSING.filter((one) => one !== 'full');

  it.each([
    ['/wechat', pushOfPlatform],
    ['/wecom', pushOfCorp],
  ])('%s is to push again, by 503, and is answered then', async (path, make) => {
    const push = (id: string) => {
      const { query, body } = make(id);
      return w.call(`${path}?${query}`, { method: 'POST', body });
    };
    expect((await push('5001')).status).toBe(200);
    const inbound = await w.db.inbound.count();
    mend = await breakWrites(w.db, w.databaseUrl, how);
    const refused = await push('5002');
    expect([refused.status, refused.text, refused.headers.get('retry-after')]).toEqual([503, '', '5']);
    await mend();
    mend = null;
    expect(await w.db.inbound.count()).toBe(inbound);
    expect((await push('5002')).text).toContain('<xml>');
  });

  function pushOfPlatform(id: string) {
    const query = signQuery(simulatorDefaults.token, w.clock.now());
    return { query, body: buildXml(textOf('help', { MsgId: id })) };
  }

  function pushOfCorp(id: string) {
    return sealMemberPush({ message: buildXml(memberText('help', { MsgId: id })), nowMs: w.clock.now() });
  }
});

describe('what people do meanwhile', () => {
  const [how = 'read-only'] = REFUSING.filter((one) => one !== 'full');

  it('a page says that it is for now, by 503 and when to come back', async () => {
    const boss = await w.signIn('Boss', { role: 'operator' });
    await boss.get('/console/plans/new');
    mend = await breakWrites(w.db, w.databaseUrl, how);
    const refused = await boss.post('/console/plans', {
      code: 'small',
      name: '小方案',
      callsPerDay: '',
      callsPerTenSeconds: '',
    });
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
    expect(refused.text).toContain('稍后');
    await mend();
    mend = null;
    expect(await w.db.plan.count()).toBe(0);
  });

  it('what they write to the account is asked for again by WeChat, and taken in once', async () => {
    mend = await breakWrites(w.db, w.databaseUrl, how);
    const inbound = await w.db.inbound.count();
    const said = await w
      .phone('Ming')
      .says(`#${app.id} restart`)
      .catch(() => null);
    expect(await w.db.inbound.count()).toBe(inbound);
    expect(said?.reply ?? null).toBeNull();
    await mend();
    mend = null;
    await w.phone('Ming').says(`#${app.id} restart`);
    expect(await w.db.event.count({ where: { type: 'upstream.received' } })).toBeLessThanOrEqual(1);
  });
});

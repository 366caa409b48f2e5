/** Off means off: what a disabled developer's apps, keys, codes, callbacks and schedules still do at each door, and after enabling. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { simulatedWecom } from '#src/simulator/index.js';
import type { MadeApp } from '#test/support/builders.js';
import { type Answer, ask } from '#test/support/http.js';
import type { Browser } from '#test/support/sign-in.js';
import { openWorld, type World } from '#test/support/world.js';

const WORDS = '该开发者已被停用';

let w: World;
let boss: Browser;
let uid: string;
let accountId: number;
let app: MadeApp;
const keys = new Map<string, string>();

/** Each door's call with the developer's key, and what its refusal looks like. */
const DOORS: Readonly<Record<string, [send: () => Promise<Answer>, status: number, body: unknown]>> = {
  WxPusher: [
    () => w.call('/api/send/message', { body: { appToken: app.appToken, uids: [uid], content: 'x' } }),
    200,
    { code: 1002, msg: expect.stringContaining(WORDS), data: null, success: false },
  ],
  'WxPusher SPT': [
    () => w.call('/api/send/message/simple-push', { body: { content: 'x', spt: keys.get('spt') } }),
    200,
    { code: 1002, msg: expect.stringContaining(WORDS), data: null, success: false },
  ],
  Server酱: [
    () => w.call(`/${keys.get('sendkey')}.send?title=x`),
    400,
    expect.objectContaining({ code: 40001, scode: 461, info: expect.stringContaining(WORDS) }),
  ],
  'Server酱 without its ending': [
    () => w.call(`/${keys.get('sendkey')}?title=x`),
    400,
    expect.objectContaining({ code: 40001, info: expect.stringContaining(WORDS) }),
  ],
  'Server酱³': [
    () => w.call(`/send/${keys.get('sendkey3')}.send?title=x`),
    400,
    expect.objectContaining({ code: 40001, info: expect.stringContaining(WORDS) }),
  ],
  PushPlus: [
    () => w.call(`/send?token=${keys.get('pushplus')}&content=x`),
    200,
    { code: 900, msg: expect.stringContaining(WORDS) },
  ],
  Bark: [
    () => w.call(`/bark/${keys.get('bark')}/x`),
    403,
    { code: 403, message: expect.stringContaining(WORDS), timestamp: expect.any(Number) },
  ],
  PushDeer: [
    () => w.call(`/message/push?pushkey=${keys.get('pushdeer')}&text=x`),
    200,
    { code: 80501, error: expect.stringContaining(WORDS) },
  ],
  ntfy: [
    () => w.call(`/ntfy/${keys.get('ntfy')}`, { method: 'POST', body: 'x' }),
    403,
    { code: 40301, http: 403, error: expect.stringContaining(WORDS) },
  ],
  gotify: [
    () => w.call(`/message?token=${keys.get('gotify')}`, { body: { message: 'x' } }),
    403,
    { error: 'Forbidden', errorCode: 403, errorDescription: expect.stringContaining(WORDS) },
  ],
  'WeCom notify': [
    () => w.call(`/api/notify/${keys.get('notify')}`, { body: { content: 'x' } }),
    403,
    { error: expect.stringContaining(WORDS) },
  ],
  'the management API': [
    () => byToken('/apps'),
    401,
    { error: { code: 'developer_disabled', message: expect.stringContaining(WORDS) } },
  ],
  'PushPlus’s open API': [
    () => w.call('/api/open/user/token', { headers: { 'access-key': keys.get('access') ?? '' } }),
    200,
    { code: 900, msg: expect.stringContaining(WORDS) },
  ],
};

const byToken = (path: string, body?: unknown): Promise<Answer> =>
  w.call(`/api/v1${path}`, {
    ...(body === undefined ? {} : { body }),
    headers: { authorization: `Bearer ${keys.get('personal')}` },
  });

/** What the operator's buttons do. */
async function turn(state: 'off' | 'on'): Promise<void> {
  const form = { disabled: state === 'off' ? 'true' : 'false' };
  expect((await boss.post(`/console/accounts/${accountId}`, form)).status).toBe(303);
}

const cardsOf = async (name: string): Promise<number> => (await w.phone(name).cards()).length;
const heard = async (): Promise<string> => (await w.sim('/inboxes/webhook/dev')).text;

beforeAll(async () => {
  w = await openWorld();
  boss = await w.signIn('Boss', { role: 'operator' });
  await w.phone('Dev').follows();
  uid = await w.phone('Dev').uid();
  for (const kind of [
    'personal',
    'spt',
    'sendkey',
    'sendkey3',
    'pushplus',
    'bark',
    'pushdeer',
    'ntfy',
    'gotify',
  ]) {
    keys.set(kind, ((await w.admin(`/users/${uid}/keys`, { kind })).json as { key: string }).key);
  }
  app = (await byToken('/apps', { name: '报警', callbackUrl: w.webhook('dev') })).json as MadeApp;
  const { personId } = await w.core.people.getByUid(uid);
  const { corpId, agentId, secret: corpSecret } = simulatedWecom;
  const corp = { corpId, agentId: String(agentId), secret: corpSecret, receivers: 'lisi' };
  keys.set('notify', (await w.core.notifyCodes.createCode(corp, personId)).code);
  const { secret } = await w.core.openAccess.getRules(personId);
  keys.set('access', await w.core.openAccess.openSession(personId, { secret, ip: '127.0.0.1' }));
  accountId = (await w.core.accountLists.findAccount(personId))?.id ?? 0;
  await w.phone('Fan').scans(app.qrcodeUrl);
  await w.phone('Dev').says(`#${app.id}`);
});
afterAll(() => w.close());
beforeEach(() => turn('on'));

describe('at each door', () => {
  it.each(Object.keys(DOORS))(
    '%s says so in its own envelope, and takes messages again when it is over',
    async (name) => {
      const [send, status, body] = DOORS[name] as (typeof DOORS)[string];
      const isGood = (answer: Answer) => answer.status === 200 && !answer.text.includes(WORDS);
      expect(isGood(await send())).toBe(true);
      await turn('off');
      const before = await w.db.message.count();
      const refused = await send();
      expect([refused.status, refused.json]).toEqual([status, body]);
      expect(await w.db.message.count()).toBe(before);
      await turn('on');
      expect(isGood(await send())).toBe(true);
    },
  );

  it('of several keys the others are served', async () => {
    await w.phone('Fan').follows();
    const fan = await w.phone('Fan').uid();
    const keyOf = async (kind: string) =>
      ((await w.admin(`/users/${fan}/keys`, { kind })).json as { key: string }).key;
    await turn('off');
    const sptList = [keys.get('spt'), await keyOf('spt')];
    const rows = (await w.call('/api/send/message/simple-push', { body: { content: 'x', sptList } })).json;
    expect(rows).toMatchObject({
      code: 1000,
      data: [{ code: 1001, status: expect.stringContaining(WORDS) }, { code: 1000 }],
    });
    const device_keys = [keys.get('bark'), await keyOf('bark')];
    const batch = (await w.call('/bark/push', { body: { device_keys, body: 'x' } })).json;
    expect(batch).toMatchObject({
      code: 200,
      data: [{ code: 403, message: expect.stringContaining(WORDS) }, { code: 200 }],
    });
    const pushkey = `${keys.get('pushdeer')},${await keyOf('pushdeer')}`;
    const pushed = await w.call(`/message/push?pushkey=${pushkey}&text=x`);
    expect((pushed.json as { content: { result: string[] } }).content.result).toHaveLength(1);
  });
});

describe('what was taken in before', () => {
  const send = (more: object = {}) =>
    w.call('/api/send/message', { body: { appToken: app.appToken, uids: [uid], content: 'x', ...more } });

  it('is cancelled with its reason where it is not out yet, and stays so after enabling', async () => {
    await w.drain();
    const [cards, messages] = [await cardsOf('Dev'), await w.db.message.count()];
    await send();
    await w.call('/api/send/message/simple-push', { body: { content: 'x', spt: keys.get('spt') } });
    await turn('off');
    await w.drain();
    expect(await cardsOf('Dev')).toBe(cards);
    const rows = await w.db.delivery.findMany({
      where: { personId: { not: null } },
      orderBy: { id: 'desc' },
      take: 2,
    });
    expect(await w.db.message.count()).toBe(messages + 2);
    for (const row of rows) {
      expect([row.state, row.attempts]).toEqual(['cancelled', expect.stringContaining('开发者已被停用')]);
    }
    await turn('on');
    await w.drain();
    expect(await cardsOf('Dev')).toBe(cards);
  });

  it('a schedule that comes due meanwhile is cancelled, a later one goes out after enabling', async () => {
    const person = await w.core.people.getByUid(uid);
    const publish = (inMs: number) =>
      w.core.publish({
        appId: app.id,
        body: 'later',
        format: 'text',
        audience: { people: [person.personId], topics: [] },
        targets: [{ uid }],
        sendAt: new Date(w.clock.now() + inMs),
        source: 'test',
      });
    const [soon, later] = [await publish(60_000), await publish(3_600_000)];
    await turn('off');
    w.clock.advance(120_000);
    await w.drain();
    await turn('on');
    const stateOf = async ({ messageId }: { messageId: number }) =>
      (await w.db.message.findUniqueOrThrow({ where: { id: BigInt(messageId) } })).cancelled;
    expect(await stateOf(soon)).toBe(1);
    w.clock.advance(3_600_000);
    await w.drain();
    expect(await stateOf(later)).toBe(0);
    expect((await w.phone('Dev').cards())[0]?.rendered).toContain('later');
  });

  it('callbacks are not sent, and can be replayed afterwards', async () => {
    await w.drain();
    await w.phone('Dev').says(`#${app.id} restart 1`);
    await turn('off');
    await w.drain();
    expect(await heard()).not.toContain('restart 1');
    await turn('on');
    const { items } = (await byToken(`/callbacks?appId=${app.id}&state=cancelled`)).json as {
      items: { id: number }[];
    };
    expect((await byToken(`/callbacks/${items[0]?.id}/replay`, {})).status).toBeLessThan(300);
    await w.drain();
    expect(await heard()).toContain('restart 1');
  });
});

describe('people', () => {
  it('cannot subscribe by code, command or page, are told why, and can again when it is over', async () => {
    const page = new URL(app.subscribeUrl).pathname;
    await turn('off');
    (await w.phone('New').scans(app.qrcodeUrl)).seesReply(/「报警」.*开发者已被停用.*disabled/s);
    (await w.phone('New').says(`#${app.id}`)).seesReply(/开发者已被停用/);
    const shown = await w.call(page);
    expect([shown.status, shown.text]).toEqual([403, expect.stringContaining('开发者已被停用')]);
    expect((await w.call(`${page}/qr.png`)).status).toBe(403);
    await turn('on');
    (await w.phone('New').scans(app.qrcodeUrl)).seesReply(/订阅成功/);
    expect((await w.call(page)).status).toBe(200);
  });

  it('hear that a command goes nowhere; leaving works', async () => {
    await w.phone('Leaver').scans(app.qrcodeUrl);
    await turn('off');
    (await w.phone('Leaver').says(`#${app.id} restart`)).seesReply(/开发者已被停用/);
    (await w.phone('Leaver').says('restart')).seesReply(/开发者已被停用/);
    (await w.phone('Leaver').says(`退订 #${app.id}`)).seesReply(/已退订/);
  });

  it('the developer still receives what others send, and reads what was sent', async () => {
    await w.phone('Fan').follows();
    const other = await w.app('other').made();
    await turn('off');
    await w.drain();
    const cards = await cardsOf('Dev');
    await w.phone('Dev').says(`#${other.id}`);
    await w.call('/api/send/message', { body: { appToken: other.appToken, uids: [uid], content: 'news' } });
    await w.drain();
    expect(await cardsOf('Dev')).toBe(cards + 1);
    const url = (await w.phone('Dev').cards())[0]?.url ?? '';
    expect((await ask(url)).text).toContain('news');
  });
});

it('a message costs no look-up of its own', async () => {
  await DOORS.WxPusher?.[0]();
  const { read } = w.core.disabled;
  const before = await read();
  await DOORS.WxPusher?.[0]();
  // The same set: nobody asked the database anew.
  expect(await read()).toBe(before);
});

it('the operator’s page says what stops', async () => {
  const { text } = await boss.get('/console/accounts');
  expect(text).toMatch(/密钥不能再发送.*回调不再发出.*启用后恢复/s);
});

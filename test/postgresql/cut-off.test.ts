/** A process that is cut off from the database says so to each caller in the words of their door, and works again afterwards. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildXml } from '#src/lib/xml.js';
import { simulatorDefaults } from '#src/simulator/index.js';
import { type Answer, ask } from '#test/support/http.js';
import type { RunningProcess } from '#test/support/processes.js';
import { signQuery, textOf } from '#test/wechat/door-world.js';
import { type Fleet, openFleet } from './cast.js';
import { layWire, type Wire } from './cut.js';

const TIMEOUT_MS = 180_000;
/** Kinds of key, and the call that sends by one. */
const SENDS: readonly [string, (url: string, key: string) => Promise<Answer>][] = [
  ['spt', (url, key) => ask(`${url}/api/send/message/simple-push`, { body: { content: 'x', spt: key } })],
  ['sendkey', (url, key) => ask(`${url}/${key}.send?title=x`)],
  ['pushplus', (url, key) => ask(`${url}/send?token=${key}&content=x`)],
  ['bark', (url, key) => ask(`${url}/bark/${key}/x`)],
  ['pushdeer', (url, key) => ask(`${url}/message/push?pushkey=${key}&text=x`)],
  ['ntfy', (url, key) => ask(`${url}/ntfy/${key}`, { method: 'POST', body: 'x' })],
  ['gotify', (url, key) => ask(`${url}/message?token=${key}`, { body: { message: 'x' } })],
];
/** What a refusal of each looks like. */
const ENVELOPES: Readonly<Record<string, unknown>> = {
  app: { code: expect.any(Number), msg: expect.stringContaining('稍后重试'), data: null, success: false },
  spt: { code: expect.any(Number), msg: expect.stringContaining('稍后重试'), data: null, success: false },
  sendkey: expect.objectContaining({ code: 50000, scode: 500, info: expect.stringContaining('稍后重试') }),
  pushplus: expect.objectContaining({ code: 500, msg: expect.stringContaining('稍后重试') }),
  bark: expect.objectContaining({ code: 503, message: expect.stringContaining('push failed') }),
  pushdeer: expect.objectContaining({ code: expect.any(Number), error: expect.stringContaining('稍后重试') }),
  ntfy: expect.objectContaining({ code: 50301, http: 503 }),
  notify: { error: expect.stringContaining('稍后重试') },
  wechat: '',
  gotify: expect.objectContaining({ errorCode: 503, errorDescription: expect.stringContaining('稍后重试') }),
  api: { error: { code: 'unavailable', message: expect.stringContaining('稍后重试') } },
};

let fleet: Fleet;
let wire: Wire;
let at: RunningProcess;
let appToken: string;
let topicId: number;
const keys = new Map<string, string>();
beforeAll(async () => {
  fleet = await openFleet();
  const audience = await fleet.makeAudience(1);
  ({ appToken } = audience.app);
  topicId = audience.topic.id;
  wire = await layWire(fleet.url);
  at = await fleet.start({ DATABASE_URL: wire.url });
  const wecom = {
    corpId: 'wwsim0000000001',
    agentId: 1000002,
    secret: 'simwecomsecret',
    receivers: 'zhangsan',
  };
  keys.set('notify', ((await fleet.admin(at, '/notify', wecom)).json as { code: string }).code);
  const path = `/apps/${audience.app.id}/subscribers?topicId=${topicId}`;
  const { items } = (await fleet.admin(at, path)).json as { items: { uid: string }[] };
  for (const [kind] of SENDS) {
    const made = (await fleet.admin(at, `/users/${items[0]?.uid}/keys`, { kind })).json as { key: string };
    keys.set(kind, made.key);
  }
}, TIMEOUT_MS);
afterAll(async () => {
  await fleet.close();
  await wire.close();
});

/** Sends by each door; the answers by name. */
async function sendAll(): Promise<Record<string, Answer>> {
  const sent = SENDS.map(async ([kind, send]) => [kind, await send(at.url, keys.get(kind) ?? '')] as const);
  const body = { appToken, topicIds: [topicId], content: 'x' };
  const push = { method: 'POST', body: buildXml(textOf('help')) };
  const query = signQuery(simulatorDefaults.token, Date.now());
  const others = [
    ask(`${at.url}/wechat?${query}`, push).then((answer) => ['wechat', answer] as const),
    ask(`${at.url}/api/notify/${keys.get('notify')}`, { body: { content: 'x' } }).then(
      (answer) => ['notify', answer] as const,
    ),
    ask(`${at.url}/api/send/message`, { body }).then((answer) => ['app', answer] as const),
    fleet.admin(at, '/apps').then((answer) => ['api', answer] as const),
  ];
  return Object.fromEntries(await Promise.all([...sent, ...others]));
}

const statusesOf = (answers: Record<string, Answer>): number[] =>
  Object.values(answers).map(({ status }) => status);

describe.each(['cut', 'silent'] as const)('a wire that is %s', (state) => {
  it(
    'is told by 503, when to come back, and in the envelope of each door; all work again when it is mended',
    async () => {
      expect(new Set(statusesOf(await sendAll()))).toEqual(new Set([200]));
      wire.set(state);
      await fleet.until(async () => (await ask(`${at.url}/readyz`)).status === 503);
      const refused = await sendAll();
      for (const [door, answer] of Object.entries(refused)) {
        expect([door, answer.status, answer.headers.get('Retry-After')]).toEqual([door, 503, '5']);
        expect([door, answer.text === '' ? '' : answer.json]).toEqual([door, ENVELOPES[door]]);
      }
      const page = await ask(`${at.url}/console`, { headers: { cookie: `qn_session=${'x'.repeat(48)}` } });
      expect([page.status, page.headers.get('Retry-After')]).toEqual([503, '5']);
      wire.set('whole');
      await fleet.until(async () => (await ask(`${at.url}/readyz`)).status === 200);
      await fleet.until(async () => new Set(statusesOf(await sendAll())).size === 1);
      expect(new Set(statusesOf(await sendAll()))).toEqual(new Set([200]));
    },
    TIMEOUT_MS,
  );
});

/** Whatever a stranger sends: a refusal, nothing written, nothing secret logged, and the server as healthy as before. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MadeApp } from '#test/support/builders.js';
import { openWorld, type World } from '#test/support/world.js';

let w: World;
let app: MadeApp;
let uid: string;
beforeAll(async () => {
  w = await openWorld();
  app = await w.app('alarm').made();
  await w.phone('Ming').scans(app.qrcodeUrl);
  uid = await w.phone('Ming').uid();
  await w.drain();
});
afterAll(() => w.close());

const ALL_TABLES =
  process.env.WORLD_DATABASE === 'postgresql'
    ? `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = current_schema()`
    : `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'`;

/** What processes keep of one another, and of themselves, at all times. */
const RUNNING = new Set(['Lease', 'SharedWindow']);

/** How many rows each table has. */
async function countRows(): Promise<Record<string, number>> {
  const tables = await w.db.$queryRawUnsafe<{ name: string }[]>(ALL_TABLES);
  const counts: Record<string, number> = {};
  for (const { name } of tables.filter(({ name }) => !RUNNING.has(name))) {
    const [row] = await w.db.$queryRawUnsafe<{ n: bigint }[]>(`SELECT count(*) AS n FROM "${name}"`);
    counts[name] = Number(row?.n);
  }
  return counts;
}

/** Makes a call that must be refused; expects that nothing is written and nothing screams. */
async function refused(call: () => Promise<{ status: number; text: string; json: unknown }>) {
  const before = await countRows();
  const lines = w.lines.length;
  const answer = await call();
  expect(await countRows()).toEqual(before);
  expect(w.lines.slice(lines).filter((line) => line.includes('"level":"error"'))).toEqual([]);
  return answer;
}

const send =
  (body: unknown, headers: Record<string, string> = {}) =>
  () =>
    w.call('/api/send/message', { method: 'POST', body, headers });
const good = () => ({ appToken: app.appToken, content: 'x', uids: [uid] });

describe('a send', () => {
  it.each<[string, () => unknown]>([
    ['no token', () => ({ ...good(), appToken: undefined })],
    ['a wrong token', () => ({ ...good(), appToken: 'AT_wrong' })],
    ['a token that is no text', () => ({ ...good(), appToken: { $ne: '' } })],
    ['no content', () => ({ ...good(), content: undefined })],
    ['blank content', () => ({ ...good(), content: ' \n ' })],
    ['content beyond the limit', () => ({ ...good(), content: '文'.repeat(40_001) })],
    ['a summary beyond the limit', () => ({ ...good(), summary: '文'.repeat(101) })],
    ['an unknown content type', () => ({ ...good(), contentType: 9 })],
    ['a script for a link', () => ({ ...good(), url: 'javascript:alert(1)' })],
    ['nobody', () => ({ ...good(), uids: [] })],
    ['an unknown UID', () => ({ ...good(), uids: ['UID_unknown'] })],
    ['an unknown topic', () => ({ ...good(), uids: [], topicIds: [987_654] })],
    ['a topic that is no number', () => ({ ...good(), uids: [], topicIds: ['x'] })],
    ['too many UIDs', () => ({ ...good(), uids: Array.from({ length: 2001 }, (_, at) => `UID_${at}`) })],
    ['too many topics', () => ({ ...good(), topicIds: [1, 2, 3, 4, 5, 6] })],
    ['a list', () => [good()]],
    ['a number', () => '42'],
    ['null', () => 'null'],
    ['half a JSON', () => '{"appToken": "AT_'],
    ['JSON too deep', () => '['.repeat(50_000)],
    ['no UTF-8', () => Buffer.from([0x7b, 0xff, 0xfe, 0x7d])],
    ['a megabyte and more', () => JSON.stringify({ ...good(), content: 'x'.repeat(1_200_000) })],
  ])('with %s', async (_, body) => {
    const answer = await refused(send(body(), { 'content-type': 'application/json' }));
    const { code, data } = (answer.json ?? {}) as { code?: number; data?: { code: number }[] };
    const rows = Array.isArray(data) ? data : [];
    expect(code !== 1000 || rows.every((row) => row.code !== 1000)).toBe(true);
    expect(answer.text).not.toMatch(/ at .*\.ts:|node_modules|SQLITE|prisma/i);
  });
});

describe('a push to the server URL', () => {
  const xml = '<xml><ToUserName>a</ToUserName><FromUserName>o1</FromUserName><MsgType>text</MsgType></xml>';

  it.each<[string, string, string | Uint8Array]>([
    ['no signature', '', xml],
    ['a wrong signature', '?signature=0&timestamp=1&nonce=a', xml],
    ['a signature twice', '?signature=0&signature=1&timestamp=1&nonce=a', xml],
    ['no XML', '?signature=0&timestamp=1&nonce=a', 'hello'],
    ['a doctype', '?signature=0&timestamp=1&nonce=a', `<!DOCTYPE x [<!ENTITY a "b">]>${xml}`],
    ['a megabyte', '?signature=0&timestamp=1&nonce=a', 'x'.repeat(1_000_000)],
    ['no UTF-8', '?signature=0&timestamp=1&nonce=a', Buffer.from([0xff, 0xfe])],
  ])('with %s is a 401 without a word', async (_, query, body) => {
    const answer = await refused(() => w.call(`/wechat${query}`, { method: 'POST', body }));
    expect(answer).toMatchObject({ status: 401, text: '' });
  });

  it('to check the URL with a wrong signature is one too', async () => {
    const answer = await refused(() => w.call('/wechat?signature=0&timestamp=1&nonce=a&echostr=hunter2'));
    expect(answer).toMatchObject({ status: 401, text: '' });
  });
});

describe('a call of the management API', () => {
  it.each<[string, string, string, unknown, number]>([
    ['an app without a name', 'POST', '/apps', {}, 400],
    ['an app whose name is a number', 'POST', '/apps', { name: 7 }, 400],
    ['an app whose name is too long', 'POST', '/apps', { name: 'x'.repeat(65) }, 400],
    ['an app with a script for a callback', 'POST', '/apps', { name: 'x', callbackUrl: 'javascript:1' }, 400],
    ['an app from half a JSON', 'POST', '/apps', '{"name":', 400],
    ['an unknown app', 'GET', '/apps/987654', undefined, 404],
    ['an app that is no number', 'PATCH', '/apps/x', { name: 'y' }, 404],
    ['a topic of an unknown app', 'POST', '/apps/987654/topics', { name: 'x' }, 404],
    ['a key of an unknown kind', 'POST', '/users/UID_x/keys', { kind: 'nothing' }, 400],
    ['a key of an unknown person', 'POST', '/users/UID_x/keys', { kind: 'spt' }, 404],
    ['an unknown message', 'GET', '/messages/16', undefined, 404],
    ['an unknown callback', 'POST', '/callbacks/16/replay', {}, 404],
    [
      'a body of a megabyte and more',
      'POST',
      '/apps',
      { name: 'x', description: 'x'.repeat(1_100_000) },
      413,
    ],
  ])('about %s', async (_, method, path, body, status) => {
    const answer = await refused(() => w.admin(path, body, method));
    expect(answer.status).toBe(status);
    expect(answer.json).toMatchObject({ error: { code: expect.any(String), message: expect.any(String) } });
  });

  it.each(['', 'Bearer ', 'Bearer wrong', 'Basic dGVzdDp0ZXN0', 'Bearer test-admin-token-of-the-worlds2'])(
    'with the authorization %j is a 401',
    async (authorization) => {
      const answer = await refused(() =>
        w.call('/api/v1/apps', { body: { name: 'x' }, headers: { authorization } }),
      );
      expect(answer.status).toBe(401);
    },
  );
});

it('leaves the server as healthy as before', async () => {
  expect((await w.call('/healthz')).text).toBe('ok');
  const answer = await w.call('/api/send/message', { body: good() });
  expect(answer.json).toMatchObject({ code: 1000, data: [{ code: 1000 }] });
  await w.drain();
  expect(await w.phone('Ming').cards()).toHaveLength(1);
});

/** The sandbox as people start it: nothing is set, and mail and short messages still arrive, in the simulator. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { ask } from '#test/support/http.js';
import { createPhone } from '#test/support/phone.js';
import { type RunningProcess, startServer } from '#test/support/processes.js';

const folder = mkdtempSync(join(tmpdir(), 'qingniao-sandbox-'));
let server: RunningProcess;

beforeAll(async () => {
  server = await startServer({ PORT: '0', SIMULATOR_SMTP_PORT: '0', DATA_DIR: folder, ADMIN_TOKEN: 'admin' });
}, 60_000);
afterAll(async () => {
  await server?.end('SIGTERM');
  rmSync(folder, { recursive: true, force: true });
});

it.each([
  ['email', 'mail', 'ming@mail.example'],
  ['phone', 'sms', '13800138000'],
])('sends the code that binds the %s', async (kind, inbox, address) => {
  const sim = (path: string, body?: unknown) => ask(`${server.url}/simulator/api${path}`, { body });
  const ming = createPhone({ sim }, `Ming of ${kind}`);
  await ming.follows();
  const path = `${server.url}/api/v1/users/${await ming.uid()}/contacts`;
  const headers = { authorization: 'Bearer admin' };
  const begun = await ask(`${path}/${kind}`, { headers, body: { address } });
  expect(begun.status, begun.text).toBe(202);
  const { items } = (await sim(`/inboxes/${inbox}`)).json as { items: { to: string; rendered: string }[] };
  expect(items[0]?.to).toBe(address);
  const code = /\b\d{6}\b/.exec(items[0]?.rendered ?? '')?.[0];
  const bound = await ask(`${path}/${kind}/confirm`, { headers, body: { code } });
  expect([bound.status, bound.json]).toMatchObject([200, { [kind]: address }]);
});

it('takes pushes under the original services’ host names, and shows its phone under none but its own', async () => {
  const as = (host: string, path: string, method = 'GET') =>
    new Promise<number>((resolve, reject) => {
      const headers = { host, 'content-type': 'application/json' };
      const asked = request(`${server.url}${path}`, { method, headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      });
      asked.on('error', reject).end(method === 'POST' ? '{}' : '');
    });
  expect(await as('wxpusher.zjiecode.com', '/api/send/message', 'POST')).toBe(200);
  expect(await as('10.0.0.7:8080', '/healthz')).toBe(200);
  for (const path of [
    '/simulator/',
    '/simulator/api/followers',
    '/simulator/wechat/cgi-bin/token',
    '/sign-in',
  ]) {
    expect([path, await as('evil.example', path), await as('evil.example', path, 'POST')]).toEqual([
      path,
      421,
      421,
    ]);
  }
});

it('takes pushes of its simulator’s kind from programs alone: its token is known to every web page', async () => {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const push = (nonce: string, headers: Record<string, string>) =>
    new Promise<number>((resolve, reject) => {
      const signature = createHash('sha1')
        .update([timestamp, nonce, 'simtoken'].sort().join(''))
        .digest('hex');
      const query = new URLSearchParams({ signature, timestamp, nonce });
      const asked = request(`${server.url}/wechat?${query}`, { method: 'POST', headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      });
      asked
        .on('error', reject)
        .end(
          `<xml><ToUserName>gh</ToUserName><FromUserName>oMallory${nonce}</FromUserName><CreateTime>${timestamp}</CreateTime><MsgType>text</MsgType><Content>uid</Content><MsgId>1</MsgId></xml>`,
        );
    });
  expect(await push('a', {})).toBe(200);
  const text = { 'content-type': 'text/plain' };
  expect(await push('b', { ...text, origin: 'https://evil.example' })).not.toBe(200);
  expect(await push('c', { ...text, 'sec-fetch-site': 'cross-site' })).not.toBe(200);
  expect(await push('d', { ...text, host: 'evil.example', origin: 'http://evil.example' })).not.toBe(200);
});

it('still knows its people and its codes after a restart', async () => {
  const home = mkdtempSync(join(tmpdir(), 'qingniao-sandbox-'));
  const settings = { PORT: '0', SIMULATOR_SMTP_PORT: '0', DATA_DIR: home, ADMIN_TOKEN: 'admin' };
  const headers = { authorization: 'Bearer admin' };
  let running = await startServer(settings);
  try {
    const sim = (path: string, body?: unknown) => ask(`${running.url}/simulator/api${path}`, { body });
    const made = await ask(`${running.url}/api/v1/apps`, { headers, body: { name: '日报' } });
    const { appToken, qrcodeUrl } = made.json as { appToken: string; qrcodeUrl: string };
    const ming = createPhone({ sim }, 'Ming');
    await ming.scans(qrcodeUrl);
    const uid = await ming.uid();
    await running.end('SIGTERM');

    running = await startServer(settings);
    expect((await sim('/followers')).json).toMatchObject({
      items: expect.arrayContaining([
        expect.objectContaining({ openid: await ming.openid(), nickname: 'Ming', following: true }),
      ]),
    });
    await ask(`${running.url}/api/send/message`, { body: { appToken, content: '第二天', uids: [uid] } });
    await vi.waitFor(async () => expect((await ming.cards())[0]?.rendered).toContain('第二天'), 20_000);
    const hua = createPhone({ sim }, 'Hua');
    expect(await hua.scans(qrcodeUrl)).toMatchObject({ event: 'subscribe' });
    expect(await hua.openid()).not.toBe(await ming.openid());
  } finally {
    await running.end('SIGKILL');
    rmSync(home, { recursive: true, force: true });
  }
}, 60_000);

/** The management API on the whole server: real QR codes, real deliveries, a WeChat that has bad days. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openWorld, type World } from '#test/support/world.js';

let w: World;

beforeEach(async () => {
  w = await openWorld();
});
afterEach(() => w.close());

async function push(appToken: string, uid: string): Promise<number> {
  const { json } = await w.call('/api/send/message', {
    body: { appToken, content: '磁盘满了', uids: [uid] },
  });
  return (json as { data: { messageContentId: number }[] }).data[0]?.messageContentId ?? 0;
}

it('follows a message from the app’s QR code to the card', async () => {
  const { id, appToken, qrcodeUrl } = await w.app('alarm').made();
  const ming = w.phone('Ming');
  await ming.scans(qrcodeUrl);
  const uid = await ming.uid();
  expect((await w.admin(`/apps/${id}/subscribers`)).json).toMatchObject({
    total: 1,
    items: [{ uid, topicId: 0, source: 'scan', extra: '', blocked: false }],
  });
  const message = await push(appToken, uid);
  expect((await w.admin(`/messages/${message}`)).json).toMatchObject({ id: message, state: 'accepted' });
  await w.drain();
  expect((await w.admin(`/messages/${message}`)).json).toMatchObject({
    state: 'sent',
    deliveries: { total: 1, items: [{ uid, state: 'sent', waiting: null }] },
  });
  expect(await ming.cards()).toHaveLength(1);
});

it('says why a message waits while the platform’s quota is used up', async () => {
  const { appToken, qrcodeUrl } = await w.app('alarm').made();
  const ming = w.phone('Ming');
  await ming.scans(qrcodeUrl);
  const message = await push(appToken, await ming.uid());
  await w.sim('/faults', { path: '/wechat/cgi-bin/message/template/send', errcode: 45009, count: 1 });
  await w.drain();
  const trace = (await w.admin(`/messages/${message}`)).json as {
    deliveries: { items: { waiting: { until: number } }[] };
  };
  expect(trace).toMatchObject({
    state: 'sending',
    deliveries: { items: [{ state: 'due', waiting: { code: '45009', why: expect.any(String) } }] },
  });
  const until = trace.deliveries.items[0]?.waiting.until ?? 0;
  expect(until).toBeGreaterThan(w.clock.now());
  w.clock.advance(until - w.clock.now());
  await w.drain();
  expect((await w.admin(`/messages/${message}`)).json).toMatchObject({ state: 'sent' });
});

it('makes no app and no topic when WeChat refuses the QR code, and passes its advice on', async () => {
  const { id } = await w.app('before').made();
  await w.sim('/faults', { path: '/wechat/cgi-bin/qrcode/create', errcode: 40164 });
  const [app, topic] = [
    await w.admin('/apps', { name: 'unlucky' }),
    await w.admin(`/apps/${id}/topics`, { name: 'unlucky' }),
  ];
  for (const refused of [app, topic]) {
    expect(refused.status).toBe(502);
    expect(refused.json).toMatchObject({
      error: { code: 'wechat_failed', message: expect.stringContaining('IP 白名单') },
    });
  }
  expect((await w.admin('/apps')).json).toMatchObject({ total: 1 });
  expect((await w.admin(`/apps/${id}/topics`)).json).toEqual({ total: 0, items: [] });
});

it('tests an endpoint, shows how it went, and sends it again', async () => {
  const { id } = await w.app('alarm', { callbackUrl: w.webhook('dev') }).made();
  const arrivals = async () =>
    ((await w.sim('/inboxes/webhook/dev')).json as { items: unknown[] }).items.length;
  expect((await w.admin(`/apps/${id}/callback/test`, {})).status).toBe(202);
  await w.drain();
  expect(await arrivals()).toBe(1);
  const log = (await w.admin(`/callbacks?appId=${id}`)).json as { items: { id: number }[] };
  expect(log).toMatchObject({ total: 1, items: [{ event: 'callback.test', state: 'sent' }] });
  expect((await w.admin(`/callbacks/${log.items[0]?.id}/replay`, {})).status).toBe(200);
  await w.drain();
  expect(await arrivals()).toBe(2);
});

it('creates the menu at WeChat, and passes a refusal on', async () => {
  expect((await w.admin('/wechat/menu', {})).status).toBe(204);
  expect((await w.sim('/stats')).json).toMatchObject({
    calls: { '/wechat/cgi-bin/menu/create': { count: 1, errors: 0 } },
  });
  await w.sim('/faults', { path: '/wechat/cgi-bin/menu/create', errcode: 40018 });
  const refused = await w.admin('/wechat/menu', {});
  expect([refused.status, refused.json]).toMatchObject([502, { error: { code: 'wechat_failed' } }]);
});

it('lets a follower manage with the personal token from the own keys', async () => {
  const ming = w.phone('Ming');
  await ming.follows();
  const uid = await ming.uid();
  const { key } = (await w.admin(`/users/${uid}/keys`, { kind: 'personal' })).json as { key: string };
  const headers = { authorization: `Bearer ${key}` };
  const made = await w.call('/api/v1/apps', { body: { name: 'mine' }, headers });
  expect(made.status).toBe(201);
  await w.app('another').made();
  expect((await w.call('/api/v1/apps', { headers })).json).toMatchObject({
    total: 1,
    items: [{ name: 'mine' }],
  });
  expect((await w.call(`/api/v1/users/${uid}`, { headers })).json).toMatchObject({ uid, following: true });
});

it('logs no token and no secret of its calls', async () => {
  const { id, appToken, callbackSecret } = await w.app('quiet', { callbackUrl: w.webhook('dev') }).made();
  await w.admin(`/apps/${id}/token`, {});
  const lines = w.lines.join('\n');
  for (const secret of [appToken, callbackSecret, w.adminToken]) {
    expect(lines).not.toContain(secret);
  }
});

it('answers health, readiness and metrics without sign-in; the engine of a test stands still', async () => {
  expect(await w.call('/healthz')).toMatchObject({ status: 200, text: 'ok' });
  expect(await w.call('/readyz')).toMatchObject({
    status: 503,
    json: { ready: false, why: expect.stringContaining('engine') },
  });
  const metrics = await w.call('/metrics');
  expect(metrics.status).toBe(200);
  expect(metrics.text).toMatch(/^# HELP qingniao_/m);
  expect((await w.call('/metrics', { headers: { 'x-forwarded-for': '203.0.113.9' } })).status).toBe(401);
});

it('is ready without an engine where the role is to accept only', async () => {
  const front = await openWorld({ env: { ROLE: 'api' } });
  expect(await front.call('/readyz')).toMatchObject({ status: 200, json: { ready: true } });
  await front.close();
});

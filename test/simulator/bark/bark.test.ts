/** The simulated bark-server: its refusals, its precedence of sources, batches, encryption and limits. */
import { describe, expect, it } from 'vitest';
import { type Answer, ask, itemsOf, openSim, type SimWorld, START } from '../sim-world.js';

const VECTOR_KEY = '1234567890123456';

function post(sim: SimWorld, path: string, body: unknown): Promise<Answer> {
  return ask(`${sim.base}/bark${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

async function shown(sim: SimWorld): Promise<Record<string, unknown> | undefined> {
  return itemsOf(await sim.api('GET', '/inboxes/bark'))[0];
}

describe('refusals of the bark-server', () => {
  const refusals: [
    name: string,
    method: string,
    path: string,
    body: unknown,
    code: number,
    message: RegExp,
  ][] = [
    ['no key', 'POST', '/push', { body: 'x' }, 400, /^device key is empty$/],
    [
      'an unknown key',
      'POST',
      '/push',
      { device_key: 'nobody' },
      400,
      /^failed to get device token: failed to get \[nobody\] device token from database$/,
    ],
    ['an unknown key in the path', 'GET', '/nobody/hi', undefined, 400, /^failed to get device token/],
    ['GET of the bare push route', 'GET', '/push', undefined, 405, /Method Not Allowed/],
    ['broken JSON', 'POST', '/push', '{', 400, /^request bind failed: /],
    ['a JSON list', 'POST', '/push', '[]', 400, /^request bind failed: /],
    ['a broken escape in the path', 'GET', '/sim-a/%zz', undefined, 400, /^url path parse failed: /],
    ['keys of a wrong type', 'POST', '/push', { device_keys: 7 }, 400, /^invalid type for device_keys$/],
    [
      'keys of mixed types',
      'POST',
      '/push',
      { device_keys: ['sim-a', 7] },
      400,
      /^invalid type for device_keys$/,
    ],
    ['a path that is too long', 'GET', '/sim-a/1/2/3/4', undefined, 404, /^Cannot GET /],
    ['a method no route has', 'PUT', '/sim-a', undefined, 405, /Method Not Allowed/],
    ['registration without a token', 'POST', '/register', { device_key: '' }, 400, /^device token is empty$/],
    [
      'a token that is too long',
      'POST',
      '/register',
      { device_token: 'x'.repeat(161) },
      400,
      /^device token is invalid$/,
    ],
    ['a registration that is no JSON', 'POST', '/register', '{', 400, /^request bind failed1: /],
    ['a check of an unknown key', 'GET', '/register/nobody', undefined, 400, /^failed to get \[nobody\]/],
    [
      'a payload over 4096 bytes',
      'POST',
      '/push',
      { device_key: 'sim-a', body: 'x'.repeat(4096) },
      500,
      /^push failed: .*PayloadTooLarge$/,
    ],
  ];
  it.each(refusals)('answers %s (%s %s) in the envelope', async (_, method, path, body, code, message) => {
    const sim = await openSim();
    const answer =
      method === 'POST' ? await post(sim, path, body) : await ask(`${sim.base}/bark${path}`, { method });
    expect(answer.status).toBe(code);
    expect(answer.body).toEqual({ code, message: expect.stringMatching(message), timestamp: START / 1000 });
    expect(await shown(sim)).toBeUndefined();
  });

  it('is a teapot to callers without the credentials it asks for, but for its open paths', async () => {
    const sim = await openSim();
    await sim.api('POST', '/bark/settings', { credentials: { user: 'u', password: 'p' } });
    expect(await post(sim, '/push', { device_key: 'sim-a' })).toMatchObject({
      status: 418,
      text: "I'm a teapot",
    });
    for (const path of ['/ping', '/register/sim-a', '/healthz']) {
      expect((await ask(`${sim.base}/bark${path}`)).status).toBe(200);
    }
    const authorization = `Basic ${btoa('u:p')}`;
    expect((await ask(`${sim.base}/bark/sim-a/hi`, { headers: { authorization } })).status).toBe(200);
    await sim.api('POST', '/bark/settings', { credentials: null });
    expect((await ask(`${sim.base}/bark/sim-a/hi`)).status).toBe(200);
  });

  it('forgets the token of a phone that Apple no longer knows', async () => {
    const sim = await openSim();
    await sim.api('POST', '/bark/keys', { key: 'sim-old', refusal: 'Unregistered' });
    expect((await post(sim, '/push', { device_key: 'sim-old' })).body).toMatchObject({
      code: 500,
      message: expect.stringContaining('Unregistered'),
    });
    expect((await post(sim, '/push', { device_key: 'sim-old' })).body).toMatchObject({ code: 400 });
  });

  it('takes no more keys at once than its operator allows', async () => {
    const sim = await openSim();
    await sim.api('POST', '/bark/settings', { maxBatch: 1 });
    expect((await post(sim, '/push', { device_keys: 'sim-a,sim-b' })).body).toMatchObject({
      code: 400,
      message: 'batch push count exceeds the maximum limit: 1',
    });
  });
});

describe('pushes', () => {
  it.each([
    ['/sim-a/Body+text', 'Body text'],
    ['/sim-a/Title/a%2Fb/', 'Title\na/b'],
    ['/sim-a/Title/Sub/Body?title=ignored', 'Title\nSub\nBody'],
    ['/sim-a?title=T&BODY=B', 'T\nB'],
    ['/sim-a', 'Empty Message'],
    ['/push?device_key=sim-a&body=x', undefined],
  ])('reads GET %s as %j', async (path, rendered) => {
    const sim = await openSim();
    await ask(`${sim.base}/bark${path}`);
    expect((await shown(sim))?.rendered).toBe(rendered);
  });

  it.each([
    ['a form', 'application/x-www-form-urlencoded', 'device_key=sim-a&Title=F&body=B'],
    ['JSON', 'application/json', '{"DEVICE_KEY":"sim-a","Title":"F","body":"B"}'],
  ])('reads %s', async (_, type, body) => {
    const sim = await openSim();
    const answer = await ask(`${sim.base}/bark/push`, {
      method: 'POST',
      headers: { 'content-type': type },
      body,
    });
    expect(answer.body).toEqual({ code: 200, message: 'success', timestamp: START / 1000 });
    expect(await shown(sim)).toMatchObject({ rendered: 'F\nB', to: 'sim-a' });
  });

  it('reads a multipart form', async () => {
    const sim = await openSim();
    const body = new FormData();
    body.set('body', '表单');
    expect((await ask(`${sim.base}/bark/sim-a`, { method: 'POST', body })).status).toBe(200);
    expect((await shown(sim))?.rendered).toBe('表单');
  });

  it('lets the path win over the query, and the query over JSON', async () => {
    const sim = await openSim();
    await post(sim, '/sim-a/path?title=query&group=q', {
      device_key: 'x',
      body: 'json',
      title: 'json',
      group: 'j',
    });
    expect(await shown(sim)).toMatchObject({ to: 'sim-a', rendered: 'query\npath', extras: { group: 'q' } });
  });

  it('passes the other parameters on: texts in lower case, numbers by their name, objects flattened', async () => {
    const sim = await openSim();
    const extra = { Level: 'critical', Volume: 5, more: { autoCopy: '1' }, sound: 'bell', markdown: '**b**' };
    await post(sim, '/push', { device_key: 'sim-a', body: 'x', ...extra });
    expect(await shown(sim)).toMatchObject({
      sound: 'bell.caf',
      extras: { level: 'critical', Volume: 5, autoCopy: '1', markdown: '**b**' },
      rendered: '**b**',
    });
  });

  it('answers a batch row by row', async () => {
    const sim = await openSim();
    const answer = await post(sim, '/push', { device_keys: ['sim-a', 'nobody'], body: 'x' });
    expect(answer.body).toMatchObject({
      code: 200,
      data: [
        { code: 200, device_key: 'sim-a' },
        { code: 400, device_key: 'nobody', message: expect.stringContaining('[nobody]') },
      ],
    });
    expect((await post(sim, '/push', { device_keys: 'sim-a, sim-b' })).body.data).toHaveLength(2);
  });

  it('puts a notification in the place of an earlier one with its id, and removes it at a word', async () => {
    const sim = await openSim();
    await post(sim, '/push', { device_key: 'sim-a', body: 'one', id: '7' });
    await post(sim, '/push', { device_key: 'sim-a', body: 'two', id: '7' });
    const states = async () => itemsOf(await sim.api('GET', '/inboxes/bark')).map((item) => item.isReplaced);
    expect(await states()).toEqual([false, true]);
    await post(sim, '/push', { device_key: 'sim-a', id: '7', delete: '1' });
    expect(await states()).toEqual([true, true, true]);
  });

  it('keeps the exact request', async () => {
    const sim = await openSim();
    const body = '{"device_key":"sim-a","body":"原样"}';
    await post(sim, '/push', body);
    expect(await shown(sim)).toMatchObject({
      at: START,
      request: {
        method: 'POST',
        path: '/bark/push',
        body,
        headers: { 'content-type': 'application/json; charset=utf-8' },
      },
    });
  });
});

describe('encrypted pushes', () => {
  const vectors: [mode: string, iv: string | undefined, ciphertext: string][] = [
    ['CBC', '1234567890123456', '+aPt5cwN9GbTLLSFri60l3h1X00u/9j1FENfWiTxhNHVLGU+XoJ15JJG5W/d/yf0'],
    ['CBC', '1111111111111111', 'd3QhjQjP5majvNt5CjsvFWwqqj2gKl96RFj5OO+u6ynTt7lkyigDYNA3abnnCLpr'],
    ['ECB', undefined, 'nyEyuyYwoV+3IkEm9QUUzAOy8Je44anatLeIjsP2cnKV7j1c3K4CXoWCF2gES5SK'],
    ['GCM', '123456789012', 'ylMMx7zodjKH02/QJUV4aNZcC2sKrciqU4q3r1FM6655WhRlI5PKiuVZMv6NWrMAZf1N/2M='],
  ];
  it.each(vectors)('shows what a phone told %s with iv %s reads', async (mode, iv, ciphertext) => {
    const sim = await openSim();
    await sim.api('POST', '/bark/keys', { key: 'sim-a', encryption: { mode, key: VECTOR_KEY } });
    await post(sim, '/push', { device_key: 'sim-a', ciphertext, iv });
    expect(await shown(sim)).toMatchObject({
      rendered: 'test',
      sound: 'birdsong.caf',
      encryption: 'decrypted',
    });
  });

  it('shows that a phone with another key, or none, cannot read it', async () => {
    const sim = await openSim();
    const [, iv, ciphertext] = vectors[0] ?? [];
    await sim.api('POST', '/bark/keys', { key: 'sim-b', encryption: { mode: 'CBC', key: 'x'.repeat(16) } });
    for (const key of ['sim-a', 'sim-b']) {
      await post(sim, '/push', { device_key: key, ciphertext, iv });
      expect(await shown(sim)).toMatchObject({ rendered: 'Decryption Failed', encryption: 'failed' });
    }
  });
});

describe('the rest of the server', () => {
  it('answers its small routes', async () => {
    const sim = await openSim();
    for (const path of ['', '/', '/healthz']) {
      expect((await ask(`${sim.base}/bark${path}`)).text).toBe('ok');
    }
    expect((await ask(`${sim.base}/bark/ping`)).body).toMatchObject({ code: 200, message: 'pong' });
    expect((await ask(`${sim.base}/bark/info`)).body).toMatchObject({ version: expect.any(String) });
  });

  it('registers phones by all three forms, and pushes to them', async () => {
    const sim = await openSim();
    const { data } = (await post(sim, '/register', { device_token: 't1' })).body as {
      data: { device_key: string };
    };
    expect(data).toEqual({
      key: data.device_key,
      device_key: expect.stringMatching(/^\w{22}$/),
      device_token: 't1',
    });
    const compat = await ask(`${sim.base}/bark/register?key=own&devicetoken=t2`);
    expect(compat.body.data).toEqual({ key: 'own', device_key: 'own', device_token: 't2' });
    expect((await ask(`${sim.base}/bark/register/own`)).status).toBe(200);
    expect((await ask(`${sim.base}/bark/${data.device_key}/hi`)).status).toBe(200);
    await sim.api('POST', '/reset', {});
    expect((await ask(`${sim.base}/bark/register/own`)).status).toBe(400);
  });
});

/** The simulated PushDeer server: its answers to the letter, its refusals, and its limit. */
import { expect, it } from 'vitest';
import { ask, itemsOf, openSim, type SimWorld } from '../sim-world.js';

const OK = '{"counts":1,"logs":[],"success":"ok"}';

function push(sim: SimWorld, fields: Record<string, string>) {
  return ask(`${sim.base}/pushdeer/message/push`, { method: 'POST', body: new URLSearchParams(fields) });
}

it.each([
  ['no key', { text: 'x' }, { code: 80501, error: 'The pushkey field is required.' }],
  ['no text', { pushkey: 'sim-a' }, { code: 80501, error: 'The text field is required.' }],
  [
    'an account that is switched off',
    { pushkey: 'sim-off', text: 'x' },
    { code: 80403, error: '此账号已被停用' },
  ],
  [
    'an owner without devices',
    { pushkey: 'sim-none', text: 'x' },
    { code: 80501, error: '没有可用的设备，请先注册' },
  ],
])('refuses %s with HTTP 200 and no content', async (_, fields, body) => {
  const sim = await openSim();
  await sim.api('POST', '/pushdeer/keys', { key: 'sim-off', isDisabled: true });
  await sim.api('POST', '/pushdeer/keys', { key: 'sim-none', devices: 0 });
  expect(await push(sim, fields)).toMatchObject({ status: 200, text: JSON.stringify(body) });
  expect(itemsOf(await sim.api('GET', '/inboxes/pushdeer'))).toEqual([]);
});

it('stumbles over a key it does not have, after the keys before it got the message', async () => {
  const sim = await openSim();
  expect((await push(sim, { pushkey: 'sim-a,nobody', text: 'x' })).status).toBe(500);
  expect(itemsOf(await sim.api('GET', '/inboxes/pushdeer')).map((item) => item.to)).toEqual(['sim-a']);
});

it.each([
  ['a query', 'GET', '?pushkey=sim-a&text=%E9%A2%98&desp=d', undefined, undefined],
  ['a form', 'POST', '', 'application/x-www-form-urlencoded', 'pushkey=sim-a&text=%E9%A2%98&desp=d'],
  ['JSON', 'PUT', '', 'application/json', '{"pushkey":"sim-a","text":"题","desp":"d"}'],
])('takes %s and answers by the device, as JSON within JSON', async (_, method, query, type, body) => {
  const sim = await openSim();
  const headers = type ? { 'content-type': type } : undefined;
  const answer = await ask(`${sim.base}/pushdeer/message/push${query}`, { method, body, headers });
  expect(answer.body).toEqual({ code: 0, content: { result: [OK] } });
  expect(itemsOf(await sim.api('GET', '/inboxes/pushdeer'))).toMatchObject([
    { to: 'sim-a', rendered: '题\nd', title: '题', text: 'd', type: 'markdown' },
  ]);
});

it('sends to each device of each key once, up to its number of keys', async () => {
  const sim = await openSim();
  await sim.api('POST', '/pushdeer/keys', { key: 'own', devices: 2 });
  await sim.api('POST', '/pushdeer/settings', { mostKeys: 2 });
  const answer = await push(sim, { pushkey: 'own, sim-a,own,sim-b', text: 'x' });
  expect(answer.body).toEqual({ code: 0, content: { result: [OK, OK, OK] } });
});

it('shows a picture as the notification does', async () => {
  const sim = await openSim();
  await push(sim, { pushkey: 'sim-a', text: 'https://example.com/a.png', type: 'image' });
  expect(itemsOf(await sim.api('GET', '/inboxes/pushdeer'))[0]).toMatchObject({
    rendered: '[图片]',
    image: 'https://example.com/a.png',
  });
});

it('takes sixty calls a minute while limits are on', async () => {
  const sim = await openSim();
  await sim.api('POST', '/quota', { on: true });
  for (let nth = 0; nth < 60; nth += 1) {
    expect((await push(sim, { pushkey: 'sim-a', text: 'x' })).status).toBe(200);
  }
  const late = await fetch(`${sim.base}/pushdeer/message/push?pushkey=sim-a&text=x`);
  expect([late.status, late.headers.get('x-ratelimit-remaining')]).toEqual([429, '0']);
  sim.advance(60_001);
  expect((await push(sim, { pushkey: 'sim-a', text: 'x' })).status).toBe(200);
});

it('knows no other path', async () => {
  const sim = await openSim();
  expect((await ask(`${sim.base}/pushdeer/message/list`)).status).toBe(404);
});

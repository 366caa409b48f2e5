/** Webhooks: they take anything, keep it, and answer as told. */
import { expect, it } from 'vitest';
import { ask, itemsOf, openSim } from '../sim-world.js';

it('keeps method, path, headers and body of any request, newest first', async () => {
  const sim = await openSim();
  expect(
    await ask(`${sim.base}/webhook/a/b?c=1`, {
      method: 'PUT',
      body: '{"x":"中"}',
      headers: { 'x-test': '1' },
    }),
  ).toMatchObject({ status: 200, text: '' });
  await ask(`${sim.base}/webhook/a`);
  expect(itemsOf(await sim.api('GET', '/inboxes/webhook/a'))).toEqual([
    {
      id: expect.any(Number),
      at: sim.now(),
      rendered: '',
      request: { method: 'GET', path: '/webhook/a', headers: expect.any(Object), body: '' },
    },
    {
      id: expect.any(Number),
      at: sim.now(),
      rendered: '{"x":"中"}',
      request: {
        method: 'PUT',
        path: '/webhook/a/b?c=1',
        headers: expect.objectContaining({ 'x-test': '1' }),
        body: '{"x":"中"}',
      },
    },
  ]);
});

it('answers what it was told, as often as it was told, and then 200 again', async () => {
  const waits: number[] = [];
  const delay = async (ms: number) => {
    waits.push(ms);
  };
  const sim = await openSim({ delay });
  const told = { status: 429, headers: { 'retry-after': '3' }, body: 'later', delayMs: 40, times: 2 };
  await sim.api('POST', '/webhook/a/answer', told);
  for (const status of [429, 429, 200]) {
    expect((await ask(`${sim.base}/webhook/a`, { method: 'POST', body: 'x' })).status).toBe(status);
  }
  expect(waits).toEqual([40, 40]);
  await sim.api('POST', '/webhook/a/answer', { ...told, times: undefined });
  const response = await fetch(`${sim.base}/webhook/a`);
  expect([response.headers.get('retry-after'), await response.text()]).toEqual(['3', 'later']);
  expect((await ask(`${sim.base}/webhook/b`)).status).toBe(200);
});

it('keeps the newest thousand requests of a name', async () => {
  const sim = await openSim();
  for (let batch = 0; batch < 21; batch += 1) {
    await Promise.all(
      Array.from({ length: 100 }, () => ask(`${sim.base}/webhook/a`, { method: 'POST', body: `${batch}` })),
    );
  }
  const items = itemsOf(await sim.api('GET', '/inboxes/webhook/a'));
  expect(items).toHaveLength(1000);
  expect([items[0]?.rendered, items[999]?.rendered]).toEqual(['20', '11']);
});

it('has a name, and takes a megabyte at most', async () => {
  const sim = await openSim();
  expect((await ask(`${sim.base}/webhook/`)).status).toBe(404);
  expect(
    (await ask(`${sim.base}/webhook/a`, { method: 'POST', body: 'x'.repeat(1024 * 1024 + 1) })).status,
  ).toBe(413);
  await ask(`${sim.base}/webhook/${encodeURIComponent('中 文')}`, { method: 'POST', body: 'x' });
  expect(itemsOf(await sim.api('GET', `/inboxes/webhook/${encodeURIComponent('中 文')}`))).toHaveLength(1);
});

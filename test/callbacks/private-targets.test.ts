/** Where private addresses are not allowed, no callback reaches one: neither when it is saved nor when it is used. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openWorld, type World } from '#test/support/world.js';

let w: World;
beforeAll(async () => {
  w = await openWorld({ env: { ALLOW_PRIVATE_TARGETS: 'false' } });
});
afterAll(() => w.close());

it.each([
  'http://127.0.0.1:9/',
  'http://localhost/',
  'http://169.254.169.254/latest',
  'http://[::1]/',
  'http://10.0.0.1/',
])('is refused when it is saved: %s', async (callbackUrl) => {
  const before = await w.db.app.count();
  const made = await w.admin('/apps', { name: 'x', callbackUrl });
  expect(made.status).toBe(400);
  expect(made.json).toMatchObject({ error: { code: 'blocked_target' } });
  expect(await w.db.app.count()).toBe(before);
});

it('is refused when it is used, and ends without more tries', async () => {
  const app = await w.app('old', { callbackUrl: 'https://dev.example/hook' }).made();
  await w.db.callback.updateMany({
    where: { appId: app.id },
    data: { url: w.webhook('inside') },
  });
  const data = { uid: 'UID_aaaaaaaaaaaaaaaaaaaaaaaa', content: 'x' };
  const event = { type: 'upstream.received', appId: app.id, personId: null, data, dedupeKey: 'k' } as const;
  await w.core.events.emit(event);
  await w.drain();
  const { items } = (await w.admin(`/callbacks?appId=${app.id}`)).json as { items: object[] };
  expect(items).toMatchObject([{ state: 'failed', attempts: [{ outcome: 'refused', code: 'blocked' }] }]);
  expect((await w.sim('/inboxes/webhook/inside')).json).toEqual({ items: [] });
});

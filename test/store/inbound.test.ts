/** Each inbound push is worked on once, also around a crash. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { claimInbound, finishInbound, releaseInbound } from '#src/store/inbound.js';
import { openStoreWorld, type StoreWorld } from './store-world.js';

let w: StoreWorld;
beforeEach(async () => {
  w = await openStoreWorld();
});
afterEach(() => w.close());

const claim = async (key: string, owner: string, staleBefore = 0) =>
  (await claimInbound(w.db, [{ key, owner, at: w.clock.now() }], staleBefore)).get(key);

it('gives a push to the first who asks', async () => {
  expect(await claim('k', 'a')).toMatchObject({ owner: 'a', done: false });
  expect(await claim('k', 'b')).toMatchObject({ owner: 'a', done: false });
  const both = [
    { key: 'n', owner: 'c', at: 1 },
    { key: 'n', owner: 'd', at: 1 },
  ];
  expect((await claimInbound(w.db, both, 0)).get('n')?.owner).toBe('c');
});

it('answers a repeat of what is done with the same reply, for ever', async () => {
  await claim('k', 'a');
  await finishInbound(w.db, [{ key: 'k', reply: '已收到 <ok>', at: w.clock.now() }]);
  await w.reopen();
  const later = w.clock.now() + 86_400_000;
  expect(await claim('k', 'b', later)).toMatchObject({ owner: 'a', done: true, reply: '已收到 <ok>' });
});

it('keeps silence apart from an unfinished push', async () => {
  await claim('k', 'a');
  await finishInbound(w.db, [{ key: 'k', reply: null, at: w.clock.now() }]);
  expect(await claim('k', 'b')).toMatchObject({ done: true, reply: null });
});

it('gives what a dead process began to the next one, and only to one', async () => {
  await claim('k', 'dead');
  await w.reopen();
  w.clock.advance(5000);
  const bootedAt = w.clock.now();
  expect(await claim('k', 'a', bootedAt)).toMatchObject({ owner: 'a' });
  expect(await claim('k', 'b', bootedAt)).toMatchObject({ owner: 'a' });
});

it('gives back what failed, and never what is done', async () => {
  await claim('failed', 'a');
  await claim('done', 'a');
  await finishInbound(w.db, [{ key: 'done', reply: 'ok', at: 1 }]);
  await releaseInbound(w.db, ['failed', 'done']);
  expect(await claim('failed', 'b')).toMatchObject({ owner: 'b' });
  expect(await claim('done', 'b')).toMatchObject({ done: true, owner: 'a' });
});

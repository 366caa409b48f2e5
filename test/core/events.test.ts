/** Events: one for each cause. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type CoreWorld, openCoreWorld } from './core-world.js';

let w: CoreWorld;
beforeEach(async () => {
  w = await openCoreWorld();
});
afterEach(() => w.close());

it('writes an event of one cause once, and wakes the engine', async () => {
  const emit = () =>
    w.core.events.emit({
      type: 'upstream.received',
      appId: 1,
      personId: 16,
      data: { uid: 'UID_x', content: '重启 \ud83d "db"\u0000' },
      dedupeKey: 'wechat|1',
    });
  await Promise.all([emit(), emit()]);
  await emit();
  const rows = await w.db.event.findMany();
  expect(rows).toHaveLength(1);
  expect(JSON.parse(rows[0]?.data ?? '')).toMatchObject({ uid: 'UID_x' });
  expect(w.countWakes()).toBeGreaterThan(0);
});

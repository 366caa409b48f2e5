/** Parts of long work become as large as fits into their time. */
import { expect, it } from 'vitest';
import { createPace } from '#src/engine/pace.js';

let now = 0;
const pace = createPace(() => now);
const runFor = (msPerRow: number, rows = pace.rows()) =>
  pace.run(async () => {
    now += msPerRow * rows;
    return rows;
  });

it('shrinks where a part takes long, grows where it is quick, between bounds', async () => {
  for (let at = 0; at < 20; at += 1) {
    await runFor(0.1);
  }
  expect(pace.rows()).toBeGreaterThan(190);
  expect(pace.rows()).toBeLessThan(210);
  for (let at = 0; at < 20; at += 1) {
    await runFor(10);
  }
  expect(pace.rows()).toBe(100);
  for (let at = 0; at < 20; at += 1) {
    await runFor(0);
  }
  expect(pace.rows()).toBe(2000);
});

it('learns nothing from a small part, which mostly waits for the disk', async () => {
  const before = pace.rows();
  await runFor(5, 10);
  expect(pace.rows()).toBe(before);
});

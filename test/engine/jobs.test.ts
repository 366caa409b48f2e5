/** Jobs of the timetable among processes; what happens when one dies over a job is in test/postgresql/jobs.test.ts. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createJobs } from '#src/engine/jobs.js';
import { openStoreWorld, type StoreWorld } from '#test/store/store-world.js';
import { ON_POSTGRES } from '#test/support/database.js';

const MINUTE_MS = 60_000;

let w: StoreWorld;
beforeEach(async () => {
  w = await openStoreWorld();
});
afterEach(() => w.close());

it.runIf(ON_POSTGRES)('one of three does a job in each round, and the others wait for it', async () => {
  let done = 0;
  const processes = [1, 2, 3].map(() =>
    createJobs(w).once('test', MINUTE_MS, async () => {
      done += 1;
    }),
  );
  const round = () => Promise.all(processes.map((run) => run()));
  await round();
  expect(done).toBe(1);
  await round();
  expect(done).toBe(1);
  w.clock.advance(MINUTE_MS);
  await round();
  expect(done).toBe(2);
});

it.runIf(ON_POSTGRES)('a job that fails in one process is done by another at once', async () => {
  const done: string[] = [];
  const failing = createJobs(w).once('test', MINUTE_MS, async () => {
    throw new Error('no luck');
  });
  const other = createJobs(w).once('test', MINUTE_MS, async () => {
    done.push('other');
  });
  await expect(failing()).rejects.toThrow('no luck');
  await other();
  expect(done).toEqual(['other']);
});

it('an only process does each round', async () => {
  let done = 0;
  const run = createJobs(w).once('test', MINUTE_MS, async () => {
    done += 1;
  });
  await run();
  w.clock.advance(MINUTE_MS);
  await run();
  expect(done).toBe(2);
});

/** /readyz tells the truth: a database that reads but does not write is not ready, and an engine that stands still is not. */
import { afterEach, expect, it } from 'vitest';
import { createReadiness, type Readiness } from '#src/engine/readiness.js';
import { ON_POSTGRES } from '#test/support/database.js';
import { openWorld, type World } from '#test/support/world.js';

let w: World;
afterEach(() => w.close());

it('is ready when a row can be written', async () => {
  w = await openWorld({ env: { ROLE: 'api' } });
  const answer = await w.call('/readyz');
  expect(answer.status).toBe(200);
  expect(answer.json).toEqual({ ready: true });
});

it.skipIf(ON_POSTGRES)('is not ready while the database takes no writes, and says why', async () => {
  w = await openWorld({ env: { ROLE: 'api' } });
  await w.db.$queryRawUnsafe('PRAGMA query_only = 1');
  const answer = await w.call('/readyz');
  expect(answer.status).toBe(503);
  expect(answer.json).toEqual({ ready: false, why: expect.stringContaining('takes no writes') });
  expect((await w.call('/healthz')).status).toBe(200);
  // What the database has nothing to do with is told all the same.
  expect((await w.call('/metrics')).text).toMatch(/qingniao_commits_failed_total [1-9]/);
  await w.db.$queryRawUnsafe('PRAGMA query_only = 0');
});

it.each([
  [
    'newer',
    `INSERT INTO "_prisma_migrations" ("id", "checksum", "migration_name", "finished_at", "applied_steps_count")
       SELECT 'x', 'x', '9999_future', "finished_at", 1 FROM "_prisma_migrations" LIMIT 1`,
    `DELETE FROM "_prisma_migrations" WHERE "migration_name" = '9999_future'`,
  ],
  [
    'older',
    `UPDATE "_prisma_migrations" SET "migration_name" = 'away' WHERE "migration_name" = '0002_reads'
       OR "migration_name" = '0009_reads'`,
    `UPDATE "_prisma_migrations" SET "migration_name" = '${ON_POSTGRES ? '0002_reads' : '0009_reads'}'
       WHERE "migration_name" = 'away'`,
  ],
])(
  "is not ready while the database's schema is %s than the build's, and says so",
  async (which, spoil, mend) => {
    w = await openWorld();
    const ask = (): Promise<Readiness> =>
      createReadiness({ db: w.db, clock: w.clock, lastStepAt: () => null, isDiskFull: async () => false })();
    expect(await ask()).toEqual({ ready: true });
    await w.db.$executeRawUnsafe(spoil);
    expect(await ask()).toEqual({ ready: false, why: expect.stringContaining(`schema is ${which}`) });
    const answer = await w.call('/readyz');
    expect([answer.status, answer.text]).toEqual([503, expect.stringContaining(`schema is ${which}`)]);
    await w.db.$executeRawUnsafe(mend);
    expect(await ask()).toEqual({ ready: true });
  },
);

it('is not ready when the engine has not come round for half a minute', async () => {
  w = await openWorld();
  let steppedAt = w.clock.steady();
  const check = createReadiness({
    db: w.db,
    clock: w.clock,
    lastStepAt: () => steppedAt,
    isDiskFull: async () => false,
  });
  expect(await check()).toEqual({ ready: true });
  w.clock.advance(31_000);
  expect(await check()).toEqual({ ready: false, why: 'the engine does not come round' });
  steppedAt = w.clock.steady();
  expect(await check()).toEqual({ ready: true });
});

it('shows operators what they alert on', async () => {
  w = await openWorld({ env: { ROLE: 'api', MAX_BACKLOG: '7' } });
  const app = await w.app('alarm').made();
  const phone = w.phone('Ming');
  await phone.scans(app.qrcodeUrl);
  const uids = [await phone.uid()];
  await w.call('/api/send/message', { body: { appToken: app.appToken, content: 'hi', uids } });
  await w.drain();
  const { text } = await w.call('/metrics');
  for (const line of [
    'qingniao_database_up 1',
    'qingniao_backlog_limit 7',
    'qingniao_accept_seconds_count{source="wxpusher"} 1',
    'qingniao_deliveries_total{channel="wechat",state="sent"} 1',
    'qingniao_delivery_seconds_count{channel="wechat"} 1',
    'qingniao_try_seconds_count{queue="wechat"} 1',
  ]) {
    expect(text).toContain(`${line}\n`);
  }
  expect(text).toMatch(/qingniao_commit_seconds_count [1-9]/);
  expect(text).toMatch(/qingniao_token_life_seconds\{name="[^"]+"\} 7\d\d\d\n/);
});

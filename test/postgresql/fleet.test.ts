/** Several processes on one database deliver together: nothing is lost and nothing doubled, whatever happens to one of them. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runSql } from '#test/support/postgres.js';
import { type Fleet, openFleet } from './cast.js';

const FOLLOWERS = 400;
const TIMEOUT_MS = 180_000;
/** A lease of a minute ends in four seconds. */
const CLOCK_SPEED = 15;
/** Many times as long as a worker that works pauses between two calls. */
const STILL_MS = 2000;

let fleet: Fleet;
beforeEach(async () => {
  fleet = await openFleet({ clockSpeed: CLOCK_SPEED });
}, TIMEOUT_MS);
afterEach(() => fleet.close());

const shown = async (): Promise<number> => (await fleet.countCards()).shown;

const SEND = '/wechat/cgi-bin/message/template/send';

async function countCalls(path: string): Promise<number> {
  const { calls } = (await fleet.sim('/stats')).json as {
    calls: Record<string, { count: number } | undefined>;
  };
  return calls[path]?.count ?? 0;
}

it(
  'share a broadcast, each follower once and each with a share, with one token for all',
  async () => {
    const audience = await fleet.makeAudience(FOLLOWERS);
    const first = await fleet.start();
    const others = await Promise.all([fleet.start({ ROLE: 'worker' }), fleet.start({ ROLE: 'worker' })]);
    await fleet.sim('/faults', { latencyMs: 50 });
    const id = await fleet.broadcast(first, audience);
    await fleet.until(async () => (await shown()) >= FOLLOWERS);
    await fleet.until(async () => {
      const message = (await fleet.admin(first, `/messages/${id}?pageSize=1`)).json as { state: string };
      return message.state === 'sent';
    });
    expect(await fleet.countCards()).toMatchObject({ shown: FOLLOWERS, duplicates: 0 });
    expect(await countCalls('/wechat/cgi-bin/stable_token')).toBe(1);
    expect(others).toHaveLength(2);
    // Each result bears the name of the worker that recorded it.
    const recorders = await fleet.rows(
      `SELECT split_part("owner", ':', 1) AS "worker", count(*)::int AS "count" FROM "Delivery" WHERE "messageId" = ${id} GROUP BY 1`,
    );
    expect(recorders.length).toBeGreaterThan(1);
    expect(recorders.reduce((sum, { count }) => sum + Number(count), 0)).toBe(FOLLOWERS);
  },
  TIMEOUT_MS,
);

it(
  'lose and double nothing when one is killed, one frozen past its lease and one cut off from the database',
  async () => {
    const audience = await fleet.makeAudience(FOLLOWERS);
    const first = await fleet.start();
    const killed = await fleet.start({ ROLE: 'worker' });
    const frozen = await fleet.start({ ROLE: 'worker' });
    const id = await fleet.broadcast(first, audience);
    await fleet.until(async () => (await shown()) >= FOLLOWERS / 8);
    await killed.end('SIGKILL');
    frozen.freeze(true);
    // All that are left are cut off at once, and come back by themselves.
    await runSql(
      fleet.url,
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
    await fleet.until(async () => (await shown()) >= FOLLOWERS);
    frozen.freeze(false);
    await fleet.until(async () => {
      const message = (await fleet.admin(first, `/messages/${id}?pageSize=1`)).json as { state?: string };
      return message.state === 'sent';
    });
    const { total, sent, failed } = (await fleet.admin(first, `/messages/${id}?pageSize=1`)).json as Record<
      string,
      number
    >;
    expect({ total, sent, failed }).toEqual({ total: FOLLOWERS, sent: FOLLOWERS, failed: 0 });
    expect(await fleet.countCards()).toMatchObject({ shown: FOLLOWERS, duplicates: 0 });
  },
  TIMEOUT_MS,
);

it(
  'rest together when one hears that the day’s quota of the account is used up',
  async () => {
    const audience = await fleet.makeAudience(FOLLOWERS);
    const first = await fleet.start();
    await fleet.start({ ROLE: 'worker' });
    await fleet.sim('/faults', { path: SEND, errcode: 45009 });
    await fleet.broadcast(first, audience);
    const isResting = async () => (await fleet.rows('SELECT 1 FROM "Pause"')).length > 0;
    await fleet.until(isResting);
    // Whatever had begun ends, and then nobody calls: neither of the two, nor one that starts now.
    await fleet.start({ ROLE: 'worker' });
    await fleet.until(async () => {
      const before = await countCalls(SEND);
      await sleep(STILL_MS);
      return (await countCalls(SEND)) === before;
    });
    expect(await countCalls(SEND)).toBeLessThan(FOLLOWERS);
    expect(await shown()).toBe(0);
    await fleet.endFaults();
    await fleet.rows('DELETE FROM "Pause"');
    await fleet.rows(`UPDATE "Delivery" SET "dueAt" = "createdAt" WHERE "state" = 'due'`);
    await fleet.until(async () => (await shown()) >= FOLLOWERS);
    expect(await fleet.countCards()).toMatchObject({ shown: FOLLOWERS, duplicates: 0 });
  },
  TIMEOUT_MS,
);

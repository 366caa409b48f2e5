/** A job of the timetable whose process dies over it is done by another one. */
import pg from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Fleet, openFleet } from './cast.js';

const TIMEOUT_MS = 180_000;
const ENV = { ROLE: 'worker', JOBS: 'retention' };
const LEASE = `SELECT "owner" FROM "Lease" WHERE "name" = 'job:retention'`;

let fleet: Fleet;
beforeEach(async () => {
  // A process that is gone is followed in four seconds instead of a minute.
  fleet = await openFleet({ clockSpeed: 15 });
}, TIMEOUT_MS);
afterEach(() => fleet.close());

const readOwner = async (): Promise<string> => String((await fleet.rows(LEASE))[0]?.owner ?? '');

it(
  'what a dead process began another one ends',
  async () => {
    const blocker = new pg.Client({ connectionString: fleet.url });
    await blocker.connect();
    await blocker.query('BEGIN; LOCK TABLE "OneTimeLink" IN SHARE ROW EXCLUSIVE MODE');
    const dying = await fleet.start(ENV);
    await fleet.until(async () => (await readOwner()) !== '');
    const begun = await readOwner();
    const follower = await fleet.start(ENV);
    await dying.end('SIGKILL');
    await fleet.until(async () => (await readOwner()) !== begun);
    expect(await readOwner()).not.toBe('done');
    await blocker.query('ROLLBACK');
    await blocker.end();
    await fleet.until(async () => (await readOwner()) === 'done');
    expect(await follower.end('SIGTERM')).toBe(0);
  },
  TIMEOUT_MS,
);

/** Many processes on one database: each has a number of its own, and the connections that its address allows. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openStore, type Store } from '#src/store/open.js';
import { type Fleet, openFleet } from './cast.js';

const TIMEOUT_MS = 180_000;
/** What the first processes had room for once, and some more. */
const PROCESSES = 20;
const LIMIT = 3;

let fleet: Fleet;
const stores: Store[] = [];
beforeEach(async () => {
  fleet = await openFleet();
}, TIMEOUT_MS);
afterEach(async () => {
  await Promise.all(stores.splice(0).map((store) => store.close()));
  await fleet.close();
});

const countConnections = async (): Promise<number> => {
  const sql = `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'qingniao'`;
  return (await fleet.rows(sql)).length;
};

it(
  'the twenty-first works like the first',
  async () => {
    const audience = await fleet.makeAudience(1);
    const url = `${fleet.url}?connection_limit=${LIMIT}`;
    for (let at = 0; at < PROCESSES; at += 1) {
      stores.push(await openStore(url));
    }
    expect(new Set(stores.map(({ session }) => session.node())).size).toBe(PROCESSES);
    const crowd = stores.flatMap(({ db }) => Array.from({ length: 3 * LIMIT }, () => db.app.count()));
    await Promise.all(crowd);
    expect(await countConnections()).toBeLessThanOrEqual(PROCESSES * (LIMIT + 1));
    const last = await fleet.start({ DATABASE_URL: url });
    const id = await fleet.broadcast(last, audience);
    expect(id % 64).toBe(PROCESSES);
    await fleet.until(async () => (await fleet.countCards()).shown === 1);
  },
  TIMEOUT_MS,
);

it('a limit that cannot work is refused', async () => {
  await expect(openStore(`${fleet.url}?connection_limit=2`)).rejects.toThrow(/connection_limit.*3/);
});

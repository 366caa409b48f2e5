/** What one process accepts another one sends at once: by a word, since these look for work by themselves only every ten minutes. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Fleet, openFleet } from './cast.js';

const TIMEOUT_MS = 180_000;
const NEVER = { POLL_MS: '600000' };
/** Who hears words holds a number of a process, by a lock (see store/session). */
const HEARERS = `FROM pg_locks WHERE locktype = 'advisory' AND classid = ${0x716e} AND granted`;

let fleet: Fleet;
beforeEach(async () => {
  fleet = await openFleet();
}, TIMEOUT_MS);
afterEach(() => fleet.close());

it(
  'the word goes from an api process to a worker, also after the connection that hears was cut',
  async () => {
    const audience = await fleet.makeAudience(1);
    const api = await fleet.start({ ...NEVER, ROLE: 'api' });
    await fleet.start({ ...NEVER, ROLE: 'worker' });
    let pushed = 0;
    const push = async (): Promise<void> => {
      expect(await fleet.broadcast(api, audience)).toBeGreaterThan(0);
      pushed += 1;
      await fleet.until(async () => (await fleet.countCards()).shown === pushed);
    };
    await push();
    await push();
    await fleet.rows(`SELECT pg_terminate_backend(pid) ${HEARERS}`);
    // Numbers are needed to accept: the process has come back when it accepts.
    await fleet.until(async () => (await fleet.broadcast(api, audience)) > 0);
    pushed += 1;
    await fleet.until(async () => (await fleet.countCards()).shown === pushed);
    await fleet.until(async () => (await fleet.rows(`SELECT 1 ${HEARERS}`)).length === 2);
    await push();
  },
  TIMEOUT_MS,
);

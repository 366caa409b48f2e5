/** Processes whose machines disagree about the time agree about their work: all go by the database's clock. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RunningProcess } from '#test/support/processes.js';
import { type Fleet, openFleet } from './cast.js';

const TIMEOUT_MS = 180_000;
const HOUR_MS = 3_600_000;
const SOON_MS = 30_000;

let fleet: Fleet;
beforeAll(async () => {
  fleet = await openFleet();
}, TIMEOUT_MS);
afterAll(() => fleet.close());

const readOff = async (id: number): Promise<number[]> => {
  const rows = await fleet.rows(
    `SELECT abs(extract(epoch FROM now() - m."createdAt"))::int AS "made", abs(extract(epoch FROM now() - d."finishedAt"))::int AS "sent"
     FROM "Message" m JOIN "Delivery" d ON d."messageId" = m."id" WHERE m."id" = ${id}`,
  );
  return rows.flatMap(({ made, sent }) => [Number(made) * 1000, Number(sent) * 1000]);
};

it(
  'whatever their own calendars say',
  async () => {
    const audience = await fleet.makeAudience(1);
    const ahead = { CLOCK_WRONG_MS: String(8 * HOUR_MS) };
    const behind = { CLOCK_WRONG_MS: String(-HOUR_MS) };
    const accepting = await fleet.start({ ...ahead, ROLE: 'api' });
    const working = await fleet.start({ ...behind, ROLE: 'worker' });
    const id = await fleet.broadcast(accepting, audience);
    await fleet.until(async () => (await fleet.countCards()).shown === 1);
    await fleet.until(async () => (await readOff(id)).length === 2);
    expect(Math.max(...(await readOff(id)))).toBeLessThan(SOON_MS);
    const warnings = ({ lines }: RunningProcess): string[] =>
      lines.filter((line) => line.includes('differs from the database'));
    expect([warnings(accepting).length, warnings(working).length]).toEqual([1, 1]);
  },
  TIMEOUT_MS,
);

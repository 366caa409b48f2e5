/** The torture harness on PostgreSQL: bugs that only several processes, or a server of its own for the data, can have. */
import { afterAll, beforeAll, describe, it } from 'vitest';
import { isPostgresHere, type PostgresServer, startPostgres } from '#test/support/postgres.js';
import type { PlannedBlow } from '#torture/plan.js';
import { runTorture } from '#torture/run.js';

/** A few seconds on a quiet machine. */
const TIMEOUT_MS = 600_000;
const MINUTE_MS = 60_000;
let server: PostgresServer | null = null;

const isAsked = process.env.TORTURE_TESTS === 'all' && isPostgresHere();
beforeAll(async () => {
  server = isAsked ? await startPostgres() : null;
}, TIMEOUT_MS);
afterAll(() => server?.stop());

async function find(bug: string, blows: readonly PlannedBlow[]): Promise<string> {
  const { problems } = await runTorture({
    ...{ seed: 20_260, trafficMs: 3000, bug, blows },
    ...{ database: server?.urlOf('postgres') ?? '', ways: ['wechat', 'webhook', 'gotify', 'wechat'] },
  });
  return problems.join('\n');
}

// Four processes a run: TORTURE_TESTS=all runs them.
describe.runIf(isAsked).concurrent('torture on PostgreSQL', () => {
  it(
    'finds a refusal for good by a database that takes no writes for a while',
    async ({ expect }) => {
      const found = await find('proud-database', [{ kind: 'readonly', forMs: 1500, passMs: 0, atMs: 800 }]);
      expect(found).toMatch(/refused without 503 and Retry-After/);
    },
    TIMEOUT_MS,
  );

  it(
    'finds a result that is recorded for a delivery which others took over',
    async ({ expect }) => {
      const found = await find('robbed-claim', [
        { kind: 'platform', fault: { path: '/', count: 60, latencyMs: 2500 }, atMs: 300 },
        { kind: 'apart', target: 1, forMs: 6000, passMs: 2 * MINUTE_MS, atMs: 1500 },
        { kind: 'apart', target: 2, forMs: 6000, passMs: 2 * MINUTE_MS, atMs: 9000 },
      ]);
      expect(found).toMatch(/are counted as ended/);
    },
    TIMEOUT_MS,
  );
});

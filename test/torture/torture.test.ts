/** The torture harness: a sound server passes it, a server with a bug planted on purpose does not. */
import { describe, it } from 'vitest';
import { type RunOptions, runTorture } from '#torture/run.js';

const TIMEOUT_MS = 300_000;

const SEND = '/wechat/cgi-bin/message/template/send';
const LONG = { trafficMs: 5000 };
/** The platform is silent when the process is killed, however slow the machine: something is claimed then. */
const HANGS_THEN_DIES: Partial<RunOptions> = {
  ...LONG,
  blows: [
    { kind: 'platform', fault: { path: SEND, count: 500, hang: 4000 }, atMs: 300 },
    { kind: 'kill', target: 0, atMs: 3500 },
  ],
};
/** The platform refuses every send for a while. */
const REFUSES: Partial<RunOptions> = {
  ...LONG,
  blows: [{ kind: 'platform', fault: { path: SEND, count: 25, errcode: -1 }, atMs: 1000 }],
};

function run(options: Partial<RunOptions>) {
  return runTorture({ seed: 20_260, trafficMs: 3000, database: null, people: 6, ...options });
}

// Side by side: most of a run is waiting for what must not come any more.
describe.concurrent('torture', () => {
  it(
    'finds every promise kept around kills and full disks',
    async ({ expect }) => {
      const { problems, counts } = await run({ kinds: ['kill', 'disk'] });
      expect(problems).toEqual([]);
      // Some calls must have been answered, or the run would prove nothing.
      expect(counts.accepted).toBeGreaterThan(5);
    },
    TIMEOUT_MS,
  );

  it(
    'finds messages that are answered for before they are written',
    async ({ expect }) => {
      const { problems } = await run({ bug: 'early-answer', kinds: ['kill'] });
      expect(problems.join('\n')).toMatch(/answered with success, and there is no row/);
    },
    TIMEOUT_MS,
  );

  it(
    'finds messages that are sent twice because a claim is ignored',
    async ({ expect }) => {
      const { problems } = await run({ bug: 'ignored-claim', kinds: [] });
      expect(problems.join('\n')).toMatch(/showed 2 times, 1 at most could be/);
    },
    TIMEOUT_MS,
  );

  it(
    'finds messages without an end because nobody gives back what a killed process had claimed',
    async ({ expect }) => {
      const { problems } = await run({ bug: 'kept-claim', ...HANGS_THEN_DIES });
      expect(problems.join('\n')).toMatch(/deliveries have come to no end/);
    },
    TIMEOUT_MS,
  );

  it(
    'finds messages that are recorded as sent although the platform refused them',
    async ({ expect }) => {
      const { problems } = await run({ bug: 'false-success', ...REFUSES });
      expect(problems.join('\n')).toMatch(/recorded as sent, and nobody saw it/);
    },
    TIMEOUT_MS,
  );
});

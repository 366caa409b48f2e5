/** The torture harness: a sound server passes it, a server with a bug planted on purpose does not. */
import { describe, it } from 'vitest';
import type { PlannedBlow } from '#torture/plan.js';
import type { WayName } from '#torture/receivers.js';
import { type RunOptions, runTorture } from '#torture/run.js';

/** A few seconds on a quiet machine. */
const TIMEOUT_MS = 600_000;

const SEND = '/wechat/cgi-bin/message/template/send';
/** Few people, most of them with WeChat. */
const SIX: readonly WayName[] = ['wechat', 'webhook', 'wechat', 'wechat', 'gotify', 'wechat'];
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** The platform refuses every send for a while. */
const REFUSES: PlannedBlow = {
  ...{ kind: 'platform', atMs: 1000 },
  fault: { path: SEND, count: 25, errcode: -1 },
};

/** A run with these blows and a bug; what it found wrong, as one text. */
async function find(
  bug: string,
  blows: readonly PlannedBlow[],
  more: Partial<RunOptions> = {},
): Promise<string> {
  return (await run({ bug, blows, ...more })).problems.join('\n');
}

function run(options: Partial<RunOptions>) {
  return runTorture({ seed: 20_260, trafficMs: 3000, database: null, ways: SIX, ...options });
}

/** The platform is silent when the process is killed, however slow the machine: something is claimed then. */
const HANGS_THEN_DIES: readonly PlannedBlow[] = [
  { kind: 'platform', fault: { path: SEND, count: 500, hang: 4000 }, atMs: 300 },
  { kind: 'kill', target: 0, passMs: 0, atMs: 3500 },
];

/** These take minutes on a busy machine: TORTURE_TESTS=all runs them. */
const long = it.runIf(process.env.TORTURE_TESTS === 'all');

// Side by side: most of a run is waiting for what must not come any more.
describe.concurrent('torture', () => {
  it(
    'finds every promise kept around kills and full disks',
    async ({ expect }) => {
      const { problems, counts } = await run({
        blows: [
          { kind: 'kill', target: 0, passMs: 0, atMs: 800 },
          { kind: 'disk', how: 'full', forMs: 400, passMs: 0, atMs: 1600 },
          { kind: 'disk', how: 'refuses', forMs: 400, passMs: 0, atMs: 2400 },
        ],
      });
      expect(problems).toEqual([]);
      // Some calls must have been answered, or the run would prove nothing.
      expect(counts.accepted).toBeGreaterThan(5);
    },
    TIMEOUT_MS,
  );

  it(
    'finds messages that are answered for before they are written',
    async ({ expect }) => {
      const blows: readonly PlannedBlow[] = [{ kind: 'kill', target: 0, passMs: 0, atMs: 3500 }];
      expect(await find('early-answer', blows)).toMatch(/answered with success, and there is no row/);
    },
    TIMEOUT_MS,
  );

  it(
    'finds messages that are sent twice because a claim is ignored',
    async ({ expect }) => {
      expect(await find('ignored-claim', [])).toMatch(/showed 2 times, 1 at most could be/);
    },
    TIMEOUT_MS,
  );

  long(
    'finds messages without an end because nobody gives back what a killed process had claimed',
    async ({ expect }) => {
      const found = await find('kept-claim', HANGS_THEN_DIES, { trafficMs: 5000 });
      expect(found).toMatch(/deliveries have come to no end/);
    },
    TIMEOUT_MS,
  );

  long(
    'finds messages that are recorded as sent although the platform refused them',
    async ({ expect }) => {
      expect(await find('false-success', [REFUSES])).toMatch(/recorded as sent, and nobody saw it/);
    },
    TIMEOUT_MS,
  );

  it(
    'finds a lost key that another takes the place of',
    async ({ expect }) => {
      const found = await find('new-key', [{ kind: 'damage', what: 'key-lost', seed: 1, atMs: 500 }]);
      expect(found).toMatch(/key-lost: a new secret key was made in silence/);
    },
    TIMEOUT_MS,
  );

  long(
    'finds a server that calls itself ready while it can write nothing',
    async ({ expect }) => {
      const blows: readonly PlannedBlow[] = [
        { kind: 'disk', how: 'refuses', forMs: 2500, passMs: 0, atMs: 300 },
      ];
      expect(await find('blind-readiness', blows)).toMatch(/says that it is ready, and can write nothing/);
    },
    TIMEOUT_MS,
  );

  it(
    'finds a backup that a kill left half',
    async ({ expect }) => {
      const found = await find('half-backup', [{ kind: 'backup', afterMs: 0, atMs: 500 }]);
      expect(found).toMatch(/is no whole one/);
    },
    TIMEOUT_MS,
  );

  long(
    'finds a process that ends for want of a descriptor',
    async ({ expect }) => {
      const found = await find('fragile', [{ kind: 'descriptors', target: 0, forMs: 4000, atMs: 500 }]);
      expect(found).toMatch(/ended by itself with 1/);
    },
    TIMEOUT_MS,
  );

  long(
    'finds a queue that stands still after the clock was wrong',
    async ({ expect }) => {
      const blows: readonly PlannedBlow[] = [
        { kind: 'clock', byMs: 8 * HOUR_MS, forMs: 1500, target: null, atMs: 0 },
      ];
      const found = await find('future-window', blows, {
        ways: ['wechat', 'feishu-bot', 'feishu-bot', 'feishu-bot'],
        slowShare: 1,
        trafficMs: 6000,
      });
      expect(found).toMatch(/stood still for \d+ minutes/);
    },
    TIMEOUT_MS,
  );

  it(
    'finds a start that fails for ever because a migration was killed',
    async ({ expect }) => {
      const found = await find('bare-migration', [{ kind: 'upgrade', back: 5, afterMs: [100], atMs: 500 }]);
      expect(found).toMatch(/does not start any more: .*failed migrations/);
    },
    TIMEOUT_MS,
  );

  long(
    'finds outcomes that a full disk made the server forget',
    async ({ expect }) => {
      const blows: readonly PlannedBlow[] = [
        { kind: 'platform', fault: { path: '/gotify', count: 50, latencyMs: 1000 }, atMs: 300 },
        { kind: 'disk', how: 'refuses', forMs: 2000, passMs: 11 * MINUTE_MS, atMs: 1500 },
      ];
      expect(await find('forgetful', blows)).toMatch(
        /the delivery is still claimed|tried again after|its fate was known/,
      );
    },
    TIMEOUT_MS,
  );

  long(
    'finds what a start on another clock leaves lying',
    async ({ expect }) => {
      const found = await find('trusting-start', [
        { kind: 'platform', fault: { path: SEND, count: 500, hang: 4000 }, atMs: 0 },
        {
          ...{ kind: 'again', atMs: 300, afterMs: 3000 },
          blows: [
            { kind: 'clock', byMs: 365 * 24 * HOUR_MS, forMs: 3800, target: null },
            { kind: 'kill', target: 0, passMs: 0 },
          ],
        },
      ]);
      expect(found).toMatch(/deliveries have come to no end/);
    },
    TIMEOUT_MS,
  );

  long(
    'finds a message that is sent again when WeChat has forgotten the first',
    async ({ expect }) => {
      const found = await find(
        'late-resend',
        [
          { kind: 'platform', fault: { path: SEND, count: 500, hang: 4000, after: true }, atMs: 300 },
          { kind: 'kill', target: 0, passMs: 11 * MINUTE_MS, atMs: 3500 },
        ],
        { trafficMs: 5000 },
      );
      expect(found).toMatch(/to wechat \d+: showed 2 times, 1 at most could be/);
    },
    TIMEOUT_MS,
  );

  it(
    'finds a try after one whose answer nobody saw',
    async ({ expect }) => {
      const blows: readonly PlannedBlow[] = [
        { kind: 'wire', path: '/gotify', how: 'lose-answer', count: 5, atMs: 100 },
      ];
      expect(await find('bold-retry', blows)).toMatch(/gotify 4: tried again although nobody knew/);
    },
    TIMEOUT_MS,
  );

  it(
    'finds a delivery that ends unknown although its request never left',
    async ({ expect }) => {
      const blows: readonly PlannedBlow[] = [
        { kind: 'outage', how: 'refuse', forMs: 3000, passMs: 0, atMs: 500 },
      ];
      expect(await find('lazy-unknown', blows)).toMatch(/unknown, and its fate was known: \[\]/);
    },
    TIMEOUT_MS,
  );
});

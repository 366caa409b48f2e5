/** Writes the server's numbers of the moment for Prometheus. */
import type { Core } from '#src/core/index.js';
import { listTokenLives } from '#src/core/platform-tokens.js';
import type { Gauge } from '#src/lib/prometheus.js';
import type { Db } from '#src/store/open.js';
import type { Counters } from './counters.js';

/** What the numbers are read from. */
export interface MetricsSource {
  core: Pick<Core, 'overview' | 'backlog' | 'disk' | 'figures' | 'clock' | 'wrongKeys'>;
  db: Db;
  counters: Counters;
  /** How many deliveries this process has under way. */
  runningCount: () => number;
}

/** The counters and the present state as Prometheus text. Where the database fails, the rest is told all the same. */
export async function writeMetrics(source: MetricsSource): Promise<string> {
  const { core, counters } = source;
  const { waiting, most, refusals } = core.backlog.read();
  const { total, refused } = core.wrongKeys.read();
  const disk = await core.disk.read();
  const stored = await readStored(source).catch(() => null);
  return counters.write([
    gauge('qingniao_database_up', 'Whether the database answers.', stored ? 1 : 0),
    gauge('qingniao_running', 'Deliveries that this process has under way.', source.runningCount()),
    gauge('qingniao_backlog', 'Deliveries and messages that wait, as last counted for MAX_BACKLOG.', waiting),
    gauge('qingniao_backlog_limit', 'MAX_BACKLOG; 0: none.', most),
    gauge('qingniao_backlog_refusals', 'Messages refused since the start because too much waits.', refusals),
    ...(disk.freeBytes === null
      ? []
      : [gauge('qingniao_disk_free_bytes', 'Free bytes of the disk that holds the data.', disk.freeBytes)]),
    gauge('qingniao_disk_least_bytes', 'MIN_FREE_MB in bytes; 0: none.', disk.leastBytes),
    gauge(
      'qingniao_disk_refusals',
      'Calls refused since the start because the disk is nearly full.',
      disk.refusals,
    ),
    gauge('qingniao_wrong_keys', 'Wrong tokens, keys and codes since the start.', total),
    gauge('qingniao_wrong_keys_refused', 'Refusals by MAX_WRONG_KEYS since the start.', refused),
    gauge('qingniao_resident_bytes', 'Resident memory.', readResidentBytes()),
    ...(stored ?? []),
  ]);
}

async function readStored({ core, db }: MetricsSource): Promise<Gauge[]> {
  const [{ queue, counts, rests, troubles }, { quotaLeft }, tokens] = await Promise.all([
    core.overview.read(),
    core.figures.readRange('day'),
    listTokenLives(db, core.clock.now()),
  ]);
  return [
    gauge(
      'qingniao_queue_due',
      'Deliveries that wait or are claimed: by a living process, or by one that died until its lease ends.',
      queue.due + queue.claimed,
    ),
    gauge('qingniao_queue_oldest_seconds', 'Age of the oldest delivery that is due.', queue.oldestDueSeconds),
    gauge('qingniao_people_following', 'People who follow the account.', counts.people),
    gauge('qingniao_messages_day', 'Messages accepted in the last 24 hours.', counts.messages24h),
    {
      name: 'qingniao_queue_resting',
      help: 'Queues that must rest.',
      values: rests.map((rest) => ({ labels: { queue: rest.queue, code: rest.code }, value: 1 })),
    },
    {
      name: 'qingniao_queues_in_trouble',
      help: 'Accounts and endpoints that do not get through (failing) or wait for the pace of the other side (full), by channel.',
      values: troubles.map(({ channel, kind, accounts }) => ({ labels: { channel, kind }, value: accounts })),
    },
    {
      name: 'qingniao_quota_left',
      help: 'What the account may still send today, as last asked.',
      values: quotaLeft === null ? [] : [{ labels: { account: 'wechat' }, value: quotaLeft }],
    },
    {
      name: 'qingniao_token_life_seconds',
      help: "How long each platform's token still lives; below 0: it was not renewed when it was last needed.",
      values: tokens.map(({ name, seconds }) => ({ labels: { name }, value: seconds })),
    },
  ];
}

function gauge(name: string, help: string, value: number): Gauge {
  return { name, help, values: [{ value }] };
}

/** Node reads it from a file of the system; without file descriptors there is no figure, and the others are wanted most then. */
function readResidentBytes(): number {
  try {
    return process.memoryUsage.rss();
  } catch {
    return 0;
  }
}

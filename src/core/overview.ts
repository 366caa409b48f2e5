/** The state of the server in numbers, as the start page and the metrics show it; counted at most every few seconds. */
import { listQueueHeads } from '#src/store/outbox.js';
import { both, query } from '#src/store/sql.js';
import type { CoreDeps } from './deps.js';

/** Numbers of the present and the last day. */
export interface Overview {
  queue: { due: number; oldestDueSeconds: number };
  counts: { people: number; apps: number; messages24h: number; sent24h: number; failed24h: number };
  /** Deliveries sent of the messages of each of the last 24 hours, oldest first. */
  perHour: number[];
  /** Queues that must rest, and why. */
  rests: { queue: string; until: Date; code: string; why: string }[];
}

const HOUR_MS = 3_600_000;
const TTL_MS = 3000;

const PER_HOUR = both(
  (
    q,
  ) => `SELECT (${q.ms('"createdAt"')} - ${q.param('int')}) / ${HOUR_MS} AS "hour", count(*) AS "messages", sum("sent") AS "sent", sum("failed") AS "failed"
         FROM "Message" WHERE "createdAt" >= ${q.time()} GROUP BY 1`,
);

/** Makes the counter. */
export function createOverview({ db, clock }: CoreDeps) {
  let cached: { at: number; value: Promise<Overview> } | null = null;

  async function count(): Promise<Overview> {
    const now = clock.now();
    const since = now - 24 * HOUR_MS;
    const [due, heads, people, apps, hours, rests] = await Promise.all([
      db.delivery.count({ where: { state: 'due' } }),
      listQueueHeads(db),
      db.identity.count({ where: { following: true } }),
      db.app.count({ where: { deletedAt: null } }),
      query<Record<'hour' | 'messages' | 'sent' | 'failed', bigint | number>>(db, PER_HOUR, since, since),
      db.pause.findMany({ where: { until: { gt: new Date(now) } } }),
    ]);
    const sum = (name: 'messages' | 'sent' | 'failed'): number =>
      hours.reduce((total, row) => total + Number(row[name]), 0);
    const sentIn = new Map(hours.map((row) => [Number(row.hour), Number(row.sent)]));
    const oldest = Math.min(now, ...heads.map((head) => head.nextDueAt));
    return {
      queue: { due, oldestDueSeconds: Math.round((now - oldest) / 1000) },
      counts: { people, apps, messages24h: sum('messages'), sent24h: sum('sent'), failed24h: sum('failed') },
      perHour: Array.from({ length: 24 }, (_, hour) => sentIn.get(hour) ?? 0),
      rests,
    };
  }

  /** The numbers, at most three seconds old. */
  function read(): Promise<Overview> {
    const now = clock.now();
    if (!cached || now - cached.at >= TTL_MS) {
      cached = { at: now, value: count() };
      cached.value.catch(() => {
        cached = null;
      });
    }
    return cached.value;
  }

  /** Counts anew at the next look: something was just changed. */
  function forget(): void {
    cached = null;
  }

  return { read, forget };
}

/** Waits: why a delivery that is due has not gone out yet, for whoever asks. */
import type { Db } from '#src/store/open.js';
import { listTroubles, type Trouble } from '#src/store/troubles.js';
import type { Attempt } from './types.js';

/** What holds a delivery up, and until when at the earliest. */
export interface Wait {
  until: Date;
  /** The platform's code, or our own word; empty where there is none. */
  code: string;
  /** For people. */
  why: string;
}

/** A delivery as far as its waiting goes. */
export interface WaitingRow {
  id: bigint;
  state: string;
  queue: string;
  dueAt: Date;
  /** JSON array of attempts. */
  attempts: string;
}

/** More accounts in trouble are not looked at. */
const MOST_TROUBLES = 1000;

/**
 * Why each of these deliveries waits: its whole queue rests (a quota, refused credentials), its last try asks for
 * patience, or it waits for its turn at the other side's pace. Rows that nothing holds up are not in the answer. `now` in milliseconds.
 */
export async function findWaits(
  db: Db,
  rows: readonly WaitingRow[],
  now: number,
): Promise<Map<bigint, Wait>> {
  const due = rows.filter((row) => row.state === 'due');
  const queues = [...new Set(due.map((row) => accountOf(row.queue)))];
  const pauses =
    queues.length > 0
      ? await db.pause.findMany({ where: { queue: { in: queues }, until: { gt: new Date(now) } } })
      : [];
  const pauseOf = new Map(pauses.map((pause) => [pause.queue, pause]));
  const full = queues.length > 0 ? await listFull(db, now) : new Map<string, Trouble>();
  const waits = new Map<bigint, Wait>();
  for (const row of due) {
    const pause = pauseOf.get(accountOf(row.queue));
    const wait = pause ? toPauseWait(row, pause) : (toRetryWait(row, now) ?? toTurn(row, full, now));
    if (wait) {
      waits.set(row.id, wait);
    }
  }
  return waits;
}

/** The queues that go at the pace of the other side, by name. */
async function listFull(db: Db, now: number): Promise<Map<string, Trouble>> {
  const troubles = await listTroubles(db, now, MOST_TROUBLES);
  return new Map(troubles.flatMap((trouble) => (trouble.kind === 'full' ? [[trouble.queue, trouble]] : [])));
}

/** Its time has come and its turn has not; when that is, only the other side's pace tells. */
function toTurn(row: WaitingRow, full: ReadonlyMap<string, Trouble>, now: number): Wait | null {
  const trouble = full.get(row.queue);
  return trouble ? { until: new Date(now), code: 'pace', why: trouble.why } : null;
}

/** Quotas and credentials belong to the account of a queue, so that is what rests: `wechat` of `wechat#bulk`. */
function accountOf(queue: string): string {
  return queue.split('#')[0] ?? queue;
}

/** The wait for the end of a rest, or for the row's own time where that is later. */
function toPauseWait(row: WaitingRow, pause: Wait): Wait {
  const until = new Date(Math.max(row.dueAt.getTime(), pause.until.getTime()));
  return { until, code: pause.code, why: pause.why };
}

/** The wait that the last try asked for, or null when its time has come. */
function toRetryWait(row: WaitingRow, now: number): Wait | null {
  if (row.dueAt.getTime() <= now) {
    return null;
  }
  const last = (JSON.parse(row.attempts) as Attempt[]).at(-1);
  return {
    until: row.dueAt,
    code: last?.code ?? '',
    why: last?.detail ?? '未到发送时间 Not due yet',
  };
}

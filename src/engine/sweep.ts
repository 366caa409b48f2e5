/** Removes messages, traces and callback logs whose time is over, each by what is said of its app, dialect or of all. */
import { daysFor, type RetentionRules } from '#src/core/retention.js';
import { firstIdAt } from '#src/lib/ids.js';
import type { Db } from '#src/store/open.js';
import { AGED_CHUNK, type AgedKind, listAged, removeAged } from '#src/store/retention.js';

const DAY_MS = 86_400_000;
/** What was still under way when its time came is looked for again after so long. */
const WHOLE_EVERY_MS = DAY_MS;

/** Ids from one time to another, both left out. */
interface Range {
  after: number;
  before: number;
}

/** What the last sweep saw. */
interface Seen {
  at: number;
  /** When a sweep last looked at everything. */
  wholeAt: number;
  rules: string;
}

/** Events come first: those of a message's end are told by the message. */
const KINDS: readonly AgedKind[] = ['events', 'messages'];

/** Makes the sweep: it gives the number of rows after each statement, so that its caller can rest in between. */
export function createSweep(db: Db) {
  let seen: Seen | null = null;

  return async function* sweepOld(rules: RetentionRules, now: number): AsyncGenerator<number, void> {
    const text = JSON.stringify([rules.days, [...rules.dialects], [...rules.apps]]);
    const isWhole = !seen || seen.rules !== text || now < seen.at || now - seen.wholeAt >= WHOLE_EVERY_MS;
    const ranges = planRanges(rules, now, isWhole ? null : (seen?.at ?? null));
    for (const kind of KINDS) {
      for (const range of ranges) {
        yield* sweepRange({ db, kind, rules, now }, range);
      }
    }
    seen = { at: now, wholeAt: isWhole ? now : (seen?.wholeAt ?? now), rules: text };
  };
}

/**
 * Where rows may be whose time is over. Where some are kept longer than others, those would be looked at in every sweep: so a
 * sweep looks, for each number of days that anything is kept, only at what has come of that age since the sweep before it.
 * @param since when that was; null: everything is looked at
 */
export function planRanges(rules: RetentionRules, now: number, since: number | null): Range[] {
  const all = new Set([rules.days, ...rules.dialects.values(), ...rules.apps.values()]);
  const days = [...all].sort((a, b) => b - a);
  const idAt = (at: number, old: number): number => firstIdAt(at - old * DAY_MS);
  const [longest = rules.days] = days;
  if (since === null) {
    return [{ after: -1, before: idAt(now, days.at(-1) ?? longest) }];
  }
  // What is older than the longest is past its time whatever it is: little is left there, and may go at any time.
  const ranges = days.map((old) => ({
    after: old === longest ? -1 : idAt(since, old) - 1,
    before: idAt(now, old),
  }));
  return ranges.filter(({ after, before }) => before > after + 1);
}

interface Sweeping {
  db: Db;
  kind: AgedKind;
  rules: RetentionRules;
  now: number;
}

async function* sweepRange({ db, kind, rules, now }: Sweeping, range: Range): AsyncGenerator<number, void> {
  let { after } = range;
  for (;;) {
    const rows = await listAged(db, kind, { after, before: range.before });
    yield 0;
    const over = rows.filter((row) => row.at < now - daysFor(rules, row) * DAY_MS).map(({ id }) => id);
    for (let removed = over.length; removed > 0; ) {
      removed = await removeAged(db, kind, over);
      yield removed;
    }
    const last = rows.at(-1);
    if (!last || rows.length < AGED_CHUNK) {
      return;
    }
    after = last.id;
  }
}

/** Whether this process can do its work: the database takes writes and has this build's tables, and the engine comes round. */
import { type Clock, steadyNow } from '#src/lib/clock.js';
import { hasDescriptors } from '#src/lib/descriptors.js';
import { explainLoss } from '#src/store/damage.js';
import { connectionOf } from '#src/store/db.js';
import type { Db } from '#src/store/open.js';
import { probeWrite } from '#src/store/probe.js';
import { compareSchema, type SchemaState } from '#src/store/schema-state.js';

/** An English sentence for operators where it cannot. */
export interface Readiness {
  ready: boolean;
  why?: string;
}

/** What the answer depends on. */
export interface ReadinessDeps {
  db: Db;
  clock: Clock;
  /** When the engine last came round, by the steady time; null where this process runs none. */
  lastStepAt: () => number | null;
  /** Whether the disk is so full that nothing is taken in. */
  isDiskFull: () => Promise<boolean>;
}

/** The engine counts as stuck when its loop has not come round for so long. */
const STUCK_MS = 30_000;
/** A database that does not answer a write of one row in this time is of no use. */
const PROBE_MS = 3000;
/** However many ask, the database is written to no more often. */
const FRESH_MS = 1000;

/** Makes the check. */
export function createReadiness({
  db,
  clock,
  lastStepAt,
  isDiskFull,
}: ReadinessDeps): () => Promise<Readiness> {
  let last: { at: number; answer: Promise<string | null> } | null = null;

  /** A full disk and a lost table answer reads as if nothing were wrong, so only a write tells. */
  function probe(): Promise<string | null> {
    const now = performance.now();
    if (!last || now - last.at >= FRESH_MS) {
      last = { at: now, answer: tryWrite(db, clock.now()) };
    }
    return last.answer;
  }

  return async () => {
    const problem = tellDamage(db) ?? (await tellDescriptors()) ?? (await probe());
    if (problem !== null) {
      return { ready: false, why: problem };
    }
    if (await isDiskFull()) {
      return { ready: false, why: 'the disk is nearly full (MIN_FREE_MB): nothing is taken in' };
    }
    const steppedAt = lastStepAt();
    const isStuck = steppedAt !== null && steadyNow(clock) - steppedAt > STUCK_MS;
    return isStuck ? { ready: false, why: 'the engine does not come round' } : { ready: true };
  };
}

/** Most pages of a damaged file read and write as if nothing were wrong, so what was met once counts until the process ends. */
function tellDamage(db: Db): string | null {
  const damage = connectionOf(db)?.damage() ?? null;
  return damage === null ? null : explainLoss(damage);
}

async function tellDescriptors(): Promise<string | null> {
  return (await hasDescriptors())
    ? null
    : 'no file descriptors are left: raise the limit (LimitNOFILE of systemd, ulimit -n)';
}

async function tryWrite(db: Db, now: number): Promise<string | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(resolve, PROBE_MS, 'the database does not answer').unref();
  });
  const written = probeWrite(db, now).then(
    () => checkSchema(db),
    () => 'the database takes no writes (is the disk full, or the database away?)',
  );
  return Promise.race([written, late]).finally(() => clearTimeout(timer));
}

const SCHEMA_WORDS: Readonly<Record<SchemaState, string | null>> = {
  same: null,
  older: "the database's schema is older than this build needs: restart this process, which migrates it",
  newer: "the database's schema is newer than this build: run the build that migrated it",
};

function checkSchema(db: Db): Promise<string | null> {
  return compareSchema(db).then(
    (state) => SCHEMA_WORDS[state],
    () => "the database's schema cannot be read",
  );
}

/** Exchanges the secret key while servers work: lets the new one seal, and seals everything anew that the former sealed. */
import { type Clock, steadyNow } from '#src/lib/clock.js';
import { randomHex } from '#src/lib/ids.js';
import type { KeyRing } from '#src/lib/key-ring.js';
import type { Logger } from '#src/lib/logger.js';
import { SecretBoxError } from '#src/lib/secret-box.js';
import {
  beginRotation,
  type KeyRotation,
  type Resealing,
  readKeyState,
  readSealedPage,
  replaceSealed,
  SEALED_TABLES,
  type SealedRow,
  type SealedTable,
  saveRotation,
} from '#src/store/key-rotation.js';
import { holdLease, releaseLease } from '#src/store/leases.js';
import type { Db } from '#src/store/open.js';
import type { Session } from '#src/store/session.js';

/** How the exchange stands. `waiting`: others work without the new key; `busy`: another process does it. */
export type RotationStep =
  | { step: 'none' | 'busy' | 'settling' | 'sealing' }
  | { step: 'waiting'; count: number }
  | { step: 'done'; rotation: KeyRotation | null };

/** What the exchange is made with. */
export interface RotationNeeds {
  db: Db;
  ring: KeyRing;
  session: Pick<Session, 'tell' | 'onWord' | 'readLabels'>;
  clock: Clock;
  log: Logger;
}

/** What processes tell each other when another key seals. */
const KEY_WORD = 'key';

/** What was being sealed when the key changed is written, and every process has heard of it, after this. */
const SETTLE_MS = 5000;
const LEASE = 'key-rotation';
const LEASE_MS = 60_000;
const SAID_EVERY_MS = 60_000;
/** Enough to tell marks apart; the label of a process is short. */
const LABEL_DIGITS = 12;
/** How sealed texts begin. */
const SEALED = 'v1.';

/** The keys that a process knows, for others to read. */
export function labelOf(marks: readonly string[]): string {
  return marks.map((mark) => mark.slice(0, LABEL_DIGITS)).join(' ');
}

/** Makes the exchange of one process. */
export function createKeyRotation({ db, ring, session, clock, log }: RotationNeeds) {
  const owner = randomHex(6);
  let settled = { startedAt: 0, at: 0 };
  let saidAt = Number.NEGATIVE_INFINITY;
  // A word may have been missed while this process was cut off.
  session.onWord((word) => {
    if (word === KEY_WORD || word === 'back') {
      follow().catch((error: unknown) => log.warn('the key mark could not be read', { error }));
    }
  });

  /** Seals from now on with the key that the database names. */
  async function follow() {
    const state = await readKeyState(db);
    ring.follow(state.mark ?? ring.ownMark);
    return state;
  }

  /**
   * Does the next step, which takes as long as one pass through everything sealed. Safe to break off and repeat at any
   * point: until it is done every process opens what either key sealed.
   */
  async function step(): Promise<RotationStep> {
    const { mark, rotation } = await follow();
    const isUnderWay = rotation !== null && rotation.finishedAt === null;
    if (mark === ring.ownMark && !isUnderWay) {
      return ring.marks.length > 1 ? { step: 'done', rotation } : { step: 'none' };
    }
    if (!(await hold())) {
      return { step: 'busy' };
    }
    if (rotation === null || !isUnderWay || mark !== ring.ownMark) {
      return begin(mark ?? ring.ownMark);
    }
    if (!isSettled(rotation)) {
      return { step: 'settling' };
    }
    return goOn(rotation);
  }

  async function begin(from: string): Promise<RotationStep> {
    const strangers = (await session.readLabels()).filter(
      (label) => !label.includes(labelOf([ring.ownMark])),
    );
    if (strangers.length > 0) {
      sayWaiting(strangers.length);
      return { step: 'waiting', count: strangers.length };
    }
    const rotation = { from, to: ring.ownMark, startedAt: clock.now() };
    await beginRotation(db, { ...rotation, finishedAt: null, resealed: 0, unopened: 0 });
    ring.follow(ring.ownMark);
    session.tell(KEY_WORD);
    log.info('another secret key seals from now on; everything is sealed anew');
    return { step: 'settling' };
  }

  /** By a time that only grows, counted from when this process first saw it. */
  function isSettled({ startedAt }: KeyRotation): boolean {
    const at = steadyNow(clock);
    if (settled.startedAt !== startedAt) {
      settled = { startedAt, at };
    }
    return at - settled.at >= SETTLE_MS;
  }

  /** One pass; when it finds nothing left that is the end. */
  async function goOn(rotation: KeyRotation): Promise<RotationStep> {
    const pass = { resealed: rotation.resealed, unopened: 0 };
    for (const table of SEALED_TABLES) {
      await resealTable(table, async (resealed, unopened) => {
        pass.resealed += resealed;
        pass.unopened += unopened;
        await hold();
        await saveRotation(db, { ...rotation, ...pass }, clock.now());
      });
    }
    if (pass.resealed > rotation.resealed) {
      return { step: 'sealing' };
    }
    const done = { ...rotation, ...pass, finishedAt: clock.now() };
    await saveRotation(db, done, clock.now());
    await releaseLease(db, LEASE, owner);
    const { resealed, unopened } = done;
    log.info('everything is sealed with the new secret key', { resealed, unopened });
    return { step: 'done', rotation: done };
  }

  async function resealTable(
    table: SealedTable,
    note: (resealed: number, unopened: number) => Promise<void>,
  ): Promise<void> {
    let after: SealedRow | null = null;
    for (;;) {
      const rows: SealedRow[] = await readSealedPage(db, table, after);
      const last = rows.at(-1);
      if (!last) {
        return;
      }
      const { resealings, unopened } = resealRows(ring, rows);
      const replaced = await replaceSealed(db, table, resealings);
      if (replaced + unopened > 0) {
        await note(replaced, unopened);
      }
      after = last;
    }
  }

  function sayWaiting(count: number): void {
    const at = steadyNow(clock);
    if (at - saidAt >= SAID_EVERY_MS) {
      saidAt = at;
      log.warn('processes were started without the new secret key: restart them, then it takes over', {
        count,
      });
    }
  }

  function hold(): Promise<boolean> {
    const now = clock.now();
    return holdLease(db, { name: LEASE, owner, now, until: now + LEASE_MS });
  }

  return { follow, step };
}

/** What is to be put in the place of texts that another key sealed; what no key opens stays as it is and is counted. */
function resealRows(
  ring: KeyRing,
  rows: readonly SealedRow[],
): { resealings: Resealing[]; unopened: number } {
  const resealings: Resealing[] = [];
  let unopened = 0;
  for (const { key, texts } of rows) {
    for (const [column, from] of Object.entries(texts)) {
      const to = from.startsWith(SEALED) ? tryReseal(ring, from) : null;
      if (to === undefined) {
        unopened += 1;
      } else if (to !== null) {
        resealings.push({ key, column, from, to });
      }
    }
  }
  return { resealings, unopened };
}

function tryReseal(ring: KeyRing, sealed: string): string | null | undefined {
  try {
    return ring.reseal(sealed);
  } catch (error) {
    if (error instanceof SecretBoxError) {
      return undefined;
    }
    throw error;
  }
}

/** The question that a scan of a sign-in code asks: nobody's browser is let in before the person who scanned has said yes. */
import { equalsInConstantTime, keyedHash } from '#src/lib/hash.js';
import type { CoreDeps } from './deps.js';
import type { SignInPlace } from './sessions.js';

/** What somebody who scanned is asked. */
export interface SignInQuestion extends SignInPlace {
  /** What the browser shows too. */
  number: number;
  /** Names the question on its own page, for the person who is asked. */
  key: string;
}

/**
 * What a scan did: asked its person, met a code that they have confirmed already, one that another person scanned first, or
 * came too late.
 */
export type ScanResult =
  | { result: 'asked'; question: SignInQuestion }
  | { result: 'confirmed' | 'taken' | 'expired' };

/** How a person's last question stands. */
export type QuestionState = 'open' | 'confirmed' | 'used' | 'rejected' | 'expired';

/** A person's last question. */
export interface AskedQuestion extends SignInQuestion {
  personId: number;
  state: QuestionState;
}

/** What a question can be answered. */
export type SignInAnswer = 'confirm' | 'reject';

/** How long a question can be answered, in milliseconds. */
export const QUESTION_LIFE_MS = 3 * 60_000;

/** A late or repeated answer is told so, and goes to no app, for so long after the question. */
const REMEMBERED_MS = QUESTION_LIFE_MS + 60_000;
const KEY = /^([A-Za-z0-9]{24})([0-9a-f]{32})$/;
const PREFIX = 'signin-';

interface Row extends SignInPlace {
  scene: string;
  number: number;
  personId: bigint | null;
  expiresAt: Date;
  confirmedAt: Date | null;
  rejectedAt: Date | null;
  usedAt: Date | null;
}

/** Makes the verbs of the questions. */
export function createSignInQuestions({ db, clock, hashKey }: CoreDeps) {
  /** Only the person who scanned is ever told this. */
  const markOf = (scene: string, personId: bigint): string =>
    keyedHash(hashKey, `sign-in-question:${scene}:${personId}`).slice(0, 32);
  const isOpen = { askedAt: { not: null }, confirmedAt: null, rejectedAt: null, usedAt: null };

  /**
   * A person scanned a code: the first one is asked, and their repeats ask the same. A person has one open question: an
   * earlier one ends, and so does its code.
   */
  async function scanCode(scene: string, personId: number): Promise<ScanResult> {
    const id = BigInt(personId);
    const now = new Date(clock.now());
    const { count } = await db.signInCode.updateMany({
      where: { scene, personId: null, usedAt: null, expiresAt: { gt: now } },
      data: { personId: id, askedAt: now, expiresAt: new Date(now.getTime() + QUESTION_LIFE_MS) },
    });
    if (count === 1) {
      await db.signInCode.updateMany({
        where: { personId: id, scene: { not: scene }, ...isOpen },
        data: { rejectedAt: now },
      });
    }
    const row = await db.signInCode.findUnique({ where: { scene } });
    if (row?.personId && row.personId !== id) {
      return { result: 'taken' };
    }
    const asked = row?.personId ? toQuestion({ ...row, personId: row.personId }) : null;
    switch (asked?.state) {
      case 'open':
        return { result: 'asked', question: asked };
      case 'confirmed':
      case 'used':
        return { result: 'confirmed' };
      default:
        return { result: 'expired' };
    }
  }

  /** The open question of a person, else their last one; null when they were asked none in the last minutes. */
  async function findQuestion(personId: number): Promise<AskedQuestion | null> {
    const now = clock.now();
    const where = { personId: BigInt(personId) };
    const row =
      (await db.signInCode.findFirst({ where: { ...where, ...isOpen, expiresAt: { gt: new Date(now) } } })) ??
      (await db.signInCode.findFirst({
        where: { ...where, askedAt: { gt: new Date(now - REMEMBERED_MS) } },
        orderBy: { askedAt: 'desc' },
      }));
    return row?.personId ? toQuestion({ ...row, personId: row.personId }) : null;
  }

  /** The question that the key of its page names; null for a key that was never made here. */
  async function readQuestion(key: string): Promise<AskedQuestion | null> {
    const [, name = '', mark = ''] = KEY.exec(key) ?? [];
    const row = name === '' ? null : await db.signInCode.findUnique({ where: { scene: PREFIX + name } });
    return row?.personId && equalsInConstantTime(markOf(row.scene, row.personId), mark)
      ? toQuestion({ ...row, personId: row.personId })
      : null;
  }

  /**
   * Answers a question; a confirmation may still be taken back while no browser has used it. False when it was too late for
   * this answer: the question then stands as `readQuestion` tells.
   */
  async function answerQuestion(key: string, answer: SignInAnswer): Promise<boolean> {
    const question = await readQuestion(key);
    const now = new Date(clock.now());
    const where = { scene: PREFIX + key.slice(0, 24), expiresAt: { gt: now } };
    if (!question) {
      return false;
    }
    const { count } =
      answer === 'confirm'
        ? await db.signInCode.updateMany({ where: { ...where, ...isOpen }, data: { confirmedAt: now } })
        : await db.signInCode.updateMany({
            where: { ...where, usedAt: null, rejectedAt: null },
            data: { rejectedAt: now },
          });
    return count === 1;
  }

  /** Ends the codes that a person scanned and no browser has used yet. Returns how many. */
  async function refuseCodes(personId: number): Promise<number> {
    const now = new Date(clock.now());
    const { count } = await db.signInCode.updateMany({
      where: { personId: BigInt(personId), usedAt: null, rejectedAt: null, expiresAt: { gt: now } },
      data: { rejectedAt: now },
    });
    return count;
  }

  function toQuestion(row: Row & { personId: bigint }): AskedQuestion {
    const { scene, personId, number, userAgent, address } = row;
    return {
      key: scene.slice(PREFIX.length) + markOf(scene, personId),
      personId: Number(personId),
      number,
      userAgent,
      address,
      state: stateOf(row, clock.now()),
    };
  }

  return { scanCode, findQuestion, readQuestion, answerQuestion, refuseCodes };
}

function stateOf({ usedAt, rejectedAt, confirmedAt, expiresAt }: Row, now: number): QuestionState {
  if (usedAt) {
    return 'used';
  }
  if (rejectedAt) {
    return 'rejected';
  }
  if (expiresAt.getTime() <= now) {
    return 'expired';
  }
  return confirmedAt ? 'confirmed' : 'open';
}

/** Sign-in by scanning: a waiting browser shows a QR code, and is let in once whoever scanned it in WeChat has confirmed. */
import { networkOf } from '#src/lib/client-address.js';
import { keyedHash } from '#src/lib/hash.js';
import { randomDigits, randomText } from '#src/lib/ids.js';
import { takeCodePoints } from '#src/lib/text.js';
import type { CodeBudget } from './code-budget.js';
import type { CoreDeps } from './deps.js';
import type { Limits } from './limits.js';
import type { QrcodeMaker } from './qrcodes.js';
import { type SignInPlace, USER_AGENT_MAX } from './sessions.js';
import { createSignInQuestions, QUESTION_LIFE_MS } from './sign-in-questions.js';

export type { SignInAnswer, SignInQuestion } from './sign-in-questions.js';

/** A code that a browser waits with. */
export interface WaitingCode {
  /** What the browser holds; kept nowhere else. */
  secret: string;
  /** The text that the picture encodes. */
  url: string;
  expiresAt: Date;
}

/**
 * What a browser's code is worth now. `asked`: somebody scanned it, and their phone shows this number too; `rejected`: they
 * refused, or went on to another code. Used, old and unknown ones are `dead`.
 */
export type CodeState =
  | { state: 'waiting'; url: string; expiresAt: Date }
  | { state: 'asked'; number: number }
  | { state: 'confirmed'; personId: number }
  | { state: 'rejected' | 'dead' };

/** Scenes of sign-in codes begin so; those of apps never hold a dash. */
const PREFIX = 'signin-';
const SECRET_LENGTH = 48;
const SCENE_LENGTH = 24;
/** Numbers of two digits, none of which begins with 0. */
const NUMBERS = { least: 10, count: 90 };

/** How much of what all may ask for a minute is open to everybody: the rest is for networks that operators come from. */
const VISITORS_SHARE = 0.8;
/** Those networks are looked up so often. */
const NETWORKS_FRESH_MS = 10_000;
/** More addresses no operators have. */
const MOST_ADDRESSES = 1000;

/** How long a code can be scanned, in milliseconds. */
export const CODE_LIFE_MS = 5 * 60_000;

/** So long a browser keeps its code at most: it may be scanned and be confirmed at the last moment. */
export const BROWSER_WAITS_MS = CODE_LIFE_MS + QUESTION_LIFE_MS;

/** The verbs of sign-in codes. */
export type SignIn = ReturnType<typeof createSignIn>;

/** Makes the verbs of sign-in codes. */
export function createSignIn(
  deps: CoreDeps,
  maker: QrcodeMaker,
  { limits, budget }: { limits: Limits; budget: CodeBudget },
) {
  const { db, clock, hashKey } = deps;
  const hashOf = (secret: string): string => keyedHash(hashKey, `sign-in:${secret}`);

  let operators = { networks: new Set<string>(), readAt: Number.NEGATIVE_INFINITY };

  /** Whether an operator has signed in from a network in the last days, for which ended sessions are remembered. */
  async function isOperators(network: string): Promise<boolean> {
    const now = clock.now();
    if (Math.abs(now - operators.readAt) >= NETWORKS_FRESH_MS) {
      const rows = await db.session.findMany({
        where: { account: { role: 'operator', disabledAt: null } },
        select: { address: true },
        distinct: ['address'],
        orderBy: { id: 'desc' },
        take: MOST_ADDRESSES,
      });
      operators = { networks: new Set(rows.map(({ address }) => networkOf(address))), readAt: now };
    }
    return operators.networks.has(network);
  }

  /** Counts a code of a browser; whoever asks from ever new addresses leaves the operators some. Throws limit_reached. */
  async function takeCode(network: string): Promise<void> {
    const isReserved = await isOperators(network);
    await limits.take('sign-in-code', { address: network }, { share: isReserved ? 1 : VISITORS_SHARE });
    await budget.takeCode(null, { isReserved });
  }

  /** Makes a code for a browser. Throws limit_reached, and what the maker throws. */
  async function beginSignIn(place: SignInPlace): Promise<WaitingCode> {
    const secret = randomText(SECRET_LENGTH);
    const scene = PREFIX + randomText(SCENE_LENGTH);
    await takeCode(networkOf(place.address));
    const { url } = await maker.createQrcode({ scene, expireSeconds: CODE_LIFE_MS / 1000 });
    const expiresAt = new Date(clock.now() + CODE_LIFE_MS);
    await db.signInCode.create({
      data: {
        scene,
        hash: hashOf(secret),
        url,
        number: NUMBERS.least + (Number(randomDigits(6)) % NUMBERS.count),
        expiresAt,
        userAgent: takeCodePoints(place.userAgent, USER_AGENT_MAX),
        address: place.address,
      },
    });
    return { secret, url, expiresAt };
  }

  /** Whether a scene belongs to a sign-in code. */
  function isSignInScene(scene: string): boolean {
    return scene.startsWith(PREFIX);
  }

  /** What the code of a browser is worth now. */
  async function findCode(secret: string): Promise<CodeState> {
    const row =
      secret.length === SECRET_LENGTH
        ? await db.signInCode.findUnique({ where: { hash: hashOf(secret) } })
        : null;
    if (!row || row.usedAt) {
      return { state: 'dead' };
    }
    if (row.rejectedAt) {
      return { state: 'rejected' };
    }
    if (row.expiresAt.getTime() <= clock.now()) {
      return { state: 'dead' };
    }
    if (row.personId === null) {
      return { state: 'waiting', url: row.url, expiresAt: row.expiresAt };
    }
    return row.confirmedAt
      ? { state: 'confirmed', personId: Number(row.personId) }
      : { state: 'asked', number: row.number };
  }

  /** Uses a confirmed code up and returns who confirmed it; null when it is worth nothing (any more, or yet). */
  async function useCode(secret: string): Promise<number | null> {
    const hash = hashOf(secret);
    const now = new Date(clock.now());
    const { count } = await db.signInCode.updateMany({
      where: { hash, usedAt: null, rejectedAt: null, confirmedAt: { not: null }, expiresAt: { gt: now } },
      data: { usedAt: now },
    });
    const row = count === 1 ? await db.signInCode.findUnique({ where: { hash } }) : null;
    return row?.personId ? Number(row.personId) : null;
  }

  return { beginSignIn, isSignInScene, findCode, useCode, ...createSignInQuestions(deps) };
}

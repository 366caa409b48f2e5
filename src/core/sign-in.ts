/** Sign-in by scanning: a waiting browser shows a QR code, and whoever scans it in WeChat is signed in there. */
import { keyedHash } from '#src/lib/hash.js';
import { randomText } from '#src/lib/ids.js';
import { takeCodePoints } from '#src/lib/text.js';
import type { CoreDeps } from './deps.js';
import type { QrcodeMaker } from './qrcodes.js';
import { type SignInPlace, USER_AGENT_MAX } from './sessions.js';

/** A code that a browser waits with. */
export interface WaitingCode {
  /** What the browser holds; kept nowhere else. */
  secret: string;
  /** The text that the picture encodes. */
  url: string;
  expiresAt: Date;
}

/** What a browser's code is worth now. `used` and unknown ones are `dead`. */
export type CodeState =
  | { state: 'waiting'; url: string; expiresAt: Date }
  | { state: 'scanned'; personId: number }
  | { state: 'dead' };

/** What a scan did: signed somebody in there, met a code that another person scanned first, or came too late. */
export type ScanResult = { result: 'ok'; place: SignInPlace } | { result: 'taken' | 'expired' };

/** Scenes of sign-in codes begin so; those of apps never hold a dash. */
const PREFIX = 'signin-';
const SECRET_LENGTH = 48;
const SCENE_LENGTH = 24;

/** How long a code can be scanned, in milliseconds. */
export const CODE_LIFE_MS = 5 * 60_000;

/** The verbs of sign-in codes. */
export type SignIn = ReturnType<typeof createSignIn>;

/** Makes the verbs of sign-in codes. */
export function createSignIn({ db, clock, hashKey }: CoreDeps, maker: QrcodeMaker) {
  const hashOf = (secret: string): string => keyedHash(hashKey, `sign-in:${secret}`);

  /** Makes a code for a browser. Throws what the maker throws. */
  async function beginSignIn(place: SignInPlace): Promise<WaitingCode> {
    const secret = randomText(SECRET_LENGTH);
    const scene = PREFIX + randomText(SCENE_LENGTH);
    const { url } = await maker.createQrcode({ scene, expireSeconds: CODE_LIFE_MS / 1000 });
    const expiresAt = new Date(clock.now() + CODE_LIFE_MS);
    await db.signInCode.create({
      data: {
        scene,
        hash: hashOf(secret),
        url,
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

  /** A person scanned a code. The first one counts; their repeats do no harm. */
  async function scanCode(scene: string, personId: number): Promise<ScanResult> {
    const id = BigInt(personId);
    const { count } = await db.signInCode.updateMany({
      where: { scene, personId: null, usedAt: null, expiresAt: { gt: new Date(clock.now()) } },
      data: { personId: id },
    });
    const row = await db.signInCode.findUnique({ where: { scene } });
    if (row && (count === 1 || row.personId === id)) {
      return { result: 'ok', place: { userAgent: row.userAgent, address: row.address } };
    }
    return { result: row?.personId ? 'taken' : 'expired' };
  }

  /** What the code of a browser is worth now. */
  async function findCode(secret: string): Promise<CodeState> {
    const row =
      secret.length === SECRET_LENGTH
        ? await db.signInCode.findUnique({ where: { hash: hashOf(secret) } })
        : null;
    if (!row || row.usedAt || row.expiresAt.getTime() <= clock.now()) {
      return { state: 'dead' };
    }
    return row.personId === null
      ? { state: 'waiting', url: row.url, expiresAt: row.expiresAt }
      : { state: 'scanned', personId: Number(row.personId) };
  }

  /** Uses a scanned code up and returns who scanned it; null when it is worth nothing (any more). */
  async function useCode(secret: string): Promise<number | null> {
    const hash = hashOf(secret);
    const now = new Date(clock.now());
    const { count } = await db.signInCode.updateMany({
      where: { hash, usedAt: null, personId: { not: null }, expiresAt: { gt: now } },
      data: { usedAt: now },
    });
    const row = count === 1 ? await db.signInCode.findUnique({ where: { hash } }) : null;
    return row?.personId ? Number(row.personId) : null;
  }

  /** Ends the codes that a person scanned and no browser has used yet. */
  async function refuseCodes(personId: number): Promise<void> {
    await db.signInCode.updateMany({
      where: { personId: BigInt(personId), usedAt: null },
      data: { usedAt: new Date(clock.now()) },
    });
  }

  return { beginSignIn, isSignInScene, scanCode, findCode, useCode, refuseCodes };
}

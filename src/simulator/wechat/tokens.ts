/** The account's access tokens: two families, their overlap, their deaths. */
import type { Clock } from '#src/lib/clock.js';
import { randomText } from '#src/lib/ids.js';
import { chinaDay } from './china-time.js';

/** How long a token lives. */
const LIFETIME_MS = 7_200_000;
/** How long the classic family's old token goes on beside the new one, and when the stable family renews. */
const OVERLAP_MS = 300_000;
const FORCE_APART_MS = 30_000;
const FORCE_PER_DAY = 20;
const KEPT_TOKENS = 1_000;
const TOKEN_SHAPE = /^[A-Za-z0-9_-]{20,512}$/;
/** The numbers by which tokens die early, in turn: both mean "get a new one". */
const DEATH_CODES = [40001, 42001] as const;

/** A token as it is handed out. */
export interface TokenGrant {
  value: string;
  expiresInSeconds: number;
}

/** The tokens of one account. */
export interface Tokens {
  /** GET token: always a new one; the one before lives five minutes more. */
  issueClassic(): TokenGrant;
  /** POST stable_token: the same one until five minutes before its end. */
  issueStable(force: boolean): TokenGrant;
  /** Counts one call with this token: 0, or the number that refuses it. */
  use(value: string | null): number;
  /** From now on each token dies after so many calls; null: tokens live their time. */
  setCallsPerToken(calls: number | null): void;
  /** Kills every living token now with this number. */
  killAll(errcode: number): void;
  /** How many tokens were refused after their death, each counted once. */
  deaths(): number;
}

interface Token {
  readonly value: string;
  readonly expiresAt: number;
  /** Set when a newer one of the classic family took its place. */
  replacedAt: number;
  deadCode: number;
  callsLeft: number;
  isDeathSeen: boolean;
}

/** Makes an account's tokens: none yet. */
export function createTokens(clock: Clock): Tokens {
  const all = new Map<string, Token>();
  let classic: Token | null = null;
  let stable: Token | null = null;
  const forced = { day: 0, count: 0, lastAt: Number.NEGATIVE_INFINITY };
  let callsPerToken = Number.POSITIVE_INFINITY;
  let nextDeathCode = 0;
  let deathCount = 0;

  const mint = (): Token => {
    const value = `sim_${randomText(110)}`;
    const expiresAt = clock.now() + LIFETIME_MS;
    const token = {
      value,
      expiresAt,
      replacedAt: expiresAt,
      deadCode: 0,
      callsLeft: callsPerToken,
      isDeathSeen: false,
    };
    all.set(value, token);
    const [oldest] = all.keys();
    if (all.size > KEPT_TOKENS && oldest !== undefined) {
      all.delete(oldest);
    }
    return token;
  };

  const mayForce = (): boolean => {
    const now = clock.now();
    if (forced.day !== chinaDay(now)) {
      Object.assign(forced, { day: chinaDay(now), count: 0 });
    }
    if (forced.count >= FORCE_PER_DAY || now - forced.lastAt < FORCE_APART_MS) {
      return false;
    }
    Object.assign(forced, { count: forced.count + 1, lastAt: now });
    return true;
  };

  const refuse = (token: Token, errcode: number): number => {
    deathCount += token.isDeathSeen ? 0 : 1;
    token.isDeathSeen = true;
    return errcode;
  };

  return {
    issueClassic: () => {
      const now = clock.now();
      if (classic) {
        classic.replacedAt = Math.min(classic.replacedAt, now + OVERLAP_MS);
      }
      classic = mint();
      return toGrant(classic, now);
    },
    issueStable: (force) => {
      const now = clock.now();
      const isAlive = stable !== null && stable.deadCode === 0 && stable.expiresAt - now >= OVERLAP_MS;
      if (stable && isAlive && !(force && mayForce())) {
        return toGrant(stable, now);
      }
      if (stable && isAlive) {
        stable.deadCode = 40001;
      }
      stable = mint();
      return toGrant(stable, now);
    },
    use: (value) => {
      if (!value) {
        return 41001;
      }
      const token = all.get(value);
      if (!token) {
        return TOKEN_SHAPE.test(value) ? 40001 : 40014;
      }
      if (token.deadCode === 0 && token.callsLeft <= 0) {
        token.deadCode = DEATH_CODES[nextDeathCode % DEATH_CODES.length] ?? 40001;
        nextDeathCode += 1;
      }
      const deadCode = token.deadCode || timeCode(token, clock.now());
      if (deadCode !== 0) {
        return refuse(token, deadCode);
      }
      token.callsLeft -= 1;
      return 0;
    },
    setCallsPerToken: (calls) => {
      callsPerToken = calls ?? Number.POSITIVE_INFINITY;
      for (const token of all.values()) {
        token.callsLeft = callsPerToken;
      }
    },
    killAll: (errcode) => {
      for (const token of all.values()) {
        token.deadCode ||= errcode;
      }
    },
    deaths: () => deathCount,
  };
}

function timeCode(token: Token, now: number): number {
  if (now >= token.expiresAt) {
    return 42001;
  }
  return now >= token.replacedAt ? 40001 : 0;
}

function toGrant(token: Token, now: number): TokenGrant {
  return { value: token.value, expiresInSeconds: Math.floor((token.expiresAt - now) / 1000) };
}

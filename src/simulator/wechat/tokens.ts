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

interface Token {
  readonly value: string;
  readonly expiresAt: number;
  /** Earlier than its expiry when a newer one of the classic family took its place. */
  replacedAt: number;
  deadCode: number;
  callsLeft: number;
  isDeathSeen: boolean;
}

/** The tokens of one account: none at first. */
export class Tokens {
  private readonly all = new Map<string, Token>();
  private readonly forced = { day: 0, count: 0, lastAt: Number.NEGATIVE_INFINITY };
  private classic: Token | null = null;
  private stable: Token | null = null;
  private callsPerToken = Number.POSITIVE_INFINITY;
  private codesUsed = 0;
  private deathsSeen = 0;

  constructor(private readonly clock: Clock) {}

  /** How many tokens were refused after their death, each counted once. */
  get deaths(): number {
    return this.deathsSeen;
  }

  /** GET token: always a new one; the one before lives five minutes more. */
  issueClassic(): TokenGrant {
    const now = this.clock.now();
    if (this.classic) {
      this.classic.replacedAt = Math.min(this.classic.replacedAt, now + OVERLAP_MS);
    }
    this.classic = this.mint();
    return toGrant(this.classic, now);
  }

  /** POST stable_token: the same one until five minutes before its end, or a new one by force. */
  issueStable(force: boolean): TokenGrant {
    const now = this.clock.now();
    const current = this.stable;
    const isAlive = current !== null && current.deadCode === 0 && current.expiresAt - now >= OVERLAP_MS;
    if (current && isAlive && !(force && this.mayForce())) {
      return toGrant(current, now);
    }
    if (current && isAlive) {
      current.deadCode = 40001;
    }
    this.stable = this.mint();
    return toGrant(this.stable, now);
  }

  /** Counts one call with this token: 0, or the number that refuses it. */
  use(value: string | null): number {
    if (!value) {
      return 41001;
    }
    const token = this.all.get(value);
    if (!token) {
      return TOKEN_SHAPE.test(value) ? 40001 : 40014;
    }
    if (token.deadCode === 0 && token.callsLeft <= 0) {
      token.deadCode = DEATH_CODES[this.codesUsed % DEATH_CODES.length] ?? 40001;
      this.codesUsed += 1;
    }
    const deadCode = token.deadCode || timeCode(token, this.clock.now());
    if (deadCode === 0) {
      token.callsLeft -= 1;
    } else if (!token.isDeathSeen) {
      token.isDeathSeen = true;
      this.deathsSeen += 1;
    }
    return deadCode;
  }

  /** From now on each token dies after so many calls; null: tokens live their time. */
  setCallsPerToken(calls: number | null): void {
    this.callsPerToken = calls ?? Number.POSITIVE_INFINITY;
    for (const token of this.all.values()) {
      token.callsLeft = this.callsPerToken;
    }
  }

  /** Kills every living token now with this number. */
  killAll(errcode: number): void {
    for (const token of this.all.values()) {
      token.deadCode ||= errcode;
    }
  }

  private mint(): Token {
    const expiresAt = this.clock.now() + LIFETIME_MS;
    const token: Token = {
      value: `sim_${randomText(110)}`,
      expiresAt,
      replacedAt: expiresAt,
      deadCode: 0,
      callsLeft: this.callsPerToken,
      isDeathSeen: false,
    };
    this.all.set(token.value, token);
    const [oldest] = this.all.keys();
    if (this.all.size > KEPT_TOKENS && oldest !== undefined) {
      this.all.delete(oldest);
    }
    return token;
  }

  /** Twenty times a day, at least thirty seconds apart; otherwise the wish is passed over without a word. */
  private mayForce(): boolean {
    const now = this.clock.now();
    if (this.forced.day !== chinaDay(now)) {
      Object.assign(this.forced, { day: chinaDay(now), count: 0 });
    }
    if (this.forced.count >= FORCE_PER_DAY || now - this.forced.lastAt < FORCE_APART_MS) {
      return false;
    }
    Object.assign(this.forced, { count: this.forced.count + 1, lastAt: now });
    return true;
  }
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

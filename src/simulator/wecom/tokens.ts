/** Access tokens: one for each corp and secret, the same for as long as it lives. */
import type { Clock } from '#src/lib/clock.js';
import { randomText } from '#src/lib/ids.js';
import type { WecomAgent, WecomCorp } from './directory.js';
import { WecomRefusal } from './errors.js';

const LIFETIME_SECONDS = 7_200;
const TOKEN_SHAPE = /^[A-Za-z0-9_-]{20,512}$/;
/** The numbers by which tokens die early, in turn. */
const DEATH_CODES = [42001, 40014] as const;
const KEPT_TOKENS = 1_000;

/** Whom a token stands for. */
export interface TokenOwner {
  readonly corp: WecomCorp;
  readonly agent: WecomAgent;
}

interface Token {
  readonly value: string;
  readonly owner: TokenOwner;
  readonly expiresAt: number;
  callsLeft: number;
  deadCode: number;
  isDeathSeen: boolean;
}

/** The tokens of all corps: none at first. */
export class WecomTokens {
  private all = new Map<string, Token>();
  private callsPerToken = Number.POSITIVE_INFINITY;
  private codesUsed = 0;
  private deathsSeen = 0;

  constructor(private readonly clock: Clock) {}

  /** How many tokens were refused after their death, each counted once. */
  get deaths(): number {
    return this.deathsSeen;
  }

  /** The app's living token, or a new one. */
  issue(owner: TokenOwner): { access_token: string; expires_in: number } {
    const now = this.clock.now();
    const living = [...this.all.values()].find(
      (token) =>
        token.owner.corp === owner.corp &&
        token.owner.agent === owner.agent &&
        token.deadCode === 0 &&
        now < token.expiresAt,
    );
    // A repeated call has the same result, its seconds included, so the answer says nothing about the time left.
    return { access_token: (living ?? this.mint(owner)).value, expires_in: LIFETIME_SECONDS };
  }

  /** Counts one call with this token and says whose it is. Throws WecomRefusal 41001, 40014 or 42001. */
  use(value: string | null): TokenOwner {
    if (!value) {
      throw new WecomRefusal(41001);
    }
    const token = TOKEN_SHAPE.test(value) ? this.all.get(value) : undefined;
    if (!token) {
      throw new WecomRefusal(40014);
    }
    if (token.deadCode === 0 && token.callsLeft <= 0) {
      token.deadCode = DEATH_CODES[this.codesUsed % DEATH_CODES.length] ?? 42001;
      this.codesUsed += 1;
    }
    if (token.deadCode === 0 && this.clock.now() >= token.expiresAt) {
      token.deadCode = 42001;
    }
    if (token.deadCode === 0) {
      token.callsLeft -= 1;
      return token.owner;
    }
    if (!token.isDeathSeen) {
      token.isDeathSeen = true;
      this.deathsSeen += 1;
    }
    throw new WecomRefusal(token.deadCode);
  }

  /** From now on each token dies after so many calls; null: tokens live their time. */
  setCallsPerToken(calls: number | null): void {
    this.callsPerToken = calls ?? Number.POSITIVE_INFINITY;
    for (const token of this.all.values()) {
      token.callsLeft = this.callsPerToken;
    }
  }

  /** Revokes every living token now with this number. */
  killAll(errcode: number): void {
    for (const token of this.all.values()) {
      token.deadCode ||= errcode;
    }
  }

  /** Forgets all tokens and switches. */
  clear(): void {
    this.all = new Map();
    this.callsPerToken = Number.POSITIVE_INFINITY;
    this.deathsSeen = 0;
    this.codesUsed = 0;
  }

  private mint(owner: TokenOwner): Token {
    const token: Token = {
      value: randomText(214),
      owner,
      expiresAt: this.clock.now() + LIFETIME_SECONDS * 1000,
      callsLeft: this.callsPerToken,
      deadCode: 0,
      isDeathSeen: false,
    };
    const [oldest] = this.all.keys();
    if (this.all.size >= KEPT_TOKENS && oldest !== undefined) {
      this.all.delete(oldest);
    }
    this.all.set(token.value, token);
    return token;
  }
}

/** Keeps one platform's access token: asked for once however many callers, shared through a store, renewed early. */
import type { Clock } from '#src/lib/clock.js';
import type { Logger } from '#src/lib/logger.js';
import { PlatformError } from './platform-error.js';

/** A token and the time of its death, in milliseconds since the epoch. */
export interface StoredToken {
  value: string;
  expiresAt: number;
}

/** Where tokens outlive the process, and other processes find them. Its owner encrypts them. */
export interface TokenStore {
  read(name: string): Promise<StoredToken | null>;
  write(name: string, token: StoredToken): Promise<void>;
  /** Removes the token only if it is still `used`. */
  clear(name: string, used: string): Promise<void>;
  /** Does the work while no other process does work of this name; absent where there is one process. */
  alone?<T>(name: string, work: () => Promise<T>): Promise<T>;
}

/** What a keeper needs. */
export interface TokenKeeperDeps {
  /** The name in the store: one for each account. */
  name: string;
  store: TokenStore;
  /**
   * Asks the platform. `getDead` tells the token that was refused last; the platform's answer must be another one where
   * the platform can be made to give another.
   */
  request: (getDead: () => string | null) => Promise<StoredToken>;
  clock: Clock;
  log: Logger;
}

/**
 * Around a renewal the old and the new WeChat token both work for 5 minutes, so one renews about that early; 10 s less,
 * because stable_token goes on giving the old token until exactly 5 minutes before its end.
 */
const RENEW_AHEAD_MS = 290_000;
/** Should the platform still give the old token, or fail, do not ask it in a loop. */
const RENEW_PAUSE_MS = 30_000;
/** After "quota used up" at the token endpoint, callers get that answer again for this long without a request. */
const QUOTA_HOLD_MS = 10_000;
/** When so many tokens in a row were refused before one call succeeded, fetching more of them so fast is no help. */
const MAX_REFUSED_IN_A_ROW = 5;
const REFUSED_HOLD_MS = 2_000;

/** One account's token. */
export class TokenKeeper {
  private cached: StoredToken | null = null;
  private dead: string | null = null;
  private refreshing: Promise<string> | null = null;
  private clearing: Promise<void> = Promise.resolve();
  private nextRenewAt = 0;
  private refusedInARow = 0;
  private hold: { until: number; error: Error } | null = null;

  constructor(private readonly deps: TokenKeeperDeps) {}

  /**
   * A token that should work. Usually the one in memory; else the store's, else a new one, fetched once for all callers.
   * In its last five minutes a token is renewed behind its callers' backs. Throws what the request threw.
   */
  async current(): Promise<string> {
    const now = this.deps.clock.now();
    const { cached } = this;
    if (!cached || now >= cached.expiresAt) {
      return this.refresh(false);
    }
    if (now >= cached.expiresAt - RENEW_AHEAD_MS && now >= this.nextRenewAt) {
      this.nextRenewAt = now + RENEW_PAUSE_MS;
      this.refresh(true).catch((error: unknown) =>
        this.deps.log.warn('early token renewal failed', { error }),
      );
    }
    return cached.value;
  }

  /** The platform refused `used`. Forgets it, unless another token has already taken its place. */
  invalidate(used: string, error: Error): void {
    if (this.cached?.value !== used) {
      return;
    }
    this.cached = null;
    this.dead = used;
    this.refusedInARow += 1;
    if (this.refusedInARow >= MAX_REFUSED_IN_A_ROW) {
      this.hold = { until: this.deps.clock.now() + REFUSED_HOLD_MS, error };
    }
    const { name, store, log } = this.deps;
    this.clearing = store
      .clear(name, used)
      .catch((failure: unknown) => log.warn('stored token not cleared', { error: failure }));
  }

  /** A call with the current token succeeded. */
  confirm(): void {
    this.refusedInARow = 0;
  }

  /** When the token in memory dies (milliseconds since the epoch), or null without one. */
  expiresAt(): number | null {
    return this.cached?.expiresAt ?? null;
  }

  /** Resolves when no request is under way; never rejects. */
  async idle(): Promise<void> {
    await Promise.allSettled([this.refreshing, this.clearing]);
  }

  private refresh(early: boolean): Promise<string> {
    if (this.hold && this.deps.clock.now() < this.hold.until) {
      return Promise.reject(this.hold.error);
    }
    this.refreshing ??= this.load(early).finally(() => {
      this.refreshing = null;
    });
    return this.refreshing;
  }

  private async load(early: boolean): Promise<string> {
    await this.clearing;
    const { name, store } = this.deps;
    const stored = await this.findStored(early);
    if (stored !== null) {
      return stored;
    }
    return store.alone
      ? store.alone(name, async () => (await this.findStored(early)) ?? this.fetchFresh())
      : this.fetchFresh();
  }

  /** What another process, or this one earlier, has put by, if it is good. */
  private async findStored(early: boolean): Promise<string | null> {
    const stored = await this.readStore();
    const goodUntil = this.deps.clock.now() + (early ? RENEW_AHEAD_MS : 0);
    if (stored && stored.value !== this.dead && stored.expiresAt > goodUntil) {
      this.cached = stored;
      return stored.value;
    }
    return null;
  }

  private async fetchFresh(): Promise<string> {
    const { clock, log, name } = this.deps;
    const fresh = await this.requestFresh();
    this.cached = fresh;
    log.info('access token obtained', {
      name,
      livesSeconds: Math.round((fresh.expiresAt - clock.now()) / 1000),
    });
    await this.deps.store
      .write(name, fresh)
      .catch((error: unknown) => log.warn('access token not stored', { error }));
    return fresh.value;
  }

  private async requestFresh(): Promise<StoredToken> {
    try {
      return await this.deps.request(() => this.dead);
    } catch (error) {
      if (error instanceof PlatformError && error.pause) {
        this.hold = { until: this.deps.clock.now() + QUOTA_HOLD_MS, error };
      }
      throw error;
    }
  }

  /** Without its store the keeper still works, alone. */
  private async readStore(): Promise<StoredToken | null> {
    try {
      return await this.deps.store.read(this.deps.name);
    } catch (error) {
      this.deps.log.warn('stored token not readable', { error });
      return null;
    }
  }
}

/** The platform's daily and per-minute quotas, off until somebody wants to see them. */
import type { Clock } from '#src/lib/clock.js';
import { chinaDay, chinaMonth } from './china-time.js';

const MINUTE_MS = 60_000;
const CLEARS_PER_MONTH = 10;

/** Calls a day of a certified service account; a tenth of it for a sandbox account. */
const DAILY: Readonly<Record<string, number>> = {
  '/cgi-bin/token': 2_000,
  '/cgi-bin/stable_token': 500_000,
  '/cgi-bin/menu/create': 1_000,
  '/cgi-bin/qrcode/create': 100_000,
  '/cgi-bin/user/info': 5_000_000,
  '/cgi-bin/user/get': 500,
  '/cgi-bin/message/custom/send': 500_000,
  '/cgi-bin/message/template/send': 100_000,
};
const PER_MINUTE: Readonly<Record<string, number>> = { '/cgi-bin/stable_token': 10_000 };

/** How much of a quota is left. */
export interface QuotaState {
  daily_limit: number;
  used: number;
  remain: number;
}

interface Period {
  number: number;
  used: Map<string, number>;
}

/** The quotas of one account, off at first. */
export class Quotas {
  private isHolding = false;
  private custom: Readonly<Record<string, number>> = {};
  private day: Period = { number: 0, used: new Map() };
  private minute: Period = { number: 0, used: new Map() };
  private clears = { month: '', count: 0 };

  /** `isSandbox` tells whether the account has a tenth only. */
  constructor(
    private readonly clock: Clock,
    private readonly isSandbox: () => boolean,
  ) {}

  /** Whether quotas hold. */
  get isOn(): boolean {
    return this.isHolding;
  }

  /** Switches quotas; switching on starts the counting at zero. `limits` replace the daily limits of single paths. */
  turn(on: boolean, limits: Readonly<Record<string, number>> = {}): void {
    if (on && !this.isHolding) {
      this.day.used.clear();
      this.minute.used.clear();
    }
    this.isHolding = on;
    this.custom = limits;
  }

  /** Counts a call: 0, 45009 beyond the day's quota, 45011 beyond the minute's. */
  count(path: string): number {
    if (!this.isHolding) {
      return 0;
    }
    this.startPeriods();
    if (addOne(this.day.used, path) > (this.limitOf(path) ?? Number.POSITIVE_INFINITY)) {
      return 45009;
    }
    return addOne(this.minute.used, path) > (PER_MINUTE[path] ?? Number.POSITIVE_INFINITY) ? 45011 : 0;
  }

  /** The day's state of a path; null for a path without a quota. */
  read(path: string): QuotaState | null {
    const limit = this.limitOf(path);
    if (limit === undefined) {
      return null;
    }
    this.startPeriods();
    const used = Math.min(this.day.used.get(path) ?? 0, limit);
    return { daily_limit: limit, used, remain: limit - used };
  }

  /** Sets the day's counters back: false after the tenth time in a month. */
  clear(): boolean {
    const month = chinaMonth(this.clock.now());
    this.clears = { month, count: this.clears.month === month ? this.clears.count + 1 : 1 };
    if (this.clears.count > CLEARS_PER_MONTH) {
      return false;
    }
    this.day.used.clear();
    return true;
  }

  private limitOf(path: string): number | undefined {
    const daily = DAILY[path];
    return this.custom[path] ?? (daily && this.isSandbox() ? daily / 10 : daily);
  }

  private startPeriods(): void {
    const now = this.clock.now();
    if (this.day.number !== chinaDay(now)) {
      this.day = { number: chinaDay(now), used: new Map() };
    }
    if (this.minute.number !== Math.floor(now / MINUTE_MS)) {
      this.minute = { number: Math.floor(now / MINUTE_MS), used: new Map() };
    }
  }
}

function addOne(used: Map<string, number>, path: string): number {
  const count = (used.get(path) ?? 0) + 1;
  used.set(path, count);
  return count;
}

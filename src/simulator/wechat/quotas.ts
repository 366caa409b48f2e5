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

/** The quotas of one account. */
export interface Quotas {
  /** Whether quotas hold. Switching them on starts the counting at zero. */
  isOn(): boolean;
  /** Switches quotas; `limits` replace the daily limits of single paths. */
  turn(on: boolean, limits?: Readonly<Record<string, number>>): void;
  /** Counts a call: 0, 45009 beyond the day's quota, 45011 beyond the minute's. */
  count(path: string): number;
  /** The day's state of a path; null for a path without a quota. */
  read(path: string): QuotaState | null;
  /** Sets the day's counters back: false after the tenth time in a month. */
  clear(): boolean;
}

/** Makes the quotas, off. `isSandbox` tells whether the account has a tenth only. */
export function createQuotas(clock: Clock, isSandbox: () => boolean): Quotas {
  let isOn = false;
  let custom: Readonly<Record<string, number>> = {};
  let day = { number: 0, used: new Map<string, number>() };
  let minute = { number: 0, used: new Map<string, number>() };
  let clears = { month: '', count: 0 };

  const limitOf = (path: string): number | undefined => {
    const daily = DAILY[path];
    return custom[path] ?? (daily === undefined ? undefined : Math.floor(isSandbox() ? daily / 10 : daily));
  };
  const startPeriods = (): void => {
    const now = clock.now();
    if (day.number !== chinaDay(now)) {
      day = { number: chinaDay(now), used: new Map() };
    }
    if (minute.number !== Math.floor(now / MINUTE_MS)) {
      minute = { number: Math.floor(now / MINUTE_MS), used: new Map() };
    }
  };

  return {
    isOn: () => isOn,
    turn: (on, limits = {}) => {
      if (on && !isOn) {
        day.used.clear();
        minute.used.clear();
      }
      isOn = on;
      custom = limits;
    },
    count: (path) => {
      if (!isOn) {
        return 0;
      }
      startPeriods();
      if (addOne(day.used, path) > (limitOf(path) ?? Number.POSITIVE_INFINITY)) {
        return 45009;
      }
      return addOne(minute.used, path) > (PER_MINUTE[path] ?? Number.POSITIVE_INFINITY) ? 45011 : 0;
    },
    read: (path) => {
      const limit = limitOf(path);
      if (limit === undefined) {
        return null;
      }
      startPeriods();
      const used = Math.min(day.used.get(path) ?? 0, limit);
      return { daily_limit: limit, used, remain: limit - used };
    },
    clear: () => {
      const month = chinaMonth(clock.now());
      clears = clears.month === month ? { month, count: clears.count + 1 } : { month, count: 1 };
      if (clears.count > CLEARS_PER_MONTH) {
        return false;
      }
      day.used.clear();
      return true;
    },
  };
}

function addOne(used: Map<string, number>, path: string): number {
  const count = (used.get(path) ?? 0) + 1;
  used.set(path, count);
  return count;
}

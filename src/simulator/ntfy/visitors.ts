/** What an ntfy server allows: who may publish where, and how much. */
import type Koa from 'koa';
import { queryFields } from '../call.js';
import type { World } from '../world.js';
import { NtfyError } from './errors.js';

const BURST = 60;
const REFILL_MS = 5_000;
const MOST_AUTH_FAILURES = 30;
const DAY_MS = 86_400_000;

/** A topic's lock: the token or the user that may publish there. */
export interface TopicLock {
  token?: string;
  user?: string;
  password?: string;
}

/** The numbers a server's operator sets; they count only while the simulator's limits are on. */
export interface NtfyLimits {
  dailyMessages: number;
  dailyBytes: number;
}

/** The gate in front of all topics. */
export interface Visitors {
  /** Throws NtfyError 40101, 40301, 42901, 42905, 42908 or 42909 when this caller may not publish so much there. */
  check(ctx: Koa.Context, topic: string, sizeBytes: number): void;
  /** Locks a topic; a topic that is not locked is open when its name starts with `sim-`, and forbidden otherwise. */
  lock(topic: string, lock: TopicLock): void;
  readonly limits: NtfyLimits;
  clear(): void;
}

interface Visitor {
  tokens: number;
  countedAt: number;
  day: number;
  messages: number;
  bytes: number;
  authFailures: number;
}

const DEFAULTS: NtfyLimits = { dailyMessages: 17_280, dailyBytes: 500 * 1024 * 1024 };

/** Makes the gate of a fresh server. */
export function createVisitors(world: World): Visitors {
  const locks = new Map<string, TopicLock>();
  const visitors = new Map<string, Visitor>();
  const limits = { ...DEFAULTS };
  const visitorAt = (ip: string): Visitor => {
    const now = world.clock.now();
    const day = Math.floor(now / DAY_MS);
    const old = visitors.get(ip) ?? newVisitor(now, day);
    const gained = Math.floor((now - old.countedAt) / REFILL_MS);
    const fresh = old.day === day ? old : { ...old, day, messages: 0, bytes: 0, authFailures: 0 };
    const visitor = {
      ...fresh,
      tokens: Math.min(BURST, fresh.tokens + gained),
      countedAt: fresh.countedAt + gained * REFILL_MS,
    };
    visitors.set(ip, visitor);
    return visitor;
  };
  return {
    limits,
    lock: (topic, lock) => {
      locks.set(topic, lock);
    },
    check: (ctx, topic, sizeBytes) => {
      const visitor = visitorAt(ctx.ip);
      const areLimitsOn = world.limits.isOn;
      if (areLimitsOn && visitor.authFailures >= MOST_AUTH_FAILURES) {
        throw new NtfyError(42909);
      }
      checkAccess(locks, readCredentials(ctx), topic, visitor);
      if (areLimitsOn) {
        spend(visitor, limits, sizeBytes);
      }
    },
    clear: () => {
      locks.clear();
      visitors.clear();
      Object.assign(limits, DEFAULTS);
    },
  };
}

function newVisitor(now: number, day: number): Visitor {
  return { tokens: BURST, countedAt: now, day, messages: 0, bytes: 0, authFailures: 0 };
}

function checkAccess(
  locks: ReadonlyMap<string, TopicLock>,
  given: string | null,
  topic: string,
  visitor: Visitor,
): void {
  const isKnown = given === null || [...locks.values()].some((lock) => fits(lock, given));
  if (!isKnown) {
    visitor.authFailures += 1;
    throw new NtfyError(40101);
  }
  const lock = locks.get(topic);
  const isOpen = lock ? given !== null && fits(lock, given) : topic.startsWith('sim-');
  if (!isOpen) {
    throw new NtfyError(40301);
  }
}

/** The request limit is checked first, then the day's. */
function spend(visitor: Visitor, limits: NtfyLimits, sizeBytes: number): void {
  if (visitor.tokens < 1) {
    throw new NtfyError(42901);
  }
  visitor.tokens -= 1;
  if (visitor.messages >= limits.dailyMessages) {
    throw new NtfyError(42908);
  }
  if (visitor.bytes + sizeBytes > limits.dailyBytes) {
    throw new NtfyError(42905);
  }
  visitor.messages += 1;
  visitor.bytes += sizeBytes;
}

/** The value of the Authorization header, which the query may carry in base64url as `auth`; null for a stranger. */
function readCredentials(ctx: Koa.Context): string | null {
  const { auth } = queryFields(ctx);
  const header = ctx.get('authorization') || (auth ? Buffer.from(auth, 'base64url').toString() : '');
  return header === '' ? null : header;
}

function fits({ token, user, password }: TopicLock, given: string): boolean {
  const basic = (name: string, word: string) => `Basic ${Buffer.from(`${name}:${word}`).toString('base64')}`;
  const wanted = [
    ...(token ? [`Bearer ${token}`, basic('', token)] : []),
    ...(user ? [basic(user, password ?? '')] : []),
  ];
  return wanted.includes(given);
}

/** Storage: how much of the disk each person's messages take, counted in memory and written down each minute. */
import { LRUCache } from 'lru-cache';
import { atMost } from '#src/lib/cache-size.js';
import { chinaDayStart } from '#src/lib/china-time.js';
import { addFigures, sumFigure } from '#src/store/figures.js';
import type { CodeBudget } from './code-budget.js';
import type { CoreDeps } from './deps.js';
import type { Limits } from './limits.js';
import type { PublishCommand } from './types.js';

const DAY_MS = 86_400_000;
const MEGABYTE = 1024 * 1024;
/** What was read is this old at most; what this process took in since is added. */
const FRESH_MS = 5 * 60_000;
/** A message with its rows and their indexes, without its text; and each further receiver named in it. */
const MESSAGE_BYTES = 1500;
const TARGET_BYTES = 500;
/** Everybody together. */
const ALL = 'all';

/** The verbs of storage. */
export type Storage = ReturnType<typeof createStorage>;

/**
 * Makes the verbs. What counts is what came in within the time for which messages are kept; `readDays` tells it. A crash loses
 * the counts of its last minute.
 */
export function createStorage(
  { db, clock }: Pick<CoreDeps, 'db' | 'clock'>,
  { limits, budget, readDays }: { limits: Limits; budget: CodeBudget; readDays: () => Promise<number> },
) {
  /** By `p` and a person's number, or `all`: the bytes that were read, and when. */
  const known = new LRUCache<string, { bytes: number; readAt: number }>(atMost(50_000));
  /** Bytes by name that are not written down yet. */
  let added = new Map<string, number>();

  async function readBytes(name: string): Promise<number> {
    const now = clock.now();
    let read = known.get(name);
    if (!read || Math.abs(now - read.readAt) >= FRESH_MS) {
      const from = chinaDayStart(now) - (await readDays()) * DAY_MS;
      read = { bytes: await sumFigure(db, figureOf(name), from), readAt: now };
      known.set(name, read);
    }
    return read.bytes + (added.get(name) ?? 0);
  }

  /** Lets a message in unless its sender, or everybody, keeps too much already. Throws limit_full. */
  async function checkRoom(command: PublishCommand): Promise<string[]> {
    const payer = await findPayer(command);
    if (payer === null) {
      return [ALL];
    }
    await limits.checkStanding('megabyte', async (who) =>
      Math.ceil((await readBytes(who === 'all' ? ALL : `p${payer}`)) / MEGABYTE),
    );
    return [`p${payer}`, ALL];
  }

  /** Who keeps a message: the developer of its app, or who sent it by a key of their own; null: the operator. */
  async function findPayer({ appId, senderId }: PublishCommand): Promise<number | null> {
    return senderId ?? (appId === null ? null : await budget.findPayerOf(appId));
  }

  /** Notes a message that was taken in, under the names that `checkRoom` gave. */
  function note(names: readonly string[], command: PublishCommand): void {
    const bytes =
      Buffer.byteLength(command.body) +
      MESSAGE_BYTES +
      TARGET_BYTES * Math.max(0, command.targets.length - 1);
    for (const name of names) {
      added.set(name, (added.get(name) ?? 0) + bytes);
    }
  }

  /** Writes down what was noted since the last time. To be called each minute. */
  async function writeDown(): Promise<void> {
    if (added.size === 0) {
      return;
    }
    const taken = added;
    added = new Map();
    const day = chinaDayStart(clock.now());
    try {
      await addFigures(
        db,
        [...taken].map(([name, value]) => ({ hour: day, name: figureOf(name), value })),
      );
      for (const [name, bytes] of taken) {
        const read = known.get(name);
        if (read) {
          known.set(name, { ...read, bytes: read.bytes + bytes });
        }
      }
    } catch (error) {
      for (const [name, bytes] of taken) {
        added.set(name, (added.get(name) ?? 0) + bytes);
      }
      throw error;
    }
  }

  return { checkRoom, note, writeDown, readBytes };
}

/** Behind the names of the figures that are drawn, which end before `scan:`. */
function figureOf(name: string): string {
  return `stored:${name}`;
}

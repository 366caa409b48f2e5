/** The disk watermark: long before the disk is full the server says so, instead of breaking in the middle of its work. */
import type { CoreDeps } from './deps.js';
import { AppError } from './errors.js';

/** When a refused caller may come back. */
const RETRY_AFTER_S = 60;
/** The disk is looked at no more often. */
const FRESH_MS = 5000;
/** Operators are told already while so many times the least is free. */
const WARN_AT = 2;

/** How a disk is. */
export interface DiskState {
  /** Free bytes, as last seen; null: never looked, or it cannot be told. */
  freeBytes: number | null;
  /** With less nothing is taken in. */
  leastBytes: number;
  state: 'fine' | 'low' | 'refusing';
  /** Since when it has not been fine; null while it is. */
  since: Date | null;
  /** What was refused since the start. */
  refusals: number;
}

/** Tells how many bytes are free; absent: nothing is watched. */
export type ReadFreeBytes = () => Promise<number>;

/** The verbs of the disk. */
export type Disk = ReturnType<typeof createDisk>;

/** Makes the verbs; `leastMb`: with fewer megabytes free nothing is taken in, 0 for never. */
export function createDisk(
  { clock, log }: Pick<CoreDeps, 'clock' | 'log'>,
  { readFreeBytes, leastMb }: { readFreeBytes: ReadFreeBytes | null; leastMb: number },
) {
  const leastBytes = leastMb * 1024 * 1024;
  let freeBytes: number | null = null;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let looking: Promise<void> | null = null;
  let since: number | null = null;
  let refusals = 0;

  const stateOf = (): DiskState['state'] => {
    if (freeBytes === null || leastBytes === 0 || freeBytes >= leastBytes * WARN_AT) {
      return 'fine';
    }
    return freeBytes < leastBytes ? 'refusing' : 'low';
  };

  async function look(): Promise<void> {
    const before = stateOf();
    try {
      freeBytes = (await readFreeBytes?.()) ?? null;
    } catch (error) {
      log.warn('how much of the disk is free cannot be told', { error });
    }
    lookedAt = clock.now();
    const now = stateOf();
    since = now === 'fine' ? null : (since ?? clock.now());
    if (now !== before) {
      const facts = { freeBytes, leastBytes };
      if (now === 'refusing') {
        log.error('the disk is nearly full: nothing is taken in until there is room', facts);
      } else {
        log.warn(now === 'low' ? 'the disk is filling up' : 'the disk has room again', facts);
      }
    }
  }

  /** Looks anew, once however many ask. */
  function refresh(): Promise<void> {
    looking ??= look().finally(() => {
      looking = null;
    });
    return looking;
  }

  /** Throws disk_full where nothing is taken in. Waits for nothing but the first look. */
  async function checkRoom(): Promise<void> {
    if (readFreeBytes === null || leastBytes === 0) {
      return;
    }
    if (freeBytes === null) {
      await refresh();
    } else if (Math.abs(clock.now() - lookedAt) >= FRESH_MS) {
      void refresh();
    }
    if (stateOf() === 'refusing') {
      refusals += 1;
      throw new AppError('disk_full', { seconds: RETRY_AFTER_S });
    }
  }

  /** How the disk is, looked at within the last seconds. */
  async function read(): Promise<DiskState> {
    if (readFreeBytes !== null && Math.abs(clock.now() - lookedAt) >= FRESH_MS) {
      await refresh();
    }
    return {
      freeBytes,
      leastBytes,
      state: stateOf(),
      since: since === null ? null : new Date(since),
      refusals,
    };
  }

  return { checkRoom, read };
}

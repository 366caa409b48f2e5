/** Tells whether a path still leads to the file that was opened by it. */
import { statSync } from 'node:fs';
import { DatabaseMovedError } from './damage.js';

/** So often the path is looked at, in milliseconds. */
const LOOK_MS = 1000;

/**
 * Remembers the file at `path`, which is open, and returns a check that looks at the path at most once a second. It throws
 * DatabaseMovedError, from then on each time, once the path leads nowhere or to another file: what is written goes to a file without a
 * name then, and is gone with the process. SQLite looks for that only where it keeps a rollback journal. By path alone: to open and
 * close the file a second time would drop SQLite's locks on it (sqlite.org/howtocorrupt.html section 2.2).
 */
export function watchFile(path: string): () => void {
  const opened = identify(path);
  // A database in memory has no file, and some systems do not say which file it is.
  const hasFile = opened !== null && opened !== 'missing';
  let lookedAt = performance.now();
  let isMoved = false;
  return () => {
    const now = performance.now();
    if (!isMoved && hasFile && now - lookedAt >= LOOK_MS) {
      lookedAt = now;
      const found = identify(path);
      isMoved = found !== null && found !== opened;
    }
    if (isMoved) {
      throw new DatabaseMovedError(path);
    }
  };
}

/** Device and inode; null where the system does not say. */
function identify(path: string): string | null {
  try {
    const { dev, ino } = statSync(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT' ? 'missing' : null;
  }
}

/** The one-time code that makes the first person who signs in to a fresh server its administrator. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { equalsInConstantTime } from '#src/lib/hash.js';
import { randomText } from '#src/lib/ids.js';

/** The verbs of the code. */
export type FirstAdmin = ReturnType<typeof createFirstAdmin>;

const LENGTH = 24;

/** Makes the verbs of the code that is kept in the file `path` (mode 0600); null: there is no such code. */
export function createFirstAdmin(path: string | null) {
  let code: string | null = null;

  /** Reads or makes the code when it `isNeeded`, else removes it. Returns the file while it counts. */
  function prepare(isNeeded: boolean): string | null {
    if (path === null) {
      return null;
    }
    if (!isNeeded) {
      rmSync(path, { force: true });
      code = null;
      return null;
    }
    const kept = existsSync(path) ? readFileSync(path, 'utf8').trim() : '';
    code = /^[A-Za-z0-9]{16,}$/.test(kept) ? kept : writeCode(path);
    return path;
  }

  /**
   * Uses the code up for `make`: of two who come at once, one gets it. Returns what `make` gives, or null for a wrong
   * code. When `make` fails the code counts again.
   */
  async function useCode<T>(given: string, make: () => Promise<T>): Promise<T | null> {
    const held = code;
    if (path === null || held === null || !equalsInConstantTime(held, given.trim())) {
      return null;
    }
    code = null;
    try {
      const made = await make();
      rmSync(path, { force: true });
      return made;
    } catch (error) {
      code = held;
      throw error;
    }
  }

  return { prepare, useCode, hasCode: (): boolean => code !== null };
}

function writeCode(path: string): string {
  const code = randomText(LENGTH);
  mkdirSync(dirname(path), { recursive: true });
  rmSync(path, { force: true });
  writeFileSync(path, `${code}\n`, { mode: 0o600, flag: 'wx' });
  return code;
}

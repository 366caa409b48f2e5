/** The one-time code that makes the first person who signs in to a fresh server its administrator. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { equalsInConstantTime } from '#src/lib/hash.js';
import { randomText } from '#src/lib/ids.js';
import { SecretBoxError } from '#src/lib/secret-box.js';
import { doAlone } from '#src/store/leases.js';
import type { CoreDeps } from './deps.js';

/** The verbs of the code. */
export type FirstAdmin = ReturnType<typeof createFirstAdmin>;

/** The setting that holds the code, sealed, while it counts: all processes know one code, and one use ends it for all. */
const KEY = 'first-admin-code';
const LENGTH = 24;

/** Makes the verbs of the code that stands in the file `path` (mode 0600); null: there is no such code. */
export function createFirstAdmin({ db, clock, box }: CoreDeps, path: string | null) {
  /** Makes the code, or writes it to its file anew, when it `isNeeded`; else removes it. Returns the file while it counts. */
  async function prepare(isNeeded: boolean): Promise<string | null> {
    if (path === null) {
      return null;
    }
    if (!isNeeded) {
      rmSync(path, { force: true });
      await db.setting.deleteMany({ where: { key: KEY } });
      return null;
    }
    const kept = existsSync(path) ? readFileSync(path, 'utf8').trim() : '';
    const code = await doAlone(db, KEY, async () => {
      const known = await readCode();
      if (known !== null) {
        return known.code;
      }
      const fresh = /^[A-Za-z0-9]{16,}$/.test(kept) ? kept : randomText(LENGTH);
      await saveSealed(box.seal(fresh));
      return fresh;
    });
    if (code !== kept) {
      writeCode(path, code);
    }
    return path;
  }

  /**
   * Uses the code up for `make`: of two who come at once, to whichever process, one gets it. Returns what `make` gives, or
   * null for a wrong code. When `make` fails the code counts again.
   */
  async function useCode<T>(given: string, make: () => Promise<T>): Promise<T | null> {
    const held = path === null ? null : await readCode();
    if (path === null || held === null || !equalsInConstantTime(held.code, given.trim())) {
      return null;
    }
    const { count } = await db.setting.deleteMany({ where: { key: KEY, value: held.sealed } });
    if (count === 0) {
      return null;
    }
    try {
      const made = await make();
      rmSync(path, { force: true });
      return made;
    } catch (error) {
      await saveSealed(box.seal(held.code));
      throw error;
    }
  }

  /** Whether there is a code that counts. */
  async function hasCode(): Promise<boolean> {
    return path !== null && (await db.setting.count({ where: { key: KEY } })) > 0;
  }

  /** The code that counts; null when there is none, or one that was sealed with a key that is no more. */
  async function readCode(): Promise<{ code: string; sealed: string } | null> {
    const row = await db.setting.findUnique({ where: { key: KEY } });
    try {
      return row ? { code: box.open(row.value), sealed: row.value } : null;
    } catch (error) {
      if (error instanceof SecretBoxError) {
        return null;
      }
      throw error;
    }
  }

  async function saveSealed(value: string): Promise<void> {
    const data = { value, updatedAt: new Date(clock.now()) };
    await db.setting.upsert({ where: { key: KEY }, create: { key: KEY, ...data }, update: data });
  }

  return { prepare, useCode, hasCode };
}

function writeCode(path: string, code: string): void {
  mkdirSync(dirname(path), { recursive: true });
  rmSync(path, { force: true });
  writeFileSync(path, `${code}\n`, { mode: 0o600, flag: 'wx' });
}

/** Keeps what this program writes from the other users of the machine. */
import { chmodSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Rights of the group and of everybody else. */
const OTHERS = 0o077;

/** From now on files are made with mode 0600 and folders with 0700, by the processes that this one starts too. */
export function keepFilesPrivate(): void {
  process.umask(OTHERS);
}

/** Takes the rights of others off files and folders; what is not there counts as done. Returns those that could not be changed. */
export function takeFromOthers(paths: readonly string[]): string[] {
  return paths.filter((path) => !tryTakeFromOthers(path));
}

/** The paths of what lies in a folder and has such a name; none where it cannot be read. */
export function listPaths(folder: string, isMeant: (name: string) => boolean): string[] {
  try {
    return readdirSync(folder)
      .filter(isMeant)
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}

function tryTakeFromOthers(path: string): boolean {
  try {
    const { mode } = statSync(path);
    if ((mode & OTHERS) !== 0) {
      chmodSync(path, mode & 0o700);
    }
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT';
  }
}

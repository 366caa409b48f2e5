/** Where this project lies on the disk, whether its sources run or the bundle in dist/ that is made of them. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder: the nearest above this code with a package.json. */
export const PROJECT_DIR = findProject(dirname(fileURLToPath(import.meta.url)));

/**
 * The file of a program of this project that runs as a process or thread of its own, by its path in src/ without an ending.
 * It is always the compiled one, which whoever starts from sources compiles first (prisma/ensure-build.js): a loader that
 * compiles on the way would take half a second.
 */
export function programPath(name: string): string {
  return join(PROJECT_DIR, 'dist', `${name}.js`);
}

function findProject(folder: string): string {
  if (existsSync(join(folder, 'package.json')) || folder === dirname(folder)) {
    return folder;
  }
  return findProject(dirname(folder));
}

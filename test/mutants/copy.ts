/** A copy of the project in which defences can be taken out, so that the project itself is never touched. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Defence } from './defences.js';

export const root = fileURLToPath(new URL('../../', import.meta.url));
/** Not needed by any test, or made anew. */
const LEFT = new Set(['.git', 'node_modules', 'data', 'coverage', 'dist']);

/** A copy of the project. */
export interface Copy {
  folder: string;
  /** Takes a defence out; the answer puts it back. */
  takeOut(defence: Defence): () => void;
  remove(): void;
}

/** The file without its defence. Throws where the defence does not stand there once. */
export function withoutDefence(text: string, { name, file, from, to }: Defence): string {
  const times = text.split(from).length - 1;
  if (times !== 1) {
    throw new Error(
      `the patch of “${name}” no longer applies: ${file} has its text ${times} times. Look where the defence stands now, and mend test/mutants/defences.ts`,
    );
  }
  return text.replace(from, () => to);
}

/** Copies what tests need; packages are shared. */
export function makeCopy(): Copy {
  const folder = mkdtempSync(join(tmpdir(), 'qingniao-mutants-'));
  for (const name of readdirSync(root).filter((one) => !LEFT.has(one))) {
    cpSync(join(root, name), join(folder, name), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return {
    folder,
    takeOut(defence) {
      const path = join(folder, defence.file);
      const whole = readFileSync(path, 'utf8');
      writeFileSync(path, withoutDefence(whole, defence));
      return () => writeFileSync(path, whole);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

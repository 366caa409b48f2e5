/** What `npm start` runs: compiled from the sources as they are, with their places in its traces. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import nodeModule from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BUILT } from '#test/support/processes.js';

const root = fileURLToPath(new URL('../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'qingniao-build-'));

function write(name: string, text: string): void {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function run(): { stdout: string; stderr: string } {
  return spawnSync(process.execPath, [...BUILT, 'dist/main.js'], { cwd: folder, encoding: 'utf8' });
}

beforeAll(() => {
  const tools = ['run.cjs', 'fit.cjs', 'load.js', 'ensure-build.js', 'bundle.js'].map(
    (name) => `prisma/${name}`,
  );
  for (const name of [...tools, 'package.json', 'tsconfig.json']) {
    cpSync(join(root, name), join(folder, name));
  }
  write('prisma/ensure-client.js', '');
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  write('src/lib/word.ts', `export const word: string = 'first';`);
  write('src/main.ts', `import { word } from '#src/lib/word.js';\nprocess.stdout.write(word);`);
});

afterAll(() => rmSync(folder, { recursive: true }));

it('runs the sources as they are now', () => {
  expect(run()).toMatchObject({ stdout: 'first', stderr: '' });
  expect(run().stdout).toBe('first');
  write('src/lib/word.ts', `export const word: string = 'second';`);
  expect(run().stdout).toBe('second');
});

it('forgets a program that was removed', () => {
  write('src/simulator/main.ts', 'export const other = 1;');
  run();
  expect(existsSync(join(folder, 'dist/simulator/main.js'))).toBe(true);
  rmSync(join(folder, 'src/simulator/main.ts'));
  run();
  expect(existsSync(join(folder, 'dist/simulator/main.js'))).toBe(false);
});

it('keeps what V8 made of a program until its sources change, on a Node that can', () => {
  run();
  const kept = join(folder, 'dist/.compiled');
  const canKeep = 'flushCompileCache' in nodeModule;
  expect(existsSync(kept)).toBe(canKeep);
  write('dist/.compiled/of-a-file-that-was', '');
  write('src/lib/word.ts', `export const word: string = 'third';`);
  expect(run()).toMatchObject({ stdout: 'third', stderr: '' });
  expect(existsSync(join(kept, 'of-a-file-that-was'))).toBe(false);
});

it('names the line of the source in a trace', () => {
  write(
    'src/main.ts',
    `interface Unseen {\n  a: string;\n}\n\nexport type { Unseen };\nthrow new Error('here');\n`,
  );
  expect(run().stderr).toContain('src/main.ts:6');
});

it('means the same beyond ASCII, in strings, regular expressions and raw templates', () => {
  write(
    'src/main.ts',
    "process.stdout.write(JSON.stringify([/[年\ud83e\udd85]/u.test('年'), '年', `1年`, String.raw`\\d年`]));",
  );
  const [matches, text, template, raw] = JSON.parse(run().stdout) as unknown[];
  expect([matches, text, template, raw]).toEqual([true, '年', '1年', '\\d年']);
});

it('keeps what it had when a source cannot be compiled', () => {
  write('src/main.ts', `process.stdout.write('fine');`);
  run();
  write('src/main.ts', 'const = ;');
  expect(run()).toMatchObject({ stdout: '', stderr: expect.stringContaining('main.ts:1') });
  write('src/main.ts', `process.stdout.write('fine again');`);
  expect(run().stdout).toBe('fine again');
});

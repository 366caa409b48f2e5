/** The house rules, read off every import line: floors, cycles, file sizes, and who may touch what. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../src/', import.meta.url));

interface SourceFile {
  path: string;
  text: string;
  lines: number;
  imports: { target: string; isType: boolean }[];
}

const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => path.endsWith('.ts') && !path.startsWith('store/generated'))
  .map(readSource);

/** Which rooms a room may import, besides itself. Types of config.ts are open to all. */
const FLOORS: Record<string, readonly string[]> = {
  lib: [],
  'config.ts': ['lib', 'config-table.ts', 'config-reader.ts', 'config-accounts.ts', 'config-safety.ts'],
  'config-safety.ts': ['lib', 'config-reader.ts'],
  'config-accounts.ts': ['config-table.ts', 'config-reader.ts'],
  'config-reader.ts': ['lib', 'config-table.ts'],
  'config-table.ts': ['lib'],
  store: ['lib'],
  platforms: ['lib'],
  core: ['store', 'platforms', 'lib'],
  channels: ['core/types.ts', 'core/errors.ts', 'platforms', 'lib', 'config.ts'],
  callbacks: ['core/types.ts', 'core/errors.ts', 'platforms', 'lib', 'config.ts'],
  engine: ['core', 'channels', 'callbacks', 'store', 'lib', 'config.ts'],
  dialects: ['core', 'lib', 'config.ts'],
  wechat: ['core', 'lib', 'config.ts'],
  web: ['core', 'lib', 'config.ts'],
  simulator: ['lib'],
};
const TOP = [
  'main.ts',
  'restore.ts',
  'rotate-key.ts',
  'check-data.ts',
  'data-check.ts',
  'open-data.ts',
  'start-trouble.ts',
  'app.ts',
  'wiring.ts',
  'outgoing.ts',
  'open-wecom-door.ts',
  'send-code.ts',
  'sandbox.ts',
  'self-check.ts',
  'ask-quotas.ts',
  'data-places.ts',
  'ask-wechat.ts',
];

function readSource(path: string): SourceFile {
  const text = readFileSync(join(root, path), 'utf8');
  const imports = [...text.matchAll(/^(import|export)\s+(type\s+)?[^;]*?from\s+'([^']+)';/gms)]
    .filter((match) => /^[.#]/.test(match[3] ?? ''))
    .map((match) => ({ target: resolveImport(path, match[3] ?? ''), isType: match[2] !== undefined }));
  return { path, text, lines: text.split('\n').length - 1, imports };
}

function resolveImport(from: string, target: string): string {
  const file = target.startsWith('#src/')
    ? target.slice('#src/'.length)
    : posix.join(posix.dirname(from), target);
  return file.replace(/\.js$/, '.ts');
}

function roomOf(path: string): string {
  return path.split('/')[0] ?? path;
}

describe('the house', () => {
  it('keeps its floors', () => {
    const broken = files
      .filter((file) => !TOP.includes(file.path))
      .flatMap((file) =>
        file.imports
          .filter(({ target }) => {
            const room = roomOf(file.path);
            const allowed = FLOORS[room] ?? [];
            return roomOf(target) !== room && !allowed.includes(target) && !allowed.includes(roomOf(target));
          })
          .map(({ target }) => `${file.path} -> ${target}`),
      );
    expect(broken).toEqual([]);
  });

  it('keeps dialects apart from each other', () => {
    const broken = files
      .filter((file) => /^dialects\/[^/]+\//.test(file.path))
      .flatMap((file) =>
        file.imports
          .filter(({ target }) => /^dialects\/[^/]+\//.test(target))
          .filter(({ target }) => target.split('/')[1] !== file.path.split('/')[1])
          .map(({ target }) => `${file.path} -> ${target}`),
      );
    expect(broken).toEqual([]);
  });

  it('has no cycle', () => {
    const edges = new Map(
      files.map((file) => [
        file.path,
        file.imports.filter((edge) => !edge.isType).map((edge) => edge.target),
      ]),
    );
    const done = new Set<string>();
    const cycles: string[] = [];
    const visit = (path: string, trail: string[]): void => {
      if (trail.includes(path)) {
        cycles.push([...trail.slice(trail.indexOf(path)), path].join(' -> '));
        return;
      }
      if (done.has(path)) {
        return;
      }
      for (const next of edges.get(path) ?? []) {
        visit(next, [...trail, path]);
      }
      done.add(path);
    };
    for (const file of files) {
      visit(file.path, []);
    }
    expect(cycles).toEqual([]);
  });

  it('has no file over 300 lines', () => {
    expect(files.filter((file) => file.lines > 300).map((file) => `${file.path}: ${file.lines}`)).toEqual([]);
  });

  it('says in each first line what the room is for', () => {
    expect(files.filter((file) => !file.text.startsWith('/** ')).map((file) => file.path)).toEqual([]);
  });

  it('crosses rooms by #src and stays inside by ./', () => {
    expect(files.filter((file) => /from '\.\.\/\.\.\//.test(file.text)).map((file) => file.path)).toEqual([]);
  });

  it.each([
    ['process.env', /process\.env/, ['config.ts']],
    ['Date.now', /\bDate\.now\(/, ['lib/clock.ts']],
    ['randomUUID', /randomUUID/, []],
    ['the Prisma client', /generated\/client/, ['store', 'core', 'engine']],
    ['a default export', /^export default/m, []],
  ])('uses %s only where it belongs', (_, pattern, homes) => {
    const strays = files
      .filter((file) => pattern.test(file.text))
      .filter((file) => !homes.includes(file.path) && !homes.includes(roomOf(file.path)))
      .map((file) => file.path);
    expect(strays).toEqual([]);
  });
});

/** Keeps docs/security.md true: files and tests that it names are there, and each defence of the mutants is in it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { DEFENCES } from '#test/mutants/defences.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const text = readFileSync(join(root, 'docs/security.md'), 'utf8');
const section = text.slice(text.indexOf('## 防线'), text.indexOf('## 不防什么'));
const rows = section.split('\n').filter((line) => /^\| (?!防线|---)/.test(line));

it('names only files that there are', () => {
  const named = [...text.matchAll(/`((?:src|test|docs|prisma)\/[^`\s]+)`/g)].map(([, path = '']) => path);
  expect(named.length).toBeGreaterThan(50);
  expect(
    named.filter(
      (path) => !(path.includes('*') ? /^test\/access\/rows-/.test(path) : existsSync(join(root, path))),
    ),
  ).toEqual([]);
});

it('gives each defence its code and its test', () => {
  expect(rows.length).toBeGreaterThan(20);
  for (const row of rows) {
    const [, , code = '', test = ''] = row.split('|');
    expect([row, /`[\w./-]+`/.test(code), /`test\/[\w./-]+\.test\.ts`/.test(test)]).toEqual([
      row,
      true,
      true,
    ]);
  }
});

it.each(DEFENCES)('has the defence that the mutants take out: $name', ({ file, test }) => {
  const row = rows.find(
    (line) => line.includes('★') && line.includes(test) && (line.includes(file) || file.startsWith('src/')),
  );
  expect(row, `docs/security.md needs a row with ★ and ${test}`).toBeDefined();
});

/** Keeps docs/simulator.md true: each row names a test, and that test is there. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const text = readFileSync(join(root, 'docs/simulator.md'), 'utf8');

const rows = text
  .split('\n')
  .filter((line) => line.startsWith('| ') && !/^\| (?:---|演什么)/.test(line))
  .map((line) => line.slice(2, -2).split(' | '))
  .map((cells) => {
    const [, path = '', name = ''] = /^`([^`]+\.test\.ts)`: (.+)$/.exec(cells.at(-1) ?? '') ?? [];
    return { what: cells[0] ?? '', path, name };
  });

it('has rows', () => {
  expect(rows.length).toBeGreaterThan(30);
});

it.each(rows)('shows $what by a test that exists', ({ path, name }) => {
  expect(path).not.toBe('');
  expect(existsSync(join(root, path)), path).toBe(true);
  const source = readFileSync(join(root, path), 'utf8');
  const quoted = [`'${name}'`, `"${name}"`, `'${name.replaceAll("'", "\\'")}'`];
  expect(
    quoted.some(
      (one) =>
        source.includes(`it(${one}`) || source.includes(`)(${one}`) || source.includes(`(\n    ${one}`),
    ),
    name,
  ).toBe(true);
});

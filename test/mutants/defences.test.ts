/** The patches of `npm run mutants` apply, parse, and name tests that there are; the command itself takes minutes and runs apart. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { transformSync } from 'esbuild';
import { expect, it } from 'vitest';
import { root, withoutDefence } from './copy.js';
import { DEFENCES } from './defences.js';

it('ten defences and more are taken out', () => {
  expect(DEFENCES.length).toBeGreaterThanOrEqual(10);
  expect(new Set(DEFENCES.map(({ name }) => name)).size).toBe(DEFENCES.length);
});

it.each(DEFENCES)('$name', (defence) => {
  const text = withoutDefence(readFileSync(join(root, defence.file), 'utf8'), defence);
  expect(() => transformSync(text, { loader: 'ts' })).not.toThrow();
  expect(existsSync(join(root, defence.test)), defence.test).toBe(true);
});

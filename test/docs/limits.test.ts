/** The limits that are on by default stand in docs/running.md, each with its words and number. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { describeLimit, LIMITS } from '#src/core/limit-table.js';

it('lists every limit in the order of the table', () => {
  const text = readFileSync(new URL('../../docs/running.md', import.meta.url), 'utf8');
  const rows = [...text.matchAll(/^\| `([a-z-]+-(?:minute|day|standing))` \| (.*) \| (\d+) \|$/gm)];
  expect(rows.map(([, name, words, usual]) => [name, words, Number(usual)])).toEqual(
    LIMITS.map((row) => {
      const { zh, en } = describeLimit(row);
      return [row.name, `${zh} ${en}`, row.usual];
    }),
  );
});

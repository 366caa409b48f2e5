/** JSON parameters survive whatever text strangers send. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openStore } from '#src/store/open.js';
import { toSqlJson } from '#src/store/sql-json.js';

const TEXTS: [string, string, string][] = [
  ['ordinary text', '你好 😀 "x" \\ \n', '你好 😀 "x" \\ \n'],
  ['half a pair', 'a\ud800b\udc00', 'a\ufffdb\ufffd'],
  ['a NUL', 'a\u0000b', 'a\ufffdb'],
  ['text that only looks like an escape', '\\ud800 \\\\ud800 \\u0000', '\\ud800 \\\\ud800 \\u0000'],
  ['half a pair behind backslashes', '\\\ud800\\\\\ud800', '\\\ufffd\\\\\ufffd'],
];

it.each(TEXTS)('carries %s', (_name, text, expected) => {
  expect(JSON.parse(toSqlJson([{ text }]))).toEqual([{ text: expected }]);
});

it('reads back from the database what it wrote', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'qingniao-json-'));
  const store = await openStore(`file:${join(folder, 'test.db')}`);
  const rows = await store.db.$queryRawUnsafe<{ text: string }[]>(
    `SELECT value AS "text" FROM json_each(?)`,
    toSqlJson(TEXTS.map(([, text]) => text)),
  );
  expect(rows.map((row) => row.text)).toEqual(TEXTS.map(([, , expected]) => expected));
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

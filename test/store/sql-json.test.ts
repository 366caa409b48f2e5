/** JSON parameters come back from the database as the texts that went in, whatever those hold. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { both, query } from '#src/store/sql.js';
import { toSqlJson } from '#src/store/sql-json.js';
import { openStoreWorld, type StoreWorld } from './store-world.js';

let w: StoreWorld;
beforeAll(async () => {
  w = await openStoreWorld();
});
afterAll(() => w.close());

const READ_BACK = both((q) => `SELECT j."text" FROM ${q.rows('j', { text: 'text' })}`);

async function roundTrip(text: string): Promise<unknown> {
  const [row] = await query<{ text: string }>(w.db, READ_BACK, toSqlJson([{ text }]));
  return row?.text;
}

it.each([
  ['plain', 'CPU > 90%'],
  ['Chinese and emoji', '磁盘 👨‍👩‍👧 满了'],
  ['line ends and tabs', 'a\r\nb\tc\u2028d'],
  ['quotes and backslashes', `"a" \\ 'b' \\\\ \\u0000 \\ud800`],
  ['control characters', '\u0001\u001b[31m\u007f'],
  ['placeholders', '? $1 :name %s'],
  ['nothing', ''],
])('keeps %s', async (_, text) => {
  expect(await roundTrip(text)).toBe(text);
});

it.each([
  ['a first half alone', 'a\ud83db', 'a\ufffdb'],
  ['a second half alone', '\ude00b', '\ufffdb'],
  ['halves in the wrong order', '\ude00\ud83d', '\ufffd\ufffd'],
  ['NUL', 'a\u0000b', 'a\ufffdb'],
])('replaces %s, which no database takes', async (_, text, kept) => {
  expect(await roundTrip(text)).toBe(kept);
});

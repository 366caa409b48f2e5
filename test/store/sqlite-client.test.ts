/** SQLite in its thread: whole transactions, one at a time, with SQLite's own errors. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openSqlite, type SqliteClient } from '#src/store/sqlite-client.js';
import { toObjects } from '#src/store/sqlite-rows.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
let folder: string;
let client: SqliteClient;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'qingniao-sqlite-'));
  client = await openSqlite(`file:${join(folder, 'test.db')}`);
  await client.runScript(
    `CREATE TABLE "T" ("id" INTEGER PRIMARY KEY, "big" BIGINT, "flag" BOOLEAN, "at" DATETIME, "text" TEXT UNIQUE)`,
  );
});
afterEach(async () => {
  await client.close().catch(() => undefined);
  rmSync(folder, { recursive: true, force: true });
});

const insert = (text: string) => ({ sql: 'INSERT INTO "T" ("text") VALUES (?)', args: [text] });
const texts = async () => {
  const result = await client.run({ sql: 'SELECT "text" FROM "T" ORDER BY "id"', args: [] });
  return result.rows.flat();
};

it('gives values the types of their columns', async () => {
  const at = new Date(1_795_000_000_000);
  const sql =
    'INSERT INTO "T" ("big", "flag", "at", "text") VALUES (?, ?, ?, ?) RETURNING *, typeof("big") AS kind';
  const result = await client.run({ sql, args: [9_000_000_000_000_001, true, at, 'a\0b\ud800'] });
  expect(toObjects(result)).toEqual([
    { id: 1, big: 9_000_000_000_000_001n, flag: true, at, text: 'a\ufffdb\ufffd', kind: 'integer' },
  ]);
});

it('tells how many rows a statement changed', async () => {
  await client.runTogether([insert('a'), insert('b')]);
  const [updated] = await client.runTogether([{ sql: 'UPDATE "T" SET "big" = 1', args: [] }]);
  expect(updated?.changed).toBe(2);
});

it('undoes all when one statement fails, and says what SQLite says', async () => {
  await client.runTogether([insert('a')]);
  const failed = client.runTogether([insert('b'), insert('a')]);
  await expect(failed).rejects.toMatchObject({
    name: 'SqliteError',
    code: 'SQLITE_CONSTRAINT_UNIQUE',
    rawCode: 2067,
  });
  expect(await texts()).toEqual(['a']);
  await client.runTogether([insert('c'), insert('d')]);
  expect(await texts()).toEqual(['a', 'c', 'd']);
});

it('lets nothing into a transaction that somebody holds open', async () => {
  const { release } = await client.hold();
  await client.run({ sql: 'BEGIN', args: [] });
  await client.run(insert('inside'));
  const outside = client.runTogether([insert('outside')]);
  const next = client.hold();
  await client.run({ sql: 'ROLLBACK', args: [] });
  release();
  release();
  await outside;
  (await next).release();
  expect(await texts()).toEqual(['outside']);
});

it('refuses what comes after it was closed', async () => {
  await client.close();
  await expect(client.run(insert('late'))).rejects.toThrow('the database is closed');
});

it('lets a process end that has closed nothing', async () => {
  const script = `import { openSqlite } from '#src/store/sqlite-client.js';
    const client = await openSqlite(':memory:');
    console.log((await client.run({ sql: 'SELECT 1 AS one', args: [] })).rows.length);`;
  const args = ['--import', 'tsx', '--input-type=module', '-e', script];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root });
  expect(stdout.trim()).toBe('1');
});

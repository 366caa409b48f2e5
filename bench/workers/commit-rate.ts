/** Worker: how often SQLite itself commits on this disk, with the server's settings and nothing around it. */
import { join } from 'node:path';
import { createClient } from '@libsql/client';
import { answer, readInput } from './answer.js';

/** Where, how long, and how many rows a commit. */
export interface CommitInput {
  folder: string;
  seconds: number;
  rows: number;
  /** Bytes of text in a row. */
  rowBytes: number;
}

/** What came of it. */
export interface CommitResult {
  commitsPerSecond: number;
  rowsPerSecond: number;
}

const input = readInput<CommitInput>();
const client = createClient({ url: `file:${join(input.folder, `commits-${input.rows}.db`)}` });
await client.execute('PRAGMA journal_mode=WAL');
await client.execute('PRAGMA wal_autocheckpoint=4000');
await client.execute('CREATE TABLE t (id INTEGER PRIMARY KEY, text TEXT NOT NULL)');
const texts = JSON.stringify(Array.from({ length: input.rows }, () => 'x'.repeat(input.rowBytes)));
const startedAt = performance.now();
let commits = 0;
while (performance.now() - startedAt < input.seconds * 1000) {
  await client.execute({ sql: 'INSERT INTO t (text) SELECT value FROM json_each(?)', args: [texts] });
  commits += 1;
}
const perSecond = commits / ((performance.now() - startedAt) / 1000);
client.close();
answer({ commitsPerSecond: perSecond, rowsPerSecond: perSecond * input.rows } satisfies CommitResult);

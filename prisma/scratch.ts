/** An empty throw-away SQLite database for comparing the schema with its migrations. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PrismaLibSql } from '@prisma/adapter-libsql';

/** Runs `use` with a new database file that is removed afterwards. */
export async function withScratchDatabase<T>(use: (adapter: PrismaLibSql) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'qingniao-scratch-'));
  try {
    return await use(new PrismaLibSql({ url: `file:${join(folder, 'scratch.db')}` }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

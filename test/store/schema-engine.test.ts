/** The schema, its migrations and the engine that applies them belong together. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PrismaLibSql } from '@prisma/adapter-libsql';
import { enginesVersion } from '@prisma/engines-version';
import Database from 'libsql';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { withScratchFile } from '#prisma/scratch.js';
import { applyMigrations, diffMigrations, listMigrations, readSchema } from '#src/store/schema-engine.js';

let folder: string;
let adapter: PrismaLibSql;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'qingniao-scratch-'));
  adapter = new PrismaLibSql({ url: `file:${join(folder, 'scratch.db')}` });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('has migrations that say all that the schema says', async () => {
  expect(await withScratchFile((scratch) => diffMigrations(scratch, 'sqlite'))).toBe('');
});

it('applies each migration once', async () => {
  const names = listMigrations('sqlite').migrationDirectories.map(({ path }) => path);
  expect(names.length).toBeGreaterThan(0);
  expect(await applyMigrations(adapter, 'sqlite')).toEqual(names);
  expect(await applyMigrations(adapter, 'sqlite')).toEqual([]);
});

it.each([
  ['one is missing', (db: Database.Database) => db.exec(`DELETE FROM _prisma_migrations WHERE rowid = 2`)],
  [
    'one has not ended',
    (db: Database.Database) => db.exec(`UPDATE _prisma_migrations SET finished_at = NULL WHERE rowid = 2`),
  ],
])('asks the engine when %s', async (_, spoil) => {
  await applyMigrations(adapter, 'sqlite');
  const db = new Database(join(folder, 'scratch.db'));
  spoil(db);
  db.close();
  await expect(applyMigrations(adapter, 'sqlite')).rejects.toThrow();
});

it('leaves the engine out when all is applied', async () => {
  await applyMigrations(adapter, 'sqlite');
  let connections = 0;
  const connect = adapter.connect.bind(adapter);
  adapter.connect = () => {
    connections += 1;
    return connect();
  };
  expect(await applyMigrations(adapter, 'sqlite')).toEqual([]);
  expect(connections).toBe(1);
});

it('runs the engine that belongs to the client', () => {
  const entry = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const { version } = JSON.parse(readFileSync(join(entry, '..', 'package.json'), 'utf8')) as {
    version: string;
  };
  expect(version.split('.').at(-1)).toBe(enginesVersion);
});

it('has one model for all providers: only the name differs', () => {
  const [sqlite, postgresql] = [readSchema('sqlite'), readSchema('postgresql')];
  expect(sqlite).toContain('provider = "sqlite"');
  expect(postgresql).toBe(sqlite.replace('provider = "sqlite"', 'provider = "postgresql"'));
});

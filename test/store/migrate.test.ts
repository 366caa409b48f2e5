/** Migrations: all that the schema says, each once, and whole whatever interrupts them. */
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { enginesVersion } from '@prisma/engines-version';
import Database from 'libsql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { diffMigrations, readSchema } from '#prisma/schema-engine.js';
import { withScratchFile } from '#prisma/scratch.js';
import { applyMigrations, type MigrationConnection, planMigrations } from '#src/store/migrate.js';
import { listMigrations, splitStatements } from '#src/store/migrations.js';
import { openStore } from '#src/store/open.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'qingniao-scratch-'));
  path = join(folder, 'scratch.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const NAMES = listMigrations('sqlite').map(({ name }) => name);

/** Works on the file with a connection that breaks before the statement of this number, and leaves it as a killed process does. */
async function withFile<T>(
  use: (connection: MigrationConnection) => Promise<T>,
  { killedAt = Number.POSITIVE_INFINITY } = {},
): Promise<T> {
  const database = new Database(path);
  let left = killedAt;
  let isDead = false;
  const connection: MigrationConnection = {
    provider: 'sqlite',
    run: async (statement) => {
      if (left === 0 && !isDead) {
        isDead = true;
        const kept = `${path}.kept`;
        copyParts(path, kept);
      }
      if (isDead) {
        throw new Error('killed');
      }
      left -= 1;
      database.exec(statement);
    },
    query: async (statement) => database.prepare(statement).raw(true).all() as unknown[][],
  };
  try {
    return await use(connection);
  } finally {
    if (isDead) {
      // What was on the disk in that moment, journal and all, is what the next process finds.
      if (database.inTransaction) {
        database.exec('ROLLBACK');
      }
      database.close();
      copyParts(`${path}.kept`, path);
    } else {
      database.close();
    }
  }
}

function copyParts(from: string, to: string): void {
  for (const part of ['', '-journal', '-wal', '-shm']) {
    rmSync(to + part, { force: true });
    if (existsSync(from + part)) {
      copyFileSync(from + part, to + part);
    }
  }
}

const bringUp = async (connection: MigrationConnection): Promise<string[]> =>
  applyMigrations(connection, await planMigrations(connection));

const applyNext = async (connection: MigrationConnection): Promise<string[]> => {
  const plan = await planMigrations(connection);
  return applyMigrations(connection, { ...plan, missing: plan.missing.slice(0, 1) });
};

function readTables(): unknown[] {
  const database = new Database(path);
  const rows = database
    .prepare(
      `SELECT type, name, sql FROM sqlite_schema WHERE name <> '_prisma_migrations' ORDER BY type, name`,
    )
    .raw(true)
    .all();
  database.close();
  return rows;
}

function spoil(sql: string): void {
  const database = new Database(path);
  database.exec(sql);
  database.close();
}

it('has migrations that say all that the schema says', async () => {
  expect(await withScratchFile((scratch) => diffMigrations(scratch, 'sqlite'))).toBe('');
});

it('makes the same tables as the engine of Prisma', async () => {
  await withFile(bringUp);
  const ours = readTables();
  rmSync(path);
  const { DescribingLibSql } = await import('#prisma/scratch.js');
  await diffMigrations(new DescribingLibSql({ url: `file:${path}` }), 'sqlite');
  expect(ours).toEqual(readTables());
});

it('applies each migration once', async () => {
  expect(await withFile(bringUp)).toEqual(NAMES);
  expect(await withFile(bringUp)).toEqual([]);
});

it.each(['sqlite', 'postgresql'] as const)('has nothing for %s that cannot be undone', (provider) => {
  const statements = listMigrations(provider).flatMap(({ sql }) => splitStatements(sql));
  expect(statements.length).toBeGreaterThan(50);
  expect(
    statements.filter((text) =>
      /^(BEGIN|COMMIT|END|ROLLBACK|VACUUM|ATTACH|DETACH)\b|\bCONCURRENTLY\b|\$\$/i.test(text),
    ),
  ).toEqual([]);
});

it('reads a script by its statements', () => {
  expect(
    splitStatements(
      `-- a; b\nINSERT INTO "x;y" VALUES ('it''s; -- so');\n/* no; */ DROP TABLE t;;\n UPDATE a SET b = 1`,
    ),
  ).toEqual([`INSERT INTO "x;y" VALUES ('it''s; -- so')`, 'DROP TABLE t', 'UPDATE a SET b = 1']);
});

describe('a process that is killed', () => {
  it('before any statement of any migration leaves what the next start goes on from', async () => {
    for (const name of NAMES) {
      const before = readTables();
      let isDone = false;
      for (let killedAt = 0; !isDone; killedAt += 1) {
        isDone = await withFile(applyNext, { killedAt }).then(
          (applied) => {
            expect(applied).toEqual([name]);
            return true;
          },
          (error: Error) => {
            expect(error.message).toBe('killed');
            return false;
          },
        );
        if (!isDone) {
          expect(readTables()).toEqual(before);
          expect((await withFile(planMigrations)).begun.size).toBe(0);
        }
      }
    }
    expect(await withFile(bringUp)).toEqual([]);
  });

  it('leaves a migration of an older build half done, which is gone on with', async () => {
    await withFile(bringUp);
    const whole = readTables();
    for (const [at, { name, sql }] of listMigrations('sqlite').entries()) {
      const statements = splitStatements(sql);
      const steps = at === 0 ? [0, 1, 20, statements.length] : statements.map((_, step) => step + 1);
      for (const done of steps) {
        rmSync(path, { force: true });
        await withFile(async (connection) => {
          const plan = await planMigrations(connection);
          await applyMigrations(connection, { ...plan, missing: plan.missing.slice(0, at) });
        });
        const table = at === 0 ? await tableOfPrisma() : '';
        spoil(
          `${table}INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ('x', 'x', '${name}');
           ${statements.slice(0, done).join(';\n')}`,
        );
        expect(await withFile(bringUp)).toEqual(NAMES.slice(at));
        expect(readTables()).toEqual(whole);
      }
    }
  });
});

/** The statement that makes the table of Prisma, as a database of an older build has it. */
async function tableOfPrisma(): Promise<string> {
  const other = new Database(':memory:');
  await applyMigrations(
    {
      provider: 'sqlite',
      run: async (statement) => void other.exec(statement),
      query: async () => [],
    },
    { missing: listMigrations('sqlite').slice(0, 1), begun: new Set(), strange: [], isNew: true },
  );
  const [sql] = other
    .prepare(`SELECT sql FROM sqlite_schema WHERE name = '_prisma_migrations'`)
    .raw(true)
    .get() as [string];
  other.close();
  return `${sql};`;
}

describe('a database', () => {
  it('of a newer build is left alone by an older one, which says so', async () => {
    await withFile(bringUp);
    spoil(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at) VALUES ('x', 'x', '9999_new', 1)`,
    );
    await expect(openStore(`file:${path}`)).rejects.toThrow(/written by a newer version \(9999_new\)/);
  });

  it('that somebody else made is not filled with our tables', async () => {
    spoil('CREATE TABLE letters (id INTEGER)');
    await expect(openStore(`file:${path}`)).rejects.toThrow(/not a database of Qingniao.*letters/);
    expect(readTables()).toHaveLength(1);
  });
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

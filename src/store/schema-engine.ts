/** Prisma's own schema engine in its WASM build: migrates a database and writes new migrations without any download. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import {
  bindMigrationAwareSqlAdapterFactory,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import type { MigrationList, SchemaEngine, SchemaFilter } from '@prisma/schema-engine-wasm/schema_engine_bg';
import { PROJECT_DIR } from '#src/lib/project.js';
import type { Provider } from './db.js';

const prismaDir = join(PROJECT_DIR, 'prisma');
const everything: SchemaFilter = { externalTables: [], externalEnums: [] };
// Node has WebAssembly; the type library of a server without a DOM does not declare it.
const compileWasm = (
  globalThis as unknown as {
    WebAssembly: {
      instantiate(code: Buffer, imports: object): Promise<{ instance: { exports: Record<string, unknown> } }>;
    };
  }
).WebAssembly.instantiate;
let instantiated: Promise<typeof import('@prisma/schema-engine-wasm/schema_engine_bg')> | null = null;

/** Loads the engine on one database, or on none in particular where `adapter` is only used for comparing. */
export async function openSchemaEngine(
  adapter: SqlMigrationAwareDriverAdapterFactory,
  provider: Provider,
): Promise<SchemaEngine> {
  instantiated ??= instantiate();
  const engine = await instantiated;
  const log = (): void => {};
  const datamodels: [string, string][] = [[join(prismaDir, 'schema.prisma'), readSchema(provider)]];
  return engine.SchemaEngine.new({ datamodels }, log, bindMigrationAwareSqlAdapterFactory(adapter));
}

/** The schema's text for a provider: one model, only the provider's name differs. */
export function readSchema(provider: Provider): string {
  const text = readFileSync(join(prismaDir, 'schema.prisma'), 'utf8');
  return text.replace(/(datasource db \{\s*provider = )"\w+"/, `$1"${provider}"`);
}

/** All migrations of a provider, oldest first, as the engine wants them. */
export function listMigrations(provider: Provider): MigrationList {
  const baseDir = join(prismaDir, 'migrations', provider);
  const names = readdirSync(baseDir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  return {
    baseDir,
    lockfile: { path: 'migration_lock.toml', content: `provider = "${provider}"\n` },
    shadowDbInitScript: '',
    migrationDirectories: names.map((name) => ({
      path: basename(name),
      migrationFile: {
        path: 'migration.sql',
        content: { tag: 'ok', value: readFileSync(join(baseDir, name, 'migration.sql'), 'utf8') },
      },
    })),
  };
}

/**
 * Brings a database up to date and returns the names of the migrations it applied. Safe to repeat. The engine, which costs
 * half a second and 25 MB, is loaded only when there may be something to do.
 */
export async function applyMigrations(
  adapter: SqlMigrationAwareDriverAdapterFactory,
  provider: Provider,
): Promise<readonly string[]> {
  if (await isUpToDate(adapter, provider)) {
    return [];
  }
  const engine = await openSchemaEngine(adapter, provider);
  try {
    const result = await engine.applyMigrations({
      migrationsList: listMigrations(provider),
      filters: everything,
    });
    return result.appliedMigrationNames;
  } finally {
    engine.free();
  }
}

/** Whether the database says that exactly these migrations, word for word, were applied to their end. */
async function isUpToDate(
  adapter: SqlMigrationAwareDriverAdapterFactory,
  provider: Provider,
): Promise<boolean> {
  const sql = `SELECT "migration_name", CASE WHEN "finished_at" IS NULL THEN '' ELSE "checksum" END
    FROM "_prisma_migrations" WHERE "rolled_back_at" IS NULL`;
  const connection = await adapter.connect();
  try {
    const { rows } = await connection.queryRaw({ sql, args: [], argTypes: [] });
    const applied = rows.map((row) => row.join(' ')).sort();
    return isDeepStrictEqual(applied, listChecksums(provider));
  } catch {
    // A new database has no such table; for any other reason the engine finds the words.
    return false;
  } finally {
    await connection.dispose();
  }
}

/** Each migration's name with the checksum that the engine writes beside it. */
function listChecksums(provider: Provider): string[] {
  return listMigrations(provider).migrationDirectories.map(({ path, migrationFile: { content } }) => {
    const text = content.tag === 'ok' ? content.value : '';
    return `${path} ${createHash('sha256').update(text).digest('hex')}`;
  });
}

/**
 * The statements that lead from the migrations to the schema; an empty text when they agree. `adapter` opens an empty
 * scratch database: the migrations are applied there and what comes of them is compared with the schema. (The engine's
 * own comparison through a shadow database keeps only the first statement of a migration with the libsql adapter.)
 */
export async function diffMigrations(
  adapter: SqlMigrationAwareDriverAdapterFactory,
  provider: Provider,
): Promise<string> {
  await applyMigrations(adapter, provider);
  const files = [{ path: join(prismaDir, 'schema.prisma'), content: readSchema(provider) }];
  const engine = await openSchemaEngine(adapter, provider);
  try {
    const result = await engine.diff({
      from: { tag: 'schemaDatasource', files, configDir: prismaDir },
      to: { tag: 'schemaDatamodel', files },
      script: true,
      exitCode: true,
      filters: everything,
    });
    return result.exitCode === 0 ? '' : (result.stdout ?? '');
  } finally {
    engine.free();
  }
}

async function instantiate(): Promise<typeof import('@prisma/schema-engine-wasm/schema_engine_bg')> {
  const bg = await import('@prisma/schema-engine-wasm/schema_engine_bg');
  const entry = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const wasm = await readFile(join(entry, '..', 'schema_engine_bg.wasm'));
  const { instance } = await compileWasm(wasm, { './schema_engine_bg.js': bg });
  bg.__wbg_set_wasm(instance.exports);
  // Fills the table of JavaScript values (undefined, null, true, false) that the engine compares against.
  (instance.exports.__wbindgen_start as () => void)();
  return bg;
}

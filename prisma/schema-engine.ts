/** Prisma's own schema engine in its WASM build: compares schema and migrations, and writes new ones, without any download. */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import {
  bindMigrationAwareSqlAdapterFactory,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import type { MigrationList, SchemaEngine, SchemaFilter } from '@prisma/schema-engine-wasm/schema_engine_bg';
import { PROJECT_DIR } from '#src/lib/project.js';
import type { Provider } from '#src/store/db.js';
import { listMigrations, migrationsFolder } from '#src/store/migrations.js';

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

/** The migrations as the engine wants them. */
function listForEngine(provider: Provider): MigrationList {
  return {
    baseDir: migrationsFolder(provider),
    lockfile: { path: 'migration_lock.toml', content: `provider = "${provider}"\n` },
    shadowDbInitScript: '',
    migrationDirectories: listMigrations(provider).map(({ name, sql }) => ({
      path: name,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: sql } },
    })),
  };
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
  const files = [{ path: join(prismaDir, 'schema.prisma'), content: readSchema(provider) }];
  const engine = await openSchemaEngine(adapter, provider);
  try {
    await engine.applyMigrations({ migrationsList: listForEngine(provider), filters: everything });
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

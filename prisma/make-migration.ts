/** Writes new migrations from what the schema says beyond the migrations: `npm run migration -- add-something`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Provider } from '#src/store/db.js';
import { listMigrations, migrationsFolder } from '#src/store/migrations.js';
import { diffMigrations } from './schema-engine.ts';
import { withScratchFile, withScratchPostgres } from './scratch.ts';

const name = process.argv[2] ?? '';
if (!/^[a-z][a-z0-9-]*$/.test(name)) {
  console.error('usage: npm run migration -- name-in-kebab-case');
  process.exit(1);
}
write('sqlite', await withScratchFile((adapter) => diffMigrations(adapter, 'sqlite')));
write('postgresql', await withScratchPostgres((adapter) => diffMigrations(adapter, 'postgresql')));

function write(provider: Provider, script: string | null): void {
  if (script === null) {
    console.error(`${provider}: no server found to compare with (install it or set QINGNIAO_TEST_POSTGRES)`);
    process.exitCode = 1;
    return;
  }
  if (script === '') {
    console.log(`${provider}: the migrations already say what the schema says`);
    return;
  }
  const number = String(listMigrations(provider).length + 1).padStart(4, '0');
  const folder = join(migrationsFolder(provider), `${number}_${name}`);
  mkdirSync(folder, { recursive: true });
  // Texts are ordered byte by byte, as in SQLite: the statements rely on it.
  const text =
    provider === 'postgresql' ? script.replace(/ TEXT\b(?! COLLATE)/g, ' TEXT COLLATE "C"') : script;
  writeFileSync(join(folder, 'migration.sql'), text);
  console.log(`${provider}: wrote ${number}_${name}: read it like code before you commit it`);
}

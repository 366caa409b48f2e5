/** Writes a new migration from what the schema says beyond the migrations: `npm run migration -- add-something`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { diffMigrations, listMigrations } from '#src/store/schema-engine.js';
import { withScratchDatabase } from './scratch.ts';

const name = process.argv[2] ?? '';
if (!/^[a-z][a-z0-9-]*$/.test(name)) {
  console.error('usage: npm run migration -- name-in-kebab-case');
  process.exit(1);
}
const script = await withScratchDatabase((adapter) => diffMigrations(adapter, 'sqlite'));
if (script === '') {
  console.log('the migrations already say what the schema says');
} else {
  const number = String(listMigrations('sqlite').migrationDirectories.length + 1).padStart(4, '0');
  const folder = fileURLToPath(new URL(`./migrations/sqlite/${number}_${name}/`, import.meta.url));
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}migration.sql`, script);
  console.log(`wrote ${number}_${name}: read it like code before you commit it`);
}

/** The migrations of this build: what each does, statement by statement. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256Hex } from '#src/lib/hash.js';
import { PROJECT_DIR } from '#src/lib/project.js';
import type { Provider } from './db.js';

/** One step from an older schema to a newer. */
export interface Migration {
  /** Its folder: `0007_people-search`. Names are applied in their order. */
  name: string;
  sql: string;
}

/** All migrations of a provider, oldest first. */
export function listMigrations(provider: Provider): Migration[] {
  const folder = migrationsFolder(provider);
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => ({ name, sql: readFileSync(join(folder, name, 'migration.sql'), 'utf8') }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Where a provider's migrations lie. */
export function migrationsFolder(provider: Provider): string {
  return join(PROJECT_DIR, 'prisma', 'migrations', provider);
}

/** What Prisma writes beside the name of an applied migration. */
export function checksumOf({ sql }: Migration): string {
  return sha256Hex(sql);
}

/** A quoted text or name, a comment, or the end of a statement: what may hold a semicolon, and the one that ends. */
const PIECE = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|;/g;

/** The statements of a script, without comments. Texts in dollars are not understood. */
export function splitStatements(sql: string): string[] {
  const statements: string[] = [];
  let statement = '';
  let from = 0;
  for (const { 0: piece, index } of sql.matchAll(PIECE)) {
    const isComment = piece.startsWith('--') || piece.startsWith('/*');
    statement += sql.slice(from, index) + (isComment || piece === ';' ? '' : piece);
    from = index + piece.length;
    if (piece === ';') {
      statements.push(statement.trim());
      statement = '';
    }
  }
  statements.push((statement + sql.slice(from)).trim());
  return statements.filter((text) => text !== '');
}

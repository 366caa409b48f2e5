/** Rows of a statement as objects, with the same JavaScript types that Prisma gives for PostgreSQL. */
import type { SqliteRows } from './sqlite-calls.js';

type Read = (value: unknown) => unknown;

/** How a declared column is read; computed ones and BIGINT stay bigint. */
const READERS: Readonly<Record<string, Read>> = {
  INTEGER: (value) => (typeof value === 'bigint' ? Number(value) : value),
  BOOLEAN: (value) => (typeof value === 'bigint' ? value !== 0n : value),
  DATETIME: (value) => (typeof value === 'bigint' ? new Date(Number(value)) : value),
};
const AS_IT_IS: Read = (value) => value;

/** The rows by their columns' names. */
export function toObjects({ columns, columnTypes, rows }: SqliteRows): Record<string, unknown>[] {
  const readers = columnTypes.map((type) => READERS[type.toUpperCase()] ?? AS_IT_IS);
  return rows.map((row) => {
    const object: Record<string, unknown> = {};
    for (const [at, name] of columns.entries()) {
      object[name] = readers[at]?.(row[at]);
    }
    return object;
  });
}

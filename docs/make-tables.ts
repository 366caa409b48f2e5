/** Makes the tables of docs/dialects.md anew: `npm run docs`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { readFacts } from '#test/docs/facts.js';
import { openOutside } from '#test/docs/outside.js';
import { replaceTables } from './tables.js';

const FILE = new URL('dialects.md', import.meta.url);

const outside = await openOutside();
try {
  writeFileSync(FILE, replaceTables(readFileSync(FILE, 'utf8'), await readFacts(outside)));
} finally {
  await outside.close();
}

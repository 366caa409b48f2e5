// Generates the Prisma clients, one for each database, when they are missing or older than the schema. Runs before start,
// test and check. `prisma generate` needs only WASM that ships inside npm packages, but its CLI insists on a native schema
// engine that it would download; naming any existing executable as that engine keeps it from trying.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const schema = here('./schema.prisma');
const marker = here('../src/store/generated/.schema-hash');
const postgresMarker = here('../src/store/generated-postgresql/.schema-hash');
const require = createRequire(import.meta.url);

const version = require('@prisma/client/package.json').version;
const text = readFileSync(schema, 'utf8');
const hash = createHash('sha256').update(version).update(text).digest('hex');

if (!isFresh(marker)) {
  generate(schema);
  writeFileSync(marker, hash);
}
if (!isFresh(postgresMarker)) {
  // The same model: only the provider's name and the place differ.
  const copy = here('../node_modules/.qingniao-postgresql.prisma');
  writeFileSync(
    copy,
    text
      .replace(/(datasource db \{\s*provider = )"\w+"/, '$1"postgresql"')
      .replace('"../src/store/generated"', JSON.stringify(here('../src/store/generated-postgresql'))),
  );
  generate(copy);
  writeFileSync(postgresMarker, hash);
}

function isFresh(path) {
  return existsSync(path) && readFileSync(path, 'utf8') === hash;
}

function generate(path) {
  const cli = require.resolve('prisma/build/index.js');
  const run = spawnSync(process.execPath, [cli, 'generate', '--schema', path], {
    encoding: 'utf8',
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
    },
  });
  if (run.status !== 0) {
    console.error(run.stdout, run.stderr);
    throw new Error('prisma generate failed');
  }
}

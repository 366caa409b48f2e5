// Generates the Prisma client when it is missing or older than the schema. Runs before start, test and check.
// `prisma generate` needs only WASM that ships inside npm packages, but its CLI insists on a native schema engine that it
// would download; naming any existing executable as that engine keeps it from trying.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const schema = here('./schema.prisma');
const marker = here('../src/store/generated/.schema-hash');
const require = createRequire(import.meta.url);

const version = require('@prisma/client/package.json').version;
const hash = createHash('sha256').update(version).update(readFileSync(schema)).digest('hex');

if (!existsSync(marker) || readFileSync(marker, 'utf8') !== hash) {
  const cli = require.resolve('prisma/build/index.js');
  const run = spawnSync(process.execPath, [cli, 'generate', '--schema', schema], {
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
  writeFileSync(marker, hash);
}

/** Fails when the schema says something that the migrations do not, or the engine differs from the client's. */

import { enginesVersion } from '@prisma/engines-version';
import packageLock from '../package-lock.json' with { type: 'json' };
import { diffMigrations } from './schema-engine.ts';
import { withScratchFile, withScratchPostgres } from './scratch.ts';

const engine = packageLock.packages['node_modules/@prisma/schema-engine-wasm'].version;
if (!engine.endsWith(`.${enginesVersion}`)) {
  console.error(
    `@prisma/schema-engine-wasm ${engine} does not belong to the client's engine ${enginesVersion}`,
  );
  process.exit(1);
}
const scripts = {
  sqlite: await withScratchFile((adapter) => diffMigrations(adapter, 'sqlite')),
  postgresql: await withScratchPostgres((adapter) => diffMigrations(adapter, 'postgresql')),
};
for (const [provider, script] of Object.entries(scripts)) {
  if (script) {
    console.error(
      `${provider}: the schema has changed without a migration (npm run migration -- NAME):\n${script}`,
    );
    process.exitCode = 1;
  }
}
if (process.exitCode === undefined) {
  console.log(
    `migrations: agree with the schema${scripts.postgresql === null ? ' (PostgreSQL not found, not looked at)' : ''}`,
  );
}

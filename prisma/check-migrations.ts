/** Fails when the schema says something that the migrations do not, or the engine differs from the client's. */

import { enginesVersion } from '@prisma/engines-version';
import { diffMigrations } from '#src/store/schema-engine.js';
import packageLock from '../package-lock.json' with { type: 'json' };
import { withScratchDatabase } from './scratch.ts';

const engine = packageLock.packages['node_modules/@prisma/schema-engine-wasm'].version;
if (!engine.endsWith(`.${enginesVersion}`)) {
  console.error(
    `@prisma/schema-engine-wasm ${engine} does not belong to the client's engine ${enginesVersion}`,
  );
  process.exit(1);
}
const script = await withScratchDatabase((adapter) => diffMigrations(adapter, 'sqlite'));
if (script !== '') {
  console.error(`the schema has changed without a migration (npm run migration -- NAME):\n${script}`);
  process.exit(1);
}
console.log('migrations: agree with the schema');

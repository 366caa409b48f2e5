/** `npm run check-data`: says how database, secret key and backups are. `--accept-key` lets a database go on whose key is lost. */
import { loadConfig } from './config.js';
import { checkData } from './data-check.js';
import { systemClock } from './lib/clock.js';
import { createLogger } from './lib/logger.js';
import { endWithReader } from './lib/pipe-end.js';
import { keepFilesPrivate } from './lib/private-files.js';
import { openData } from './open-data.js';
import { explainStart } from './start-trouble.js';

const LIGHTS = { good: '✓', warn: '!', bad: '✗' };

keepFilesPrivate();
endWithReader();
await run(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${explainStart(error) ?? String(error instanceof Error ? error.message : error)}\n`);
  process.exitCode = 1;
});

async function run(flags: readonly string[]): Promise<void> {
  if (flags.some((flag) => flag !== '--accept-key')) {
    throw new Error('用法 Usage: npm run check-data [-- --accept-key]');
  }
  const config = loadConfig();
  if (flags.includes('--accept-key')) {
    const needs = { clock: systemClock, log: createLogger(config.logLevel) };
    const { store } = await openData(config, needs, { acceptsKey: true });
    await store.close();
  }
  const found = await checkData(config, systemClock);
  for (const { light, zh, en } of found) {
    process.stdout.write(`${LIGHTS[light]} ${zh}\n  ${en}\n`);
  }
  process.exitCode = found.some(({ light }) => light === 'bad') ? 1 : 0;
}

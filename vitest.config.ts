import { readdirSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

/** Every test that opens a world: these run once more in each way in which the platform can behave. */
const worldTests = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .map((path) => `test/${path.replaceAll('\\', '/')}`)
  .filter((path) => path.endsWith('.test.ts') && readFileSync(path, 'utf8').includes('openWorld('));

const shared = { testTimeout: 60_000, hookTimeout: 60_000, pool: 'forks' as const };

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      { test: { ...shared, name: 'all', include: ['test/**/*.test.ts'] } },
      { test: { ...shared, name: 'compatible', include: worldTests, env: { WORLD_MODE: 'compatible' } } },
      { test: { ...shared, name: 'safe', include: worldTests, env: { WORLD_MODE: 'safe' } } },
      { test: { ...shared, name: 'dying-tokens', include: worldTests, env: { WORLD_TOKEN_CALLS: '20' } } },
    ],
  },
});

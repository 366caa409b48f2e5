// Threads and processes of our own run compiled.
import './prisma/ensure-build.js';
import { existsSync, readdirSync, readFileSync, statfsSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { isPostgresHere } from './test/support/postgres.ts';

/** Where Linux keeps files in memory. */
const MEMORY = '/dev/shm';
const ROOM_BYTES = 4e9;

// Every world has a database that waits for the disk at each commit. What a test writes need not outlive the machine, so it is
// written to memory where there is room, unless TMPDIR names a place.
if (process.env.TMPDIR === undefined && existsSync(MEMORY) && roomOf(MEMORY) >= ROOM_BYTES) {
  process.env.TMPDIR = MEMORY;
}

function roomOf(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

const allTests = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .map((path) => `test/${path.replaceAll('\\', '/')}`)
  .filter((path) => path.endsWith('.test.ts'));

/** Where the platform's answers and pushes are met; everything else is the same however it behaves. */
const MEETS_WECHAT = /^test\/(wechat|engine|callbacks|soak|dialects\/wxpusher)\/|^test\/(faults|spine)\.test/;

const worlds = allTests.filter((path) => readFileSync(path, 'utf8').includes('openWorld('));

/** What opens a database by the helpers that know of both: a world, the domain or the statements alone, a door alone. */
const OPENS_DATABASE = /\bopen(World|CoreWorld|StoreWorld|ApiWorld|Door|KeyDoor|MemberDoor|Cast)\(/;

/** These run once more in each way in which the platform can behave; WORLD_TESTS=all takes every test that opens a world. */
const worldTests =
  process.env.WORLD_TESTS === 'all' ? worlds : worlds.filter((path) => MEETS_WECHAT.test(path));

/**
 * What runs once more on PostgreSQL: all statements, the engine, the faults, and a test of each door; with POSTGRES_TESTS=all
 * every test that opens a database. Tests of several processes are in test/postgresql.
 */
const ON_POSTGRES =
  /^test\/(store|engine|postgresql)\/|^test\/(faults|spine|bad-input|unwritable|key-rotation|erasure)\.test|^test\/dialects\/\w+\/send\.test|^test\/web\/api\/(apps|messages)\.test|^test\/wechat\/(events|plain-mode)\.test|^test\/web\/(session\/(consent|sign-out)|console\/tokens)\.test/;
/** Files and backups are SQLite's; pictures of pages are heavy and the same whatever holds the rows. */
const ONLY_SQLITE =
  /^test\/store\/(open|sqlite-client|backups|migrate|key-and-data)\.test|\/operator\/backups\.test|\/looks?\.test/;
const postgresTests = isPostgresHere()
  ? allTests.filter(
      (path) =>
        !ONLY_SQLITE.test(path) &&
        (ON_POSTGRES.test(path) ||
          (process.env.POSTGRES_TESTS === 'all' && OPENS_DATABASE.test(readFileSync(path, 'utf8')))),
    )
  : ['test/postgresql/missing.test.ts'];

/** The test files of a project share a few processes: loading the sources anew for each file costs more than most files do. */
const shared = {
  testTimeout: 60_000,
  hookTimeout: 60_000,
  pool: 'forks' as const,
  isolate: false,
  // What Node is about to take away ends the test that uses it, ours or a package's.
  execArgv: ['--throw-deprecation', '--pending-deprecation'],
};

export default defineConfig({
  test: {
    maxWorkers: 3,
    projects: [
      { test: { ...shared, name: 'all', include: ['test/**/*.test.ts'], exclude: ['test/postgresql/**'] } },
      { test: { ...shared, name: 'compatible', include: worldTests, env: { WORLD_MODE: 'compatible' } } },
      // Its tokens die every twenty calls, too: how pushes are encrypted has nothing to do with it.
      {
        test: {
          ...shared,
          name: 'safe',
          include: worldTests,
          env: { WORLD_MODE: 'safe', WORLD_TOKEN_CALLS: '20' },
        },
      },
      {
        test: {
          ...shared,
          name: 'postgresql',
          include: postgresTests,
          env: { WORLD_DATABASE: 'postgresql' },
          globalSetup: './test/support/postgres-setup.ts',
        },
      },
    ],
  },
});

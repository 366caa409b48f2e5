/** A PostgreSQL server for tests: the one that QINGNIAO_TEST_POSTGRES names, else one of our own where it is installed. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

/** A server that runs. `urlOf` addresses one of its databases. */
export interface PostgresServer {
  urlOf(database: string): string;
  stop(): Promise<void>;
}

const START_TRIES = 100;
const START_PAUSE_MS = 100;

/** Whether a server can be had. */
export function isPostgresHere(): boolean {
  return Boolean(process.env.QINGNIAO_TEST_POSTGRES) || findBinaries() !== null;
}

/** Finds or starts a server; null where there is none to be had. What tests write need not survive a power cut. */
export async function startPostgres({ isDurable = false } = {}): Promise<PostgresServer | null> {
  const given = process.env.QINGNIAO_TEST_POSTGRES;
  if (given) {
    return { urlOf: (database) => withDatabase(given, database), stop: async () => {} };
  }
  const bin = findBinaries();
  return bin === null ? null : startOwn(bin, isDurable);
}

/** Runs one statement in a database and returns its rows. */
export async function runSql(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** The folder of `initdb` and `postgres`, or null. */
function findBinaries(): string | null {
  const packaged = '/usr/lib/postgresql';
  const versions = existsSync(packaged) ? readdirSync(packaged).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...versions.map((version) => join(packaged, version, 'bin')),
    ...(process.env.PATH ?? '').split(':'),
  ];
  return (
    folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres'))) ??
    null
  );
}

/** PostgreSQL refuses to run as root: then it runs as the user that its package made, or as nobody. */
function pickUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) {
    return undefined;
  }
  const name = spawnSync('id', ['-u', 'postgres']).status === 0 ? 'postgres' : 'nobody';
  const ask = (flag: string): number => Number(execFileSync('id', [flag, name], { encoding: 'utf8' }));
  return { uid: ask('-u'), gid: ask('-g') };
}

async function startOwn(bin: string, isDurable: boolean): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'qingniao-postgres-'));
  const user = pickUser();
  if (user) {
    chownSync(folder, user.uid, user.gid);
  }
  const data = join(folder, 'data');
  execFileSync(
    join(bin, 'initdb'),
    ['-D', data, '-A', 'trust', '-U', 'postgres', '-E', 'UTF8', '--locale=C'],
    {
      ...user,
      cwd: folder,
      stdio: 'ignore',
    },
  );
  const port = await findFreePort();
  const hasty = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];
  const settings = ['max_connections=300', ...(isDurable ? [] : hasty)];
  const flags = ['-D', data, '-p', String(port), '-k', folder, '-h', '127.0.0.1'];
  const server = spawn(join(bin, 'postgres'), [...flags, ...settings.flatMap((one) => ['-c', one])], {
    ...user,
    cwd: folder,
    stdio: 'ignore',
  });
  // Nobody else ends it when this process is told to end.
  process.once('exit', () => server.kill('SIGINT'));
  const urlOf = (database: string): string => `postgresql://postgres@127.0.0.1:${port}/${database}`;
  await waitUntilUp(urlOf('postgres'));
  return {
    urlOf,
    stop: async () => {
      const ended = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGINT');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function waitUntilUp(url: string): Promise<void> {
  for (let tried = 1; ; tried += 1) {
    try {
      await runSql(url, 'SELECT 1');
      return;
    } catch (error) {
      if (tried === START_TRIES) {
        throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, START_PAUSE_MS));
    }
  }
}

function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

function withDatabase(url: string, database: string): string {
  const made = new URL(url);
  made.pathname = `/${database}`;
  return made.href;
}

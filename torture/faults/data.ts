/** Faults around the data of a server on SQLite: an older version's database, a killed backup, a restore that is killed. */
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runCommand } from '#torture/processes.js';
import { checkIntegrity, copyDatabaseFiles, makeOlder, removeDatabaseFiles } from '#torture/sqlite-file.js';
import type { World } from '#torture/world.js';
import { BOTH, type Fault } from './blow.js';
import { serverOf } from './processes.js';

/** So far back a database is taken at most; before, rows had not all of the columns that make a message. */
const MOST_BACK = 5;
const LOOK_MS = 5;

/**
 * The database is one of an older version when the servers start again, and they are killed so many milliseconds after each of the
 * first starts began to write to it, which is when they migrate it; on PostgreSQL after they began, all of them at once. What a
 * killed server had in hand stands in columns that the older one lacks: they are stopped in order.
 */
export const upgrade: Fault<{ back: number; afterMs: readonly number[] }> = {
  databases: BOTH,
  alone: 'blows',
  draw: ({ random }) => ({
    back: random.between(1, MOST_BACK),
    afterMs: Array.from({ length: 3 }, () => random.between(0, 400)),
  }),
  fall: async (world, { back, afterMs }) => {
    const { servers, database } = world;
    await Promise.all(servers.map((server) => server.halt('SIGTERM')));
    if (database) {
      await database.makeOlder(back);
    } else {
      makeOlder(world.databasePath, back);
    }
    for (const ms of afterMs) {
      await (database ? killStarting(world, BOOT_MS + ms) : killWhileWriting(world, ms));
    }
    for (const server of servers) {
      server.go();
    }
    await world.ready();
    return [];
  },
};

/** A start loads its program so long before it does anything to a database. */
const BOOT_MS = 400;

/** Starts all servers and kills them so many milliseconds later, or when they listen. */
async function killStarting({ servers }: World, afterMs: number): Promise<void> {
  await Promise.all(
    servers.map((server) => server.tryStart(({ listening }) => Promise.race([sleep(afterMs), listening]))),
  );
}

/**
 * The server is killed so many milliseconds after the first file of a backup is there: whatever is listed as a backup afterwards is a
 * whole one.
 */
export const backup: Fault<{ afterMs: number }> = {
  databases: ['sqlite'],
  alone: 'blows',
  draw: ({ random }) => ({ afterMs: random.between(0, 300) }),
  fall: async (world, { afterMs }) => {
    const server = serverOf(world, 0);
    const folder = join(world.dataDir, 'backups');
    const before = countFiles(folder);
    let isOver = false;
    void makeBackup(world)
      .catch(() => null)
      .finally(() => {
        isOver = true;
      });
    while (!isOver && countFiles(folder) === before) {
      await sleep(LOOK_MS);
    }
    await sleep(afterMs);
    server.kill();
    await server.ready();
    const { items } = await world.admin<{ items: { name: string }[] }>('/backups');
    return items.flatMap(({ name }) => {
      // Looking at a file leaves logs beside it: a copy is looked at.
      const copy = join(world.dataDir, 'looked-at.db');
      cpSync(join(folder, name), copy);
      const word = checkIntegrity(copy);
      removeDatabaseFiles(copy);
      return word === 'ok' ? [] : [`the backup ${name} is no whole one: ${word}`];
    });
  },
};

/**
 * A database is put back: a backup that was just made, or the file of the killed server with the log that lies beside it. The
 * server is killed so many milliseconds after each of the first starts began to take it.
 */
export const restore: Fault<{ from: 'backup' | 'file'; afterMs: readonly number[] }> = {
  databases: ['sqlite'],
  alone: 'world',
  draw: ({ random }) => ({
    from: random.pick(['backup', 'file'] as const),
    afterMs: Array.from({ length: 2 }, () => random.between(0, 400)),
  }),
  fall: async (world, { from, afterMs }) => {
    const server = serverOf(world, 0);
    const side = join(world.disk.folder, 'side');
    mkdirSync(side, { recursive: true });
    let path = join(side, 'qingniao.db');
    if (from === 'backup') {
      const { name } = await makeBackup(world);
      await server.halt('SIGKILL');
      path = join(world.dataDir, 'backups', name);
    } else {
      await server.halt('SIGKILL');
      copyDatabaseFiles(world.databasePath, path);
    }
    const { code, text } = await runCommand(RESTORE.concat(path), world.env);
    for (const ms of afterMs) {
      await killWhileWriting(world, ms);
    }
    server.go();
    await server.ready();
    rmSync(side, { recursive: true, force: true });
    return code === 0 ? [] : [`a good database could not be restored: ${text.slice(-300)}`];
  },
};

const RESTORE: readonly string[] = ['--import', 'tsx', 'src/restore.ts', '--yes'];

/** Starts the server, and kills it so many milliseconds after it first wrote to its database, or when it listens. */
async function killWhileWriting(world: World, afterMs: number): Promise<void> {
  const { databasePath } = world;
  const before = stampOf(databasePath);
  await serverOf(world, 0).tryStart(async ({ listening }) => {
    let isListening = false;
    void listening.then(() => {
      isListening = true;
    });
    while (!isListening && stampOf(databasePath) === before) {
      await sleep(LOOK_MS);
    }
    await Promise.race([sleep(afterMs), listening]);
  });
}

/** Changes whenever something is written to a database. */
function stampOf(path: string): string {
  return [path, `${path}-wal`, `${path}-journal`]
    .map((part) => {
      const found = statSync(part, { throwIfNoEntry: false });
      return found ? `${found.ino} ${found.size} ${found.mtimeMs}` : '';
    })
    .join(', ');
}

function countFiles(folder: string): number {
  return existsSync(folder) ? readdirSync(folder).length : 0;
}

async function makeBackup(world: World): Promise<{ name: string }> {
  return world.admin<{ name: string }>('/backups', {});
}

/** Copies the database while it works, checks copies, and puts one in its place at the next start. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { constants, setPriority } from 'node:os';
import { dirname, join } from 'node:path';
import { programPath } from '#src/lib/project.js';
import type { FileFacts } from './backup-process.js';

export type { FileFacts } from './backup-process.js';

const PROGRAM = programPath('store/backup-process');
/** As much as a reason needs. */
const LONGEST_REASON = 500;

/** Work in a process of its own that can be ended early. */
export interface FileJob<T> {
  done: Promise<T>;
  stop(): void;
}

/**
 * Copies the database at `path`, one consistent moment of it, into `target`, compact and on the disk when done. Another
 * process reads it, of low priority, so that this one goes on writing and sending; what it writes meanwhile waits in the
 * WAL, which grows until the copy is done.
 */
export function copyDatabase(path: string, target: string): FileJob<void> {
  const partial = `${target}.partial`;
  rmSync(partial, { force: true });
  const job = start('copy', path, partial);
  const done = job.done.then(
    () => keepFile(partial, target),
    async (error: unknown) => {
      await rm(partial, { force: true });
      throw error;
    },
  );
  return { stop: job.stop, done };
}

/** Looks a file through. Rejects with SQLite's own words when it is no database at all. */
export function checkDatabase(path: string): FileJob<FileFacts> {
  const job = start('check', path, '');
  const done = job.done.then((text) => JSON.parse(text) as FileFacts).finally(() => removeLogs(path));
  return { stop: job.stop, done };
}

/** Gives a finished file its name: it is on the disk before the name is. */
export async function keepFile(partial: string, target: string): Promise<void> {
  await sync(partial);
  await rename(partial, target);
  await sync(dirname(target));
}

/** Where a database waits that is to take the place of the one at `path` at the next start. */
export function restorePathOf(path: string): string {
  return join(dirname(path), 'restore.db');
}

/**
 * Puts the waiting database in the place of the one at `path`, of which the caller holds the lock; that one is kept beside.
 * Returns its new name, an empty text where there was none, null when nothing waits. A crash in between is finished by the
 * next start: the name depends on the waiting file alone, so that a file and its WAL stay together.
 */
export function applyRestore(path: string): string | null {
  const waiting = restorePathOf(path);
  removePartials(dirname(path));
  if (!existsSync(waiting)) {
    return null;
  }
  const stamp = statSync(waiting).mtime.toISOString().slice(0, 19).replace(/\D/g, '');
  const kept = `${path}.before-${stamp}`;
  for (const part of ['', '-wal', '-shm']) {
    if (existsSync(path + part)) {
      renameSync(path + part, kept + part);
    }
  }
  renameSync(waiting, path);
  return existsSync(kept) ? kept : '';
}

/** Removes what an earlier process left unfinished in a folder. */
export function removePartials(folder: string): void {
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    if (/\.partial(-journal|-wal|-shm)?$/.test(name)) {
      rmSync(join(folder, name), { force: true });
    }
  }
}

function start(verb: 'copy' | 'check', path: string, target: string): FileJob<string> {
  // No environment: the server's own holds secrets.
  const args = [PROGRAM, verb, path, target];
  const child = spawn(process.execPath, args, { env: {}, stdio: ['ignore', 'pipe', 'pipe'] });
  if (child.pid !== undefined) {
    lowerPriority(child.pid);
  }
  let said = '';
  let why = '';
  child.stdout.on('data', (part: Buffer) => {
    said += part.toString();
  });
  child.stderr.on('data', (part: Buffer) => {
    why = (why + part.toString()).slice(0, LONGEST_REASON);
  });
  const done = new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) {
        resolve(said);
      } else {
        reject(new Error(why || `the process ended with ${code}`));
      }
    });
  });
  return { done, stop: () => void child.kill('SIGKILL') };
}

/** Some systems forbid it: then it competes like any other process. */
function lowerPriority(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch {
    // The copy is right all the same.
  }
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Opening a file that was in WAL mode leaves empty logs beside it. */
function removeLogs(path: string): void {
  for (const part of ['-wal', '-shm', '-journal']) {
    rmSync(path + part, { force: true });
  }
}

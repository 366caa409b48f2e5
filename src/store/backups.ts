/** Copies the database while it works, checks copies, and puts one in its place at the next start. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { chmod, copyFile, open, readdir, rename, rm, statfs } from 'node:fs/promises';
import { constants, setPriority } from 'node:os';
import { dirname, join } from 'node:path';
import { formatChinaTime } from '#src/lib/china-time.js';
import { programPath } from '#src/lib/project.js';
import type { FileFacts } from './backup-process.js';
import { isInUse } from './file-lock.js';
import type { KeyRotation } from './key-rotation.js';

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

/** Looks a file through that nobody has open, and takes its logs into it. Rejects with SQLite's own words when it is no database at all. */
export function checkDatabase(path: string): FileJob<FileFacts> {
  const job = start('check', path, 'settle');
  const done = job.done.then((text) => JSON.parse(text) as FileFacts).finally(() => removeLogs(path));
  return { stop: job.stop, done };
}

/** Looks a database through as it lies there, also while a server works on it. */
export function inspectDatabase(path: string): FileJob<FileFacts> {
  const job = start('check', path, '');
  return { stop: job.stop, done: job.done.then((text) => JSON.parse(text) as FileFacts) };
}

/** Reads which secret key a database was written with, also while a server works on it. */
export async function inspectKeys(
  path: string,
): Promise<{ mark: string | null; rotation: KeyRotation | null }> {
  if (!existsSync(path)) {
    return { mark: null, rotation: null };
  }
  const { keyMark, keyRotation } = JSON.parse(await start('keys', path, '').done) as FileFacts;
  return { mark: keyMark || null, rotation: parseRotation(keyRotation) };
}

/** The key before, which a file still needs since not everything in it is sealed anew; null where it needs none. */
export function neededKeyOf({ keyRotation }: Pick<FileFacts, 'keyRotation'>): string | null {
  const rotation = parseRotation(keyRotation);
  return rotation && rotation.finishedAt === null ? rotation.from : null;
}

function parseRotation(json: string): KeyRotation | null {
  return json === '' ? null : (JSON.parse(json) as KeyRotation);
}

/**
 * Copies a database with what stands in the logs beside it, which are part of it: a server that was killed leaves its newest rows
 * there. Throws where a server has it open, since its parts change while they are copied.
 */
export async function copyWithLogs(path: string, target: string): Promise<void> {
  if (await isInUse(path)) {
    throw new Error(
      `${path} 正被服务器使用：请在控制台做备份，再恢复那份备份 is in use by a server: make a backup in its console and restore that`,
    );
  }
  for (const part of ['', '-wal', '-journal']) {
    if (existsSync(path + part)) {
      await copyFile(path + part, target + part);
      // A copy has the rights of what was copied, whatever the umask.
      await chmod(target + part, 0o600);
    }
  }
}

/** Removes a file and the logs beside it. */
export async function removeWithLogs(path: string): Promise<void> {
  await rm(path, { force: true });
  removeLogs(path);
}

/** What must stay free on the disk beside a copy. */
const SPARE_BYTES = 64 * 1024 * 1024;

/** What a folder's disk lacks for a file of so many bytes, in words; null where there is room. */
export async function measureLack(
  folder: string,
  neededBytes: number,
): Promise<{ zh: string; en: string } | null> {
  const { bavail, bsize } = await statfs(folder);
  const [free, needed, spare] = [bavail * bsize, neededBytes + SPARE_BYTES, SPARE_BYTES].map(toMegabytes);
  return bavail * bsize >= neededBytes + SPARE_BYTES
    ? null
    : {
        zh: `磁盘只剩 ${free} MB，需要 ${needed} MB（其中 ${spare} MB 是给服务器留的余地）`,
        en: `the disk has ${free} MB left and ${needed} MB are needed, of which ${spare} MB stay free for the server`,
      };
}

function toMegabytes(bytes: number): number {
  return Math.ceil(bytes / 1_000_000);
}

/** `qingniao-20260928-130501.db`, by China's clock; with the migration's number where it was made before an upgrade. */
export function backupName(now: number, beforeMigration = ''): string {
  const time = formatChinaTime(new Date(now)).replace(/[-:]/g, '').replace(' ', '-');
  const number = /^\d+/.exec(beforeMigration)?.[0];
  return `qingniao-${time}${number === undefined ? '' : `-before-${number}`}.db`;
}

/** Whether a file's name is that of a copy of ours. */
export function isBackupName(name: string): boolean {
  return /^qingniao-\d{8}-\d{6}(-before-\d+)?\.db$/.test(name);
}

/** When a copy was made, by its name, in milliseconds since the epoch. */
export function backupTimeOf(name: string): number {
  const [, y, mo, d, h, mi, s] = /^qingniao-(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)/.exec(name) ?? [];
  return Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}+08:00`);
}

/** Removes the oldest copies of a kind beyond so many. */
export async function removeOldest(
  folder: string,
  { isBeforeUpgrade, most }: { isBeforeUpgrade: boolean; most: number },
): Promise<void> {
  const names = (await readdir(folder)).filter(
    (name) => isBackupName(name) && name.includes('-before-') === isBeforeUpgrade,
  );
  for (const name of names.sort().reverse().slice(most)) {
    await rm(join(folder, name), { force: true });
  }
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

function start(verb: 'copy' | 'check' | 'keys', path: string, target: string): FileJob<string> {
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

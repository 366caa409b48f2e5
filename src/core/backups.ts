/** Backups: copies of the database made while the server works, kept in a folder, and one of them put back in its place. */
import { createReadStream, type ReadStream } from 'node:fs';
import { chmod, copyFile, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { inBoth } from '#src/lib/in-language.js';
import {
  backupName,
  backupTimeOf,
  copyDatabase,
  type FileJob,
  isBackupName,
  measureLack,
  removeOldest,
  removePartials,
  restorePathOf,
} from '#src/store/backups.js';
import type { CoreDeps } from './deps.js';
import { AppError, notFound } from './errors.js';
import { type Doubt, findDoubt, type RestoreFacts, receiveFile, tryFile } from './restores.js';

/** A kept copy. */
export interface Backup {
  name: string;
  sizeBytes: number;
  createdAt: Date;
}

/** A copy that is being made. */
export interface BackupProgress {
  name: string;
  doneBytes: number;
  /** About: what the file has now, without its empty pages. */
  totalBytes: number;
}

/** A database that takes the place of this one at the next start. `facts` is unknown where another program put it there. */
export interface WaitingRestore {
  sizeBytes: number;
  placedAt: Date;
  facts: RestoreFacts | null;
  /** What speaks against it, beside its key. */
  doubt: Doubt | null;
}

/** Where the files are; null: this server's database is no file, and has no backups. */
export interface BackupPlaces {
  /** The kept copies. */
  folder: string;
  /** The database. */
  database: string;
  /** What a file carries that was written with this server's key. */
  keyMarks: readonly string[];
  /** How often a copy is made without anybody asking for it; 0: never. */
  everyHours: number;
  /** So many copies are kept; the oldest goes when one more is made. */
  keep: number;
}

const HOUR_MS = 3_600_000;

/** The verbs of backups. */
export type Backups = ReturnType<typeof createBackups>;

/** Makes the verbs of backups. */
export function createBackups(deps: CoreDeps, places: BackupPlaces | null) {
  const { clock, log } = deps;
  let running: { name: string; totalBytes: number; job: FileJob<void>; done: Promise<Backup> } | null = null;
  let beginning: Promise<void> | null = null;
  let failure = '';
  let waitingFacts: RestoreFacts | null = null;

  function getPlaces(): BackupPlaces {
    if (!places) {
      throw new AppError('not_served', { what: '备份（数据库不是文件）Backups' });
    }
    return places;
  }

  /** Whether this server's database is a file that can be copied. */
  function isServed(): boolean {
    return places !== null;
  }

  /** The kept copies, newest first. */
  async function listBackups(): Promise<Backup[]> {
    const { folder } = getPlaces();
    const names = (await readdir(folder).catch(() => [])).filter(isBackupName).sort().reverse();
    return Promise.all(names.map((name) => readBackup(folder, name)));
  }

  /** Begins a copy, unless one is being made; it goes on by itself. Throws conflict when the disk has no room for it. */
  async function beginBackup(): Promise<void> {
    if (running) {
      return;
    }
    beginning ??= startCopy().finally(() => {
      beginning = null;
    });
    await beginning;
  }

  async function startCopy(): Promise<void> {
    const { folder, database } = getPlaces();
    const totalBytes = await readSize();
    await mkdir(folder, { recursive: true, mode: 0o700 });
    removePartials(folder);
    await checkRoom(folder, totalBytes);
    const name = backupName(clock.now());
    const job = copyDatabase(database, join(folder, name));
    failure = '';
    const done = job.done.then(
      async () => {
        await removeOldest(folder, { isBeforeUpgrade: false, most: getPlaces().keep });
        return readBackup(folder, name);
      },
      (error: unknown) => {
        failure = error instanceof Error ? error.message : String(error);
        log.error('a backup failed', { name, error });
        throw new AppError('unavailable');
      },
    );
    running = { name, totalBytes, job, done };
    // Who waits for it hears of a failure; the page of backups says it too.
    done
      .catch(() => {})
      .finally(() => {
        running = null;
      });
  }

  /** Begins a copy where the newest is older than the settings allow. Those from before an upgrade do not count. */
  async function backupWhenDue(): Promise<void> {
    if (!places || places.everyHours === 0) {
      return;
    }
    const newest = (await listBackups()).find(({ name }) => !name.includes('-before-'));
    if (!newest || clock.now() - backupTimeOf(newest.name) >= places.everyHours * HOUR_MS) {
      await makeBackup();
    }
  }

  /** How many copies are kept. */
  function countKept(): number {
    return getPlaces().keep;
  }

  /** Makes a copy and waits for it; joins the one that is being made. */
  async function makeBackup(): Promise<Backup> {
    await beginBackup();
    if (!running) {
      throw new AppError('unavailable');
    }
    return running.done;
  }

  /** The copy that is being made, and why the last one failed, empty when it did not. */
  async function readProgress(): Promise<{ running: BackupProgress | null; failure: string }> {
    if (!running || !places) {
      return { running: null, failure };
    }
    const { name, totalBytes } = running;
    const partial = await stat(join(places.folder, `${name}.partial`)).catch(() => null);
    const doneBytes = Math.min(partial?.size ?? 0, totalBytes);
    return { running: { name, totalBytes, doneBytes }, failure };
  }

  /** A copy to read. Throws not_found. */
  async function openBackup(name: string): Promise<Backup & { stream: ReadStream }> {
    const path = await findPath(name);
    return { ...(await readBackup(getPlaces().folder, name)), stream: createReadStream(path) };
  }

  /** Removes a copy. Throws not_found. */
  async function removeBackup(name: string): Promise<void> {
    await rm(await findPath(name));
  }

  /** Lets a kept copy take the place of the database at the next start. Throws not_found, bad_field. */
  async function chooseRestore(name: string): Promise<WaitingRestore> {
    const source = await findPath(name);
    const partial = await makePartial((await stat(source)).size);
    await copyFile(source, partial);
    // A copy has the rights of what was copied, whatever the umask.
    await chmod(partial, 0o600);
    return place(partial);
  }

  /** Lets a file that comes in take the place of the database at the next start. Throws bad_field, conflict. */
  async function receiveRestore(body: Readable, sizeBytes: number): Promise<WaitingRestore> {
    const partial = await makePartial(sizeBytes);
    await receiveFile(body, partial, sizeBytes);
    return place(partial);
  }

  /** What waits to take the database's place, or null. */
  async function findRestore(): Promise<WaitingRestore | null> {
    const found = places ? await stat(restorePathOf(places.database)).catch(() => null) : null;
    const doubt = waitingFacts && findDoubt({ ...waitingFacts, key: 'same' }, clock.now());
    return found ? { sizeBytes: found.size, placedAt: found.mtime, facts: waitingFacts, doubt } : null;
  }

  /** Leaves the database as it is after all. */
  async function cancelRestore(): Promise<void> {
    waitingFacts = null;
    await rm(restorePathOf(getPlaces().database), { force: true });
  }

  async function makePartial(sizeBytes: number): Promise<string> {
    const target = restorePathOf(getPlaces().database);
    await checkRoom(join(target, '..'), sizeBytes);
    return `${target}.${clock.now()}.partial`;
  }

  async function place(partial: string): Promise<WaitingRestore> {
    const { database, keyMarks } = getPlaces();
    waitingFacts = await tryFile(partial, restorePathOf(database), { ownMarks: keyMarks });
    const waiting = await findRestore();
    if (!waiting) {
      throw new AppError('unavailable');
    }
    return waiting;
  }

  async function findPath(name: string): Promise<string> {
    const path = join(getPlaces().folder, name);
    if (!isBackupName(name) || !(await stat(path).catch(() => null))) {
      throw notFound('备份 Backup');
    }
    return path;
  }

  async function readSize(): Promise<number> {
    const [row] = await deps.db.$queryRawUnsafe<Record<string, bigint | number>[]>(
      `SELECT (c.page_count - f.freelist_count) * s.page_size AS "size"
       FROM pragma_page_count c, pragma_freelist_count f, pragma_page_size s`,
    );
    return Number(row?.size ?? 0);
  }

  /** Ends what is under way, for the server's end. */
  async function stop(): Promise<void> {
    running?.job.stop();
    await running?.done.catch(() => {});
  }

  return {
    isServed,
    listBackups,
    beginBackup,
    backupWhenDue,
    countKept,
    makeBackup,
    readProgress,
    openBackup,
    removeBackup,
    chooseRestore,
    receiveRestore,
    findRestore,
    cancelRestore,
    stop,
  };
}

async function readBackup(folder: string, name: string): Promise<Backup> {
  const { size, mtime } = await stat(join(folder, name));
  return { name, sizeBytes: size, createdAt: mtime };
}

async function checkRoom(folder: string, needed: number): Promise<void> {
  const lack = await measureLack(folder, needed);
  if (lack) {
    throw new AppError('conflict', { detail: inBoth(lack.zh, lack.en) });
  }
}

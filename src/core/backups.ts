/** Backups: copies of the database made while the server works, kept in a folder, and one of them put back in its place. */
import { createReadStream, type ReadStream } from 'node:fs';
import { copyFile, mkdir, readdir, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { formatChinaTime } from '#src/lib/china-time.js';
import { copyDatabase, type FileJob, removePartials, restorePathOf } from '#src/store/backups.js';
import type { CoreDeps } from './deps.js';
import { AppError, notFound } from './errors.js';
import { keyMarkOf, type RestoreFacts, receiveFile, tryFile } from './restores.js';
import type { Settings } from './settings.js';

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
}

/** Where the files are; null: this server's database is no file, and has no backups. */
export interface BackupPlaces {
  /** The kept copies. */
  folder: string;
  /** The database. */
  database: string;
}

/** So many copies are kept; the oldest goes when one more is made. */
export const MOST_BACKUPS = 10;
/** What must stay free on the disk beside a copy. */
const SPARE_BYTES = 64 * 1024 * 1024;

/** The verbs of backups. */
export type Backups = ReturnType<typeof createBackups>;

/** Makes the verbs of backups. */
export function createBackups(deps: CoreDeps, settings: Settings, places: BackupPlaces | null) {
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
    await settings.save('key-mark', keyMarkOf(deps.hashKey));
    const name = toName(clock.now());
    const job = copyDatabase(database, join(folder, name));
    failure = '';
    const done = job.done.then(
      async () => {
        await removeOldest(folder);
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
    return found ? { sizeBytes: found.size, placedAt: found.mtime, facts: waitingFacts } : null;
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
    waitingFacts = await tryFile(partial, restorePathOf(getPlaces().database), deps.hashKey);
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

  async function removeOldest(folder: string): Promise<void> {
    for (const { name } of (await listBackups()).slice(MOST_BACKUPS)) {
      await rm(join(folder, name), { force: true });
    }
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
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize < needed + SPARE_BYTES) {
    const detail = `磁盘只剩 ${toMegabytes(bavail * bsize)} MB，需要 ${toMegabytes(needed)} MB the disk is too full`;
    throw new AppError('conflict', { detail });
  }
}

function toMegabytes(bytes: number): number {
  return Math.ceil(bytes / 1_000_000);
}

/** `qingniao-20260928-130501.db`, by China's clock. */
function toName(now: number): string {
  return `qingniao-${formatChinaTime(new Date(now)).replace(/[-:]/g, '').replace(' ', '-')}.db`;
}

function isBackupName(name: string): boolean {
  return /^qingniao-\d{8}-\d{6}\.db$/.test(name);
}

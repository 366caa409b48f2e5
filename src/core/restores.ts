/** Checks a file that is to become the database, and puts it where the next start finds it. */
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { equalsInConstantTime } from '#src/lib/hash.js';
import { checkDatabase, type FileFacts, keepFile, neededKeyOf, removeWithLogs } from '#src/store/backups.js';
import { listMigrations } from '#src/store/migrations.js';
import { AppError } from './errors.js';

/** What a checked file holds. */
export interface RestoreFacts {
  messages: number;
  people: number;
  apps: number;
  /** Whether it was written with this server's secret key; unknown of old files. */
  key: 'same' | 'other' | 'unknown';
  /** When its newest message was accepted, in milliseconds since the epoch; null where it has none. */
  newestAt: number | null;
  /** It comes from an older version and is brought up to date at the start. */
  isOlder: boolean;
}

/** Why somebody may not want a file after all. */
export type Doubt = { kind: 'empty' | 'key' } | { kind: 'old'; days: number };

const DAY_MS = 86_400_000;
/** Who restores a file in which nothing happened for so long may have taken the wrong one. */
const OLD_DAYS = 7;

/** What speaks against a file; null where nothing does. */
export function findDoubt(
  { messages, people, apps, key, newestAt }: RestoreFacts,
  now: number,
): Doubt | null {
  if (people + apps + messages === 0) {
    return { kind: 'empty' };
  }
  if (key === 'other') {
    return { kind: 'key' };
  }
  const days = newestAt === null ? 0 : Math.floor((now - newestAt) / DAY_MS);
  return days >= OLD_DAYS ? { kind: 'old', days } : null;
}

/** How a file is judged beyond being whole. */
export interface FileJudge {
  /** The marks of the keys that this server opens things with. */
  ownMarks: readonly string[];
  /** Why the caller does not want it, having seen what is in it. */
  refuse?: (facts: RestoreFacts) => string | null;
}

/** Checks `partial` and gives it the name `target`, or removes it. Throws bad_field with what is wrong, conflict with a doubt. */
export async function tryFile(
  partial: string,
  target: string,
  { ownMarks, refuse = () => null }: FileJudge,
): Promise<RestoreFacts> {
  try {
    const found = await checkDatabase(partial).done.catch((error: unknown) => {
      throw wrongFile(
        `不是 SQLite 数据库 no SQLite database (${error instanceof Error ? error.message : 'unknown'})`,
      );
    });
    const known = listMigrations('sqlite').map(({ name }) => name);
    refuseBad(found, known);
    const { messages, people, apps, newestAt } = found;
    const key = judgeKey(found, ownMarks);
    const facts = { messages, people, apps, newestAt, key, isOlder: found.migrations.length < known.length };
    const doubt = refuse(facts);
    if (doubt !== null) {
      throw new AppError('conflict', {
        detail: `${doubt}；确定要恢复就加上 --yes 参数 add --yes where you are sure`,
      });
    }
    await keepFile(partial, target);
    return facts;
  } finally {
    await removeWithLogs(partial);
  }
}

/** Writes a body of a known size to a file; one that ends early or goes on is refused and leaves nothing. */
export async function receiveFile(body: Readable, path: string, sizeBytes: number): Promise<void> {
  let received = 0;
  const count = new Transform({
    transform(part: Buffer, _encoding, next) {
      received += part.length;
      next(received > sizeBytes ? wrongFile('比声明的大 larger than it said') : null, part);
    },
  });
  try {
    await pipeline(body, count, createWriteStream(path, { mode: 0o600 }));
    if (received !== sizeBytes) {
      throw wrongFile('没有传完 it did not arrive whole');
    }
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

function refuseBad(facts: FileFacts, known: readonly string[]): void {
  if (facts.integrity !== 'ok') {
    throw wrongFile(`文件已损坏 the file is damaged: ${facts.integrity.slice(0, 200)}`);
  }
  if (facts.migrations.length === 0 || facts.strangers > 0) {
    throw wrongFile('不是青鸟的数据库 not a database of Qingniao');
  }
  const newer = facts.migrations.find((name) => !known.includes(name));
  if (newer !== undefined) {
    throw wrongFile(`由更新的版本写成，请先升级 written by a newer version, upgrade first (${newer})`);
  }
}

function judgeKey(found: FileFacts, ownMarks: readonly string[]): RestoreFacts['key'] {
  if (found.keyMark === '') {
    return 'unknown';
  }
  const isOwn = (mark: string): boolean => ownMarks.some((own) => equalsInConstantTime(mark, own));
  return isOwn(found.keyMark) && isOwn(neededKeyOf(found) ?? found.keyMark) ? 'same' : 'other';
}

function wrongFile(detail: string): AppError {
  return new AppError('bad_field', { field: 'file', detail });
}

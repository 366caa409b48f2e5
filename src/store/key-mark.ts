/** The mark of the secret key that a database was written with, in it and beside it, so that neither is replaced in silence. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { equalsInConstantTime } from '#src/lib/hash.js';
import { writeWhole } from '#src/lib/secret-key.js';
import type { Db } from './db.js';
import { commitOne } from './group-commit.js';
import { both } from './sql.js';

const SETTING = 'key-mark';

/** The mark in a database; null in one that has none yet. */
export async function readKeyMark(db: Db): Promise<string | null> {
  return (await db.setting.findUnique({ where: { key: SETTING } }))?.value ?? null;
}

/** Writes it into a database. */
export async function saveKeyMark(db: Db, mark: string, now: number): Promise<void> {
  const data = { value: mark, updatedAt: new Date(now) };
  await db.setting.upsert({ where: { key: SETTING }, create: { key: SETTING, ...data }, update: data });
}

/** Writes a setting that there is none of yet, and returns what counts: of several processes one is the first. */
export async function keepSetting(db: Db, key: string, value: string, now: number): Promise<string> {
  await commitOne(db, KEEP_SETTING, key, value, now);
  return (await db.setting.findUniqueOrThrow({ where: { key } })).value;
}

const KEEP_SETTING = both(
  (q) =>
    `INSERT INTO "Setting" ("key", "value", "updatedAt") VALUES (?, ?, ${q.time()}) ON CONFLICT ("key") DO NOTHING`,
);

/** Whether two marks are of the same key. */
export function isSameMark(a: string, b: string): boolean {
  return equalsInConstantTime(a, b);
}

/** Whether somebody has written into a database what only its key opens. */
export async function isUsed(db: Db): Promise<boolean> {
  const [person, app] = await Promise.all([
    db.person.findFirst({ select: { id: true } }),
    db.app.findFirst({ select: { id: true } }),
  ]);
  return person !== null || app !== null;
}

/** The file beside a database that says that there was one: a database that is gone leaves it behind. */
export function markPathOf(database: string): string {
  return `${database}.mark`;
}

/** Writes that file, where it does not say so already. */
export function keepMark(database: string, mark: string): void {
  const path = markPathOf(database);
  if (!existsSync(path) || readFileSync(path, 'utf8').trim() !== mark) {
    writeWhole(path, `${mark}\n`);
  }
}

/** Whether there was a database, and none is there now. */
export function isDatabaseLost(database: string): boolean {
  const isThere = existsSync(database) && statSync(database).size > 0;
  return !isThere && existsSync(markPathOf(database));
}

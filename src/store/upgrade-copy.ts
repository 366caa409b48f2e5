/** The copy that is made of a SQLite file before it is upgraded, so that one can go back to the version before. */
import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '#src/lib/clock.js';
import type { Logger } from '#src/lib/logger.js';
import { backupName, checkDatabase, copyDatabase, measureLack, removeOldest } from './backups.js';

/** Where copies go, and who hears of them. */
export interface UpgradeCopies {
  folder: string;
  clock: Clock;
  log: Logger;
}

/** So many copies from before an upgrade are kept. */
const MOST_COPIES = 3;

/** Copies the database at `path`, of `sizeBytes`, and looks the copy through. Throws with what to do where that cannot be. */
export async function copyBeforeUpgrade(
  path: string,
  { sizeBytes, newest }: { sizeBytes: number; newest: string },
  { folder, clock, log }: UpgradeCopies,
): Promise<void> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const lack = await measureLack(folder, sizeBytes);
  if (lack) {
    throw new Error(`升级前要留一份备份：${lack.zh} A copy is made before the upgrade: ${lack.en}`);
  }
  const name = backupName(clock.now(), newest);
  const copy = join(folder, name);
  log.info('copying the database before its upgrade', { copy, sizeBytes });
  await copyDatabase(path, copy).done;
  const { integrity } = await checkDatabase(copy).done;
  if (integrity !== 'ok') {
    await rm(copy, { force: true });
    throw new Error(`database disk image is malformed: ${integrity}`);
  }
  await removeOldest(folder, { isBeforeUpgrade: true, most: MOST_COPIES });
}

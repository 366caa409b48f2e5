/** Where the data lie: the SQLite file, its backups and its disk. Where PostgreSQL stores, only its own host can tell. */
import { statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Config } from './config.js';
import type { CoreOutside } from './core/index.js';

/** What the domain is told of them; nothing where they are not this machine's. `keyMarks` name the keys that open a backup. */
export function placeData(
  { dataDir, databaseUrl, backups, minFreeMb }: Config,
  keyMarks: readonly string[],
): Pick<CoreOutside, 'backups' | 'disk'> {
  if (!databaseUrl.startsWith('file:')) {
    return {};
  }
  const database = databaseUrl.slice('file:'.length);
  const readFreeBytes = async (): Promise<number> => {
    const { bavail, bsize } = await statfs(dirname(database));
    return bavail * bsize;
  };
  return {
    backups: { folder: join(dataDir, 'backups'), database, keyMarks, ...backups },
    disk: { readFreeBytes, leastMb: minFreeMb },
  };
}

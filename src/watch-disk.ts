/** Watches the disk that holds the SQLite file; where PostgreSQL stores, only its own host can tell. */
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Config } from './config.js';
import type { CoreOutside } from './core/index.js';

/** What the domain is told of the disk: nothing where it is not this machine's. */
export function watchDisk({ databaseUrl, minFreeMb }: Config): Pick<CoreOutside, 'disk'> {
  if (!databaseUrl.startsWith('file:')) {
    return {};
  }
  const folder = dirname(databaseUrl.slice('file:'.length));
  const readFreeBytes = async (): Promise<number> => {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  };
  return { disk: { readFreeBytes, leastMb: minFreeMb } };
}

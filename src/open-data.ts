/** Opens database and secret key together: neither is made anew where there was one, and one without the other is refused. */
import { mkdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Config } from './config.js';
import type { Clock } from './lib/clock.js';
import type { FollowedClock } from './lib/followed-clock.js';
import type { Logger } from './lib/logger.js';
import { listPaths, takeFromOthers } from './lib/private-files.js';
import { keyMarkOf, keyPathOf, makeSecretKey, readSecretKey } from './lib/secret-key.js';
import { isSameMark, isUsed, keepMark, readKeyMark, saveKeyMark } from './store/key-mark.js';
import { openStore, type Store, StoreError } from './store/open.js';

/** An open database and the key it was written with. */
export interface OpenData {
  key: Buffer;
  store: Store;
}

/** What it needs besides the settings. */
export interface OpenDataNeeds {
  /** One that can follow goes by the database's clock from here on, where processes share it. */
  clock: Clock | FollowedClock;
  log: Logger;
}

const KEY_WAYS =
  '放回原来的 secret.key（或 SECRET_KEY）；确实丢了就运行 npm run check-data -- --accept-key，此后各人要重设通道的密钥 put the former secret.key (or SECRET_KEY) back; where it is lost for good run npm run check-data -- --accept-key, and people enter their channels’ secrets anew';

/** Throws StoreError where the database cannot be had, or does not belong to the key. `acceptsKey`: whatever key there is belongs to it from now on. */
export async function openData(
  config: Config,
  { clock, log }: OpenDataNeeds,
  { acceptsKey = false } = {},
): Promise<OpenData> {
  makeFolder(config.dataDir);
  hideFromOthers(config, log);
  const given = config.secretKey ?? readKey(config.dataDir);
  const store = await openStore(config.databaseUrl, { folder: join(config.dataDir, 'backups'), clock, log });
  try {
    const { db } = store;
    const known = await readKeyMark(db);
    if (!given && !acceptsKey && (known !== null || (await isUsed(db)))) {
      throw new StoreError(
        `${keyPathOf(config.dataDir)} 不见了，数据库里的密钥和联系方式要靠它打开 is missing, and only it opens what is sealed in the database: ${KEY_WAYS}`,
      );
    }
    if (given && store.isNew && !config.secretKey) {
      log.warn(
        'a new database is made beside a secret.key that was there: if it had one, stop and put it back',
      );
    }
    const key = given ?? makeSecretKey(config.dataDir);
    const mark = keyMarkOf(key);
    if (known !== null && !isSameMark(known, mark) && !acceptsKey) {
      throw new StoreError(
        `数据库是用另一把密钥写的 The database was written with another secret key: ${KEY_WAYS}`,
      );
    }
    if (known !== mark) {
      await saveKeyMark(db, mark, clock.now());
    }
    if (config.databaseUrl.startsWith('file:')) {
      keepMark(config.databaseUrl.slice('file:'.length), mark);
    }
    return { key, store: await followTime(store, { clock, log }) };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Less is nobody's trouble. */
const WRONG_MS = 5000;

async function followTime(store: Store, { clock, log }: OpenDataNeeds): Promise<Store> {
  if (!store.readTime || !('follow' in clock)) {
    return store;
  }
  const { aheadMs, stop } = await clock.follow(store.readTime);
  if (Math.abs(aheadMs) >= WRONG_MS) {
    log.warn('the clock of this machine differs from the database’s, which is gone by', {
      aheadMs: Math.round(aheadMs),
    });
  }
  const close = (): Promise<void> => {
    stop();
    return store.close();
  };
  return { ...store, close };
}

function readKey(dataDir: string): Buffer | null {
  try {
    return readSecretKey(dataDir);
  } catch (error) {
    throw new StoreError(error instanceof Error ? error.message : String(error));
  }
}

function makeFolder(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    throw new StoreError(
      code === 'EEXIST' || code === 'ENOTDIR'
        ? `${dataDir} 是一个文件，请把 DATA_DIR 设成文件夹 is a file: set DATA_DIR to a folder`
        : `${dataDir} 建不了，请检查权限或设置 DATA_DIR cannot be made (${String(code)}): check who may write there, or set DATA_DIR`,
    );
  }
}

/** What is ours in the data folder besides the database. */
const OWN_NAME = /^(?:secret\.key|first-admin-code|sandbox\.json|restore\.db)/;

/** Earlier builds left the folder and most files readable to every user of the machine. */
function hideFromOthers({ dataDir, databaseUrl }: Config, log: Logger): void {
  const database = databaseUrl.startsWith('file:') ? databaseUrl.slice('file:'.length) : null;
  const backups = join(dataDir, 'backups');
  const kept = takeFromOthers([
    dataDir,
    ...listPaths(dataDir, (name) => OWN_NAME.test(name)),
    ...(database ? listPaths(dirname(database), (name) => name.startsWith(basename(database))) : []),
    backups,
    ...listPaths(backups, () => true),
  ]);
  if (kept.length > 0) {
    log.warn('other users of this machine may read these files, and their rights cannot be changed', {
      files: kept.slice(0, 10),
    });
  }
}

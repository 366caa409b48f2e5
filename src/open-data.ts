/** Opens database and secret key together: neither is made anew where there was one, and one without the other is refused. */
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Config } from './config.js';
import { labelOf } from './core/key-rotation.js';
import type { Clock } from './lib/clock.js';
import type { FollowedClock } from './lib/followed-clock.js';
import { createKeyRing, type KeyRing } from './lib/key-ring.js';
import type { Logger } from './lib/logger.js';
import { listPaths, takeFromOthers } from './lib/private-files.js';
import { SecretBoxError } from './lib/secret-box.js';
import { keyPathOf, makeSecretKey, readPreviousKey, readSecretKey } from './lib/secret-key.js';
import { isSameMark, isUsed, keepMark, keepSetting, saveKeyMark } from './store/key-mark.js';
import { forgetRotation, readKeyState } from './store/key-rotation.js';
import { type Db, openStore, type Store, StoreError } from './store/open.js';

/** An open database and the keys it was written with. */
export interface OpenData {
  /** The secret key, and the one before it while they are exchanged. */
  ring: KeyRing;
  /** Keys the hashes by which secrets are looked up. */
  hashKey: Buffer;
  store: Store;
}

/** What it needs besides the settings. */
export interface OpenDataNeeds {
  /** One that can follow goes by the database's clock from here on, where processes share it. */
  clock: Clock | FollowedClock;
  log: Logger;
}

const KEY_WAYS =
  '放回原来的 secret.key（或 SECRET_KEY）；换密钥或恢复换之前的备份时，把原来的放在 SECRET_KEY_PREVIOUS；确实丢了就运行 npm run check-data -- --accept-key，此后各人要重设通道的密钥 put the former secret.key (or SECRET_KEY) back; to change keys, or to restore a backup from before a change, name the former in SECRET_KEY_PREVIOUS; where it is lost for good run npm run check-data -- --accept-key, and people enter their channels’ secrets anew';

/** Throws StoreError where the database cannot be had, or does not belong to the key. `acceptsKey`: whatever key there is belongs to it from now on. */
export async function openData(
  config: Config,
  { clock, log }: OpenDataNeeds,
  { acceptsKey = false } = {},
): Promise<OpenData> {
  makeFolder(config.dataDir);
  hideFromOthers(config, log);
  const given = readKeys(config);
  const store = await openStore(config.databaseUrl, { folder: join(config.dataDir, 'backups'), clock, log });
  try {
    const { db } = store;
    const { mark } = await readKeyState(db);
    if (!given.own && !acceptsKey && (mark !== null || (await isUsed(db)))) {
      throw new StoreError(
        `${keyPathOf(config.dataDir)} 不见了，数据库里的密钥和联系方式要靠它打开 is missing, and only it opens what is sealed in the database: ${KEY_WAYS}`,
      );
    }
    if (given.own && store.isNew && !config.secretKey) {
      log.warn(
        'a new database is made beside a secret.key that was there: if it had one, stop and put it back',
      );
    }
    const ring = createKeyRing(given.own ?? makeSecretKey(config.dataDir), given.previous);
    // Before the mark is read: who is about to exchange keys sees this process, or this one sees the new mark.
    await store.session.label(labelOf(ring.marks));
    await (acceptsKey ? acceptKey(db, ring, clock.now()) : matchKey(store, ring, clock.now()));
    if (config.databaseUrl.startsWith('file:')) {
      keepMark(config.databaseUrl.slice('file:'.length), ring.mark);
    }
    return {
      ring,
      hashKey: await readLookUpKey(store, ring, clock.now()),
      store: await followTime(store, { clock, log }),
    };
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

/** Lets the key seal that the database names; throws StoreError where none of the ring's does, or where one that is still needed is missing. */
async function matchKey({ db }: Store, ring: KeyRing, now: number): Promise<void> {
  const { mark, rotation } = await readKeyState(db);
  if (mark === null) {
    const wasUsed = await isUsed(db);
    ring.follow((wasUsed ? ring.marks.at(-1) : undefined) ?? ring.ownMark);
    await saveKeyMark(db, ring.mark, now);
    return;
  }
  if (!hasMark(ring, mark)) {
    throw new StoreError(
      `数据库是用另一把密钥写的 The database was written with another secret key: ${KEY_WAYS}`,
    );
  }
  if (rotation && rotation.finishedAt === null && !hasMark(ring, rotation.from)) {
    throw new StoreError(
      '换密钥还没完成，请把原来的密钥放在 SECRET_KEY_PREVIOUS（或 secret.key.previous）再启动，等 npm run rotate-key 说完成 The secret key is being changed and not everything is sealed anew: start with the former one in SECRET_KEY_PREVIOUS (or secret.key.previous) until npm run rotate-key says that it is done',
    );
  }
  ring.follow(mark);
}

async function acceptKey(db: Db, ring: KeyRing, now: number): Promise<void> {
  await forgetRotation(db);
  await saveKeyMark(db, ring.ownMark, now);
}

function hasMark(ring: KeyRing, mark: string): boolean {
  return ring.marks.some((own) => isSameMark(own, mark));
}

const LOOK_UP_SETTING = 'look-up-key';

/**
 * The key of look-up hashes: made once, sealed, and kept for good, so that tokens and sessions whose text nobody has outlive the
 * secret key. Whoever knew it could only test guesses, and what is looked up by it is far beyond guessing. A database that is older
 * has hashes by the secret key of that time.
 */
async function readLookUpKey({ db, isNew }: Store, ring: KeyRing, now: number): Promise<Buffer> {
  const derived = ring.keysFor('hash')[0];
  const made = isNew || !derived ? randomBytes(HASH_KEY_BYTES) : derived;
  const known = await keepSetting(db, LOOK_UP_SETTING, ring.seal(made.toString('base64')), now);
  try {
    return Buffer.from(ring.open(known), 'base64');
  } catch (error) {
    if (!(error instanceof SecretBoxError)) {
      throw error;
    }
    // Its key was given up for lost, and with it the tokens and sessions that are looked up by it.
    await db.setting.deleteMany({ where: { key: LOOK_UP_SETTING, value: known } });
    return Buffer.from(
      ring.open(await keepSetting(db, LOOK_UP_SETTING, ring.seal(made.toString('base64')), now)),
      'base64',
    );
  }
}

const HASH_KEY_BYTES = 32;

/** The own key, and the one before it: beside a key that is in the settings, or beside one in its file. */
export function readKeys(config: Config): { own: Buffer | null; previous: Buffer | null } {
  try {
    const own = config.secretKey ?? readSecretKey(config.dataDir);
    const inFile = config.secretKey ? null : readPreviousKey(config.dataDir);
    return { own, previous: config.secretKeyPrevious ?? inFile };
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

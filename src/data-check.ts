/** Looks through database, secret key and backups, and says what is wrong with them and what to do. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from './config.js';
import type { Clock } from './lib/clock.js';
import { createKeyRing } from './lib/key-ring.js';
import { readKeys } from './open-data.js';
import { backupTimeOf, type FileFacts, inspectDatabase, isBackupName, neededKeyOf } from './store/backups.js';
import { isInUse, LockFileError } from './store/file-lock.js';
import { findFileTrouble } from './store/file-trouble.js';
import { isDatabaseLost } from './store/key-mark.js';
import { listMigrations } from './store/migrations.js';
import { findLogDamage } from './store/wal-check.js';

/** One thing that was looked at. */
export interface DataFinding {
  light: 'good' | 'warn' | 'bad';
  zh: string;
  en: string;
}

const DAY_MS = 86_400_000;
const OLD_BACKUP_DAYS = 7;
const RESTORE = {
  zh: '用 npm run restore -- 备份文件 恢复',
  en: 'restore a backup with npm run restore -- FILE',
};

/** Looks all of it through; also while a server works. Each backup is read whole, which takes a while. */
export async function checkData(config: Config, clock: Clock): Promise<DataFinding[]> {
  const found = await checkDatabaseAndKey(config);
  return config.databaseUrl.startsWith('file:')
    ? [...found, ...(await judgeBackups(join(config.dataDir, 'backups'), clock))]
    : found;
}

/** The same without the backups. */
export async function checkDatabaseAndKey(config: Config): Promise<DataFinding[]> {
  if (!config.databaseUrl.startsWith('file:')) {
    return [
      {
        light: 'good',
        zh: '数据库是 PostgreSQL，用它自己的工具检查和备份',
        en: 'The database is PostgreSQL: its own tools check it and back it up',
      },
    ];
  }
  const path = config.databaseUrl.slice('file:'.length);
  const trouble = await findTrouble(path);
  // Before anything opens it, which folds what is whole of the log into the file.
  const logDamage = trouble === null ? await judgeLog(path) : null;
  const facts = await look(path);
  return [
    ...(trouble === null ? [] : [{ light: 'bad' as const, zh: trouble, en: trouble }]),
    isDatabaseLost(path)
      ? {
          light: 'bad' as const,
          zh: `${path} 不见了或是空的：${RESTORE.zh}`,
          en: `${path} is missing or empty: ${RESTORE.en}`,
        }
      : judgeFile('数据库 The database', path, facts),
    ...(logDamage === null ? [] : [logDamage]),
    judgeKey(config, facts),
  ];
}

/** What is wrong with the log beside a database that no server is writing to. */
async function judgeLog(path: string): Promise<DataFinding | null> {
  if (await isInUse(path)) {
    return null;
  }
  const damage = await findLogDamage(`${path}-wal`);
  return (
    damage && {
      light: 'bad',
      zh: `${path}-wal 已损坏：最近写下的内容读不出来了；${RESTORE.zh}，或就这样启动，没有它们`,
      en: `${path}-wal is damaged: what was written last cannot be read; ${RESTORE.en}, or start as it is, without that`,
    }
  );
}

/** What keeps a server from opening the files at all, in a sentence of both languages. */
async function findTrouble(path: string): Promise<string | null> {
  const trouble = findFileTrouble(path);
  if (trouble !== null) {
    return trouble;
  }
  try {
    await isInUse(path);
    return null;
  } catch (error) {
    if (error instanceof LockFileError) {
      return error.message;
    }
    throw error;
  }
}

/** What a file holds; SQLite's words where it is no database. */
async function look(path: string): Promise<FileFacts | string> {
  try {
    return await inspectDatabase(path).done;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function judgeFile(what: string, path: string, facts: FileFacts | string): DataFinding {
  const [zh, en] = [what.split(' ')[0], what.slice(what.indexOf(' ') + 1)];
  const broken = typeof facts === 'string' ? facts : facts.integrity === 'ok' ? '' : facts.integrity;
  if (broken || typeof facts === 'string') {
    return {
      light: 'bad',
      zh: `${zh} ${path} 已损坏（${broken}）：${RESTORE.zh}`,
      en: `${en} ${path} is damaged (${broken}): ${RESTORE.en}`,
    };
  }
  const known = new Set(listMigrations('sqlite').map(({ name }) => name));
  if (facts.migrations.length === 0 || facts.migrations.some((name) => !known.has(name))) {
    return {
      light: 'bad',
      zh: `${zh} ${path} 不是这个版本能读的：它由更新的版本写成，或不是青鸟的`,
      en: `${en} ${path} cannot be read by this version: a newer one wrote it, or it is not of Qingniao`,
    };
  }
  const { messages, people, apps } = facts;
  return {
    light: 'good',
    zh: `${zh} ${path} 完好：${messages} 条消息，${people} 个用户，${apps} 个应用`,
    en: `${en} ${path} is whole: ${messages} messages, ${people} people, ${apps} apps`,
  };
}

function judgeKey(config: Config, facts: FileFacts | string): DataFinding {
  const { own, previous } = readKeys(config);
  if (!own) {
    return {
      light: 'bad',
      zh: '没有密钥：放回 secret.key 或设置 SECRET_KEY',
      en: 'There is no secret key: put secret.key back, or set SECRET_KEY',
    };
  }
  const mark = typeof facts === 'string' ? '' : facts.keyMark;
  if (mark === '') {
    return {
      light: 'warn',
      zh: '看不出数据库是不是用这把密钥写的',
      en: 'Nobody can tell whether the database was written with this secret key',
    };
  }
  const { ownMark, marks } = createKeyRing(own, previous);
  const needed = typeof facts === 'string' ? null : neededKeyOf(facts);
  if (!marks.includes(mark) || (needed !== null && !marks.includes(needed))) {
    return {
      light: 'bad',
      zh: '数据库是用另一把密钥写的：放回原来的 secret.key，换过密钥的把原来的放在 SECRET_KEY_PREVIOUS；确实丢了用 npm run check-data -- --accept-key',
      en: 'The database was written with another secret key: put the former secret.key back, or name it in SECRET_KEY_PREVIOUS where the key was changed; where it is lost, npm run check-data -- --accept-key',
    };
  }
  return mark === ownMark && needed === null
    ? { light: 'good', zh: '数据库是用这把密钥写的', en: 'The database was written with this secret key' }
    : {
        light: 'warn',
        zh: '密钥还没换完：运行 npm run rotate-key，在它说完成之前留着原来的密钥',
        en: 'The secret key is being changed: run npm run rotate-key, and keep the former key until it says that it is done',
      };
}

async function judgeBackups(folder: string, clock: Clock): Promise<DataFinding[]> {
  const names = (await readdir(folder).catch(() => [])).filter(isBackupName).sort().reverse();
  const found: DataFinding[] = [];
  let newestAt = Number.NEGATIVE_INFINITY;
  for (const name of names) {
    const judged = judgeFile('备份 The backup', join(folder, name), await look(join(folder, name)));
    found.push(judged);
    if (judged.light === 'good') {
      newestAt = Math.max(newestAt, backupTimeOf(name));
    }
  }
  if (clock.now() - newestAt > OLD_BACKUP_DAYS * DAY_MS) {
    found.push({
      light: 'warn',
      zh: `最近 ${OLD_BACKUP_DAYS} 天没有完好的备份：设置 BACKUP_HOURS，或在控制台做一份`,
      en: `No whole backup of the last ${OLD_BACKUP_DAYS} days: set BACKUP_HOURS, or make one in the console`,
    });
  }
  return found;
}

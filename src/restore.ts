/** `npm run restore -- FILE`: checks a backup and lets it take the database's place at the next start. */
import { stat } from 'node:fs/promises';
import { ConfigError, loadConfig } from './config.js';
import { AppError } from './core/errors.js';
import { type Doubt, findDoubt, tryFile } from './core/restores.js';
import { systemClock } from './lib/clock.js';
import { createKeyRing } from './lib/key-ring.js';
import { endWithReader } from './lib/pipe-end.js';
import { keepFilesPrivate } from './lib/private-files.js';
import { readKeys } from './open-data.js';
import { copyWithLogs, restorePathOf } from './store/backups.js';
import { findLogDamage, type LogDamage } from './store/wal-check.js';

const USAGE = '用法 Usage: npm run restore -- FILE [--yes]（仅 SQLite, SQLite only）';
const KEY_WORDS = {
  same: '密钥与本机一致 written with this secret key',
  other:
    '由另一把密钥写成，没有那把密钥服务器不会启动 written with another secret key, without which the server will not start',
  unknown: '看不出由哪把密钥写成 nobody can tell which secret key wrote it',
};

keepFilesPrivate();
endWithReader();
await restore(process.argv.slice(2)).catch((error: unknown) => {
  const text =
    error instanceof AppError
      ? `${error.zh}\n${error.en}`
      : error instanceof Error
        ? error.message
        : String(error);
  process.stderr.write(`${text}\n`);
  process.exitCode = error instanceof ConfigError ? 2 : 1;
});

async function restore(args: readonly string[]): Promise<void> {
  if (args.includes('--help')) {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  const config = loadConfig();
  const [file = '', ...others] = args.filter((arg) => arg !== '--yes');
  if (file === '' || others.length > 0 || !config.databaseUrl.startsWith('file:')) {
    throw new Error(USAGE);
  }
  await refuseOther(file);
  const target = restorePathOf(config.databaseUrl.slice('file:'.length));
  const partial = `${target}.${process.pid}.partial`;
  await copyWithLogs(file, partial);
  // Whoever opens the file takes what is whole of it, and the rest is gone.
  const damage = await findLogDamage(`${partial}-wal`);
  const { own, previous } = readKeys(config);
  const isSure = args.includes('--yes');
  const facts = await tryFile(partial, target, {
    ownMarks: own ? createKeyRing(own, previous).marks : [],
    refuse: (found) => {
      if (isSure) {
        return null;
      }
      const doubt = findDoubt(found, systemClock.now());
      return damage ? sayLoss(damage) : doubt && sayDoubt(doubt);
    },
  });
  const { messages, people, apps } = facts;
  process.stdout.write(
    [
      `检查通过 Checked: ${messages} messages, ${people} people, ${apps} apps; ${KEY_WORDS[facts.key]}`,
      `下次启动时恢复，现在的数据库会改名保留 Restored at the next start; the present database is kept beside it: ${target}`,
      '',
    ].join('\n'),
  );
}

/** Throws where there is no such file, or something that is none: a pipe would be waited for without an end. */
async function refuseOther(file: string): Promise<void> {
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
    throw new Error(
      error.code === 'ENOENT'
        ? `没有 ${file} 这个文件 There is no such file`
        : `${file} 读不了 cannot be read (${error.code})`,
    );
  });
  if (!found.isFile()) {
    throw new Error(`${file} 不是文件，请给出一份备份 is no file: name a backup`);
  }
}

function sayLoss(damage: LogDamage): string {
  return damage.kind === 'head'
    ? '旁边的 -wal 日志已损坏，最近写下的内容会全部丢失 the -wal log beside it is damaged: all that was written last would be lost'
    : `旁边的 -wal 日志在 ${damage.whole} 页之后已损坏，更晚写下的内容会丢失 the -wal log beside it is damaged after ${damage.whole} pages: what was written later would be lost`;
}

function sayDoubt(doubt: Doubt): string {
  switch (doubt.kind) {
    case 'empty':
      return '文件里什么都没有 there is nothing in it';
    case 'key':
      return '由另一把密钥写成，请先放好那一把，换过密钥的放在 SECRET_KEY_PREVIOUS written with another secret key: put its secret.key into DATA_DIR first, or name it in SECRET_KEY_PREVIOUS where the key has been changed since';
    case 'old':
      return `最新的消息是 ${doubt.days} 天之前的 its newest message is ${doubt.days} days old`;
  }
}

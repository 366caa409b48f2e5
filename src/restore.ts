/** `npm run restore -- FILE`: checks a backup and lets it take the database's place at the next start. */
import { copyFile, stat } from 'node:fs/promises';
import { ConfigError, loadConfig } from './config.js';
import { AppError } from './core/errors.js';
import { tryFile } from './core/restores.js';
import { deriveKey, loadSecretKey } from './lib/secret-key.js';
import { restorePathOf } from './store/backups.js';

const KEY_WORDS = {
  same: '密钥与本机一致 written with this secret key',
  other:
    '注意：由另一把密钥写成，启动前请放好它的 secret.key Attention: written with another secret key, put its secret.key into DATA_DIR first',
  unknown: '看不出由哪把密钥写成 nobody can tell which secret key wrote it',
};

await restore(process.argv[2] ?? '').catch((error: unknown) => {
  const text =
    error instanceof AppError
      ? `${error.zh}\n${error.en}`
      : error instanceof Error
        ? error.message
        : String(error);
  process.stderr.write(`${text}\n`);
  process.exitCode = error instanceof ConfigError ? 2 : 1;
});

async function restore(file: string): Promise<void> {
  const config = loadConfig();
  if (file === '' || !config.databaseUrl.startsWith('file:')) {
    throw new Error('用法 Usage: npm run restore -- FILE（仅 SQLite, SQLite only）');
  }
  await stat(file);
  const target = restorePathOf(config.databaseUrl.slice('file:'.length));
  const partial = `${target}.${process.pid}.partial`;
  await copyFile(file, partial);
  const key = config.secretKey ?? loadSecretKey(config.dataDir);
  const facts = await tryFile(partial, target, deriveKey(key, 'hash'));
  const { messages, people, apps } = facts;
  process.stdout.write(
    [
      `检查通过 Checked: ${messages} messages, ${people} people, ${apps} apps; ${KEY_WORDS[facts.key]}`,
      `下次启动时恢复，现在的数据库会改名保留 Restored at the next start; the present database is kept beside it: ${target}`,
      '',
    ].join('\n'),
  );
}

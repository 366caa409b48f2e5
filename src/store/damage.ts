/** Tells a damaged database from other trouble: nothing that is done again goes better then. */

/** SQLite's result codes 11 and 26, by name and by sentence. */
const WORDS = /\bSQLITE_(CORRUPT|NOTADB)|database disk image is malformed|file is not a database/i;

/** Whether an error says that the database file is damaged. */
export function isDamage(error: unknown): boolean {
  if (!(error instanceof Error)) {
    return false;
  }
  const code = 'code' in error ? String(error.code) : '';
  return isDamageText(`${code} ${error.message}`);
}

/** The same of what an error says, its code included. */
export function isDamageText(text: string): boolean {
  return WORDS.test(text);
}

/** SQLite's name for a file that was deleted or replaced under an open connection (result code 1032). */
const MOVED_CODE = 'SQLITE_READONLY_DBMOVED';

/** The database's path leads to another file or nowhere: nothing that is written is kept. */
export class DatabaseMovedError extends Error {
  override name = 'DatabaseMovedError';
  readonly code = MOVED_CODE;
  readonly rawCode = 1032;

  constructor(path: string) {
    super(`${path} was deleted or replaced while it was open (${MOVED_CODE})`);
  }
}

/** What makes a file useless until the process is started anew: damage, or another file in its place. */
export function isLoss(error: unknown): error is Error {
  return isDamage(error) || (error instanceof Error && 'code' in error && error.code === MOVED_CODE);
}

/** An English sentence for operators about such an error, from its message. */
export function explainLoss(message: string): string {
  return message.includes(MOVED_CODE)
    ? `the database file is gone: ${message}; stop the server, then start it with the right file in place, or restore a backup with npm run restore -- FILE`
    : `the database file is damaged (${message}): stop the server, run npm run check-data, and restore a backup with npm run restore -- FILE`;
}

/** The ways out of a damaged database, for people. */
export const DAMAGE_REMEDY =
  '数据库文件已损坏：停下服务，npm run check-data 看坏了什么，npm run restore -- 备份文件 换上备份 The database file is damaged: stop the server, see what is broken with npm run check-data, and take a backup instead with npm run restore -- FILE';

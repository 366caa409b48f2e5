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

/** The ways out of a damaged database, for people. */
export const DAMAGE_REMEDY =
  '数据库文件已损坏：停下服务，npm run check-data 看坏了什么，npm run restore -- 备份文件 换上备份 The database file is damaged: stop the server, see what is broken with npm run check-data, and take a backup instead with npm run restore -- FILE';

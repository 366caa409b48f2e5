/** Tells a database that cannot be had just now from a statement that is wrong. */
import { isDamageText } from './damage.js';

/**
 * Prisma's codes of a database that is not reached, closes connections, has none left, begins no transaction in time or lets
 * others go before it again and again (reference of errors).
 */
const CODES = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028', 'P2034', 'P2037']);

/**
 * What PostgreSQL (appendix A of its manual: 08, 53, 55P03, 57P01 to 57P03, 58030, 25006), its driver, the system and our own
 * session say of a connection that is gone or not to be had, of a full disk and of a server that takes no writes.
 */
const WORDS =
  /\b(08\d{3}|53\d00|55P03|57P0[1-3]|58030|25006)\b|Connection terminated|connection (error|timeout)|timeout exceeded when trying to connect|not queryable|Client was closed|Can't reach database server|has closed the connection|Too many database connections|Operation has timed out|ECONN(RESET|REFUSED)|EPIPE|ETIMEDOUT|cut off from the database|read-only transaction|No space left on device|\bE[MN]FILE\b/i;

/**
 * What SQLite says of a full disk, a file that it may not write or open, a failing disk and a lock of somebody else (its result
 * codes 13, 8, 14, 10, 5 and 6), by the code's name or by its sentence.
 */
const SQLITE_WORDS =
  /\bSQLITE_(FULL|READONLY|CANTOPEN|IOERR|BUSY|LOCKED)|database or disk is full|attempt to write a readonly database|unable to open database file|disk I\/O error|database (table )?is locked/i;

/** The same as the driver adapters of Prisma 7 put it, who give raw statements no code of their own. */
const KINDS =
  /"kind":"(ConnectionClosed|DatabaseNotReachable|SocketTimeout|TlsConnectionError|TooManyConnections|TransactionWriteConflict)"|Server has closed the connection|Can't reach database server/;

/** Errors of other origin speak of other connections: those of platforms have names of their own. */
const NAMES =
  /^(Prisma|SqliteError$|LibsqlError$|DriverAdapterError$|SessionError$|AggregateError$|Error$|error$)/;

/**
 * Whether an error says that the database is away, or takes no writes: the same call may go well a little later, a damaged file
 * included, once somebody has put a backup in its place.
 */
export function isAway(error: unknown): error is Error {
  if (!(error instanceof Error) || !NAMES.test(error.name)) {
    return false;
  }
  const code = 'code' in error ? String(error.code) : '';
  const text = `${code} ${error.message} ${wordsBelow(error)}`;
  return (
    CODES.has(code) || isDamageText(text) || [WORDS, SQLITE_WORDS, KINDS].some((words) => words.test(text))
  );
}

/** What the driver said, which Prisma's own sentence does not always repeat. */
function wordsBelow(error: Error): string {
  const meta = 'meta' in error ? error.meta : undefined;
  return typeof meta === 'object' && meta !== null && 'driverAdapterError' in meta
    ? JSON.stringify(meta.driverAdapterError)
    : '';
}

/** Tells a database that cannot be had just now from a statement that is wrong. */

/** Prisma's codes of a database that is not reached, closes connections, has none left or begins no transaction in time (reference of errors). */
const CODES = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028', 'P2037']);

/**
 * What PostgreSQL (appendix A of its manual: 08, 53300, 55P03, 57P01 to 57P03), its driver, the system and our own session say of
 * a connection that is gone or not to be had.
 */
const WORDS =
  /\b(08\d{3}|53300|55P03|57P0[1-3])\b|Connection terminated|connection (error|timeout)|timeout exceeded when trying to connect|not queryable|Client was closed|ECONN(RESET|REFUSED)|EPIPE|ETIMEDOUT|cut off from the database/i;

/** Errors of other origin speak of other connections: those of platforms have names of their own. */
const NAMES = /^(Prisma|DriverAdapterError$|SessionError$|AggregateError$|Error$|error$)/;

/** Whether an error says that the database is away: the same call may go well a little later. */
export function isAway(error: unknown): error is Error {
  if (!(error instanceof Error) || !NAMES.test(error.name)) {
    return false;
  }
  const code = 'code' in error ? String(error.code) : '';
  return CODES.has(code) || WORDS.test(`${code} ${error.message}`);
}

/** What counts as a database that is away for now, and what as a mistake of ours or of others. */
import { expect, it } from 'vitest';
import { isAway } from '#src/store/away.js';

const named = (name: string, message: string, more: object = {}): Error =>
  Object.assign(new Error(message), { name, ...more });

/** An error of Prisma over a driver's, as raw statements give it. */
const raw = (cause: object, code = 'P2010'): Error =>
  named('PrismaClientKnownRequestError', 'Raw query failed. Code: `N/A`.', {
    code,
    meta: { driverAdapterError: { name: 'DriverAdapterError', cause } },
  });

it.each([
  [
    'SQLite: a full disk',
    raw({ originalCode: '13', originalMessage: 'database or disk is full', kind: 'sqlite' }),
  ],
  [
    'SQLite: a file without rights',
    raw({ originalMessage: 'attempt to write a readonly database' }, 'P2039'),
  ],
  ['SQLite: a lock of others', raw({ originalCode: '5', kind: 'SocketTimeout' })],
  ['SQLite: a failing disk', raw({ originalMessage: 'disk I/O error', kind: 'sqlite' })],
  ['SQLite: the driver itself', named('SqliteError', 'database or disk is full', { code: 'SQLITE_FULL' })],
  [
    'PostgreSQL: a full disk',
    raw({ originalCode: '53100', originalMessage: 'could not extend file', kind: 'postgres' }),
  ],
  [
    'PostgreSQL: read-only',
    raw({ originalCode: '25006', originalMessage: 'cannot execute INSERT', kind: 'postgres' }),
  ],
  ['PostgreSQL: a connection that closes', raw({ kind: 'ConnectionClosed' })],
  ['PostgreSQL: a conflict without end', named('PrismaClientKnownRequestError', '', { code: 'P2034' })],
  ['a refused connection', named('Error', 'connect ECONNREFUSED 127.0.0.1:5432', { code: 'ECONNREFUSED' })],
])('%s', (_, error) => {
  expect(isAway(error)).toBe(true);
});

it.each([
  ['a row that is there already', raw({ originalCode: '23505', kind: 'UniqueConstraintViolation' }, 'P2002')],
  ['a wrong statement', raw({ originalCode: '1', originalMessage: 'no such column: x', kind: 'sqlite' })],
  ['a platform that is away', named('PlatformError', 'connect ECONNREFUSED')],
  ['a bug', new TypeError('x is undefined')],
  ['no error', 'database is locked'],
])('not %s', (_, error) => {
  expect(isAway(error)).toBe(false);
});

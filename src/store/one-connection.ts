/** Lets Prisma's libsql adapter work on the one SQLite connection that the store has, in transactions too. */
import type { Client, Config, InStatement, ResultSet, Transaction, TransactionMode } from '@libsql/client';
import { PrismaLibSql } from '@prisma/adapter-libsql';
import type { SqliteRows, SqliteStatement } from './sqlite-calls.js';
import type { SqliteClient } from './sqlite-client.js';

/**
 * libsql leaves a connection behind with every transaction and opens another, which costs a millisecond, its page cache
 * and its pragmas. The adapter lets nothing of Prisma run while a transaction is open (its lock is held until the end), and
 * the client nothing of the store's own statements, so the transaction can have the one connection to itself instead.
 */
export class OneConnectionLibSql extends PrismaLibSql {
  readonly #client: SqliteClient;

  constructor(client: SqliteClient) {
    super({ url: '' }, { timestampFormat: 'unixepoch-ms' });
    this.#client = client;
  }

  override createClient({ url }: Config): Client {
    if (url === ':memory:') {
      throw new Error('there is no shadow database beside the one connection');
    }
    const client = this.#client;
    // The adapter calls these four and nothing else of the client.
    return {
      execute: (statement: InStatement) => execute(client, statement),
      executeMultiple: (script: string) => client.runScript(script),
      transaction: (mode: TransactionMode = 'write') => begin(client, mode),
      // Whoever opened the connection closes it.
      close: () => {},
    } as Client;
  }
}

const BEGIN: Readonly<Record<TransactionMode, string>> = {
  write: 'BEGIN IMMEDIATE',
  read: 'BEGIN',
  deferred: 'BEGIN DEFERRED',
};

async function begin(client: SqliteClient, mode: TransactionMode): Promise<Transaction> {
  const { release } = await client.hold();
  let isOpen = true;
  const end = async (statement: string): Promise<void> => {
    if (isOpen) {
      isOpen = false;
      await client.run(toStatement(statement));
    }
  };
  try {
    await client.run(toStatement(BEGIN[mode]));
  } catch (error) {
    release();
    throw error;
  }
  return {
    get closed() {
      return !isOpen;
    },
    execute: (statement: InStatement): Promise<ResultSet> => execute(client, statement),
    batch: async (statements: InStatement[]): Promise<ResultSet[]> => {
      const results: ResultSet[] = [];
      for (const statement of statements) {
        results.push(await execute(client, statement));
      }
      return results;
    },
    executeMultiple: (script: string) => client.runScript(script),
    // A COMMIT that fails (disk full) leaves the transaction open in SQLite: it must not swallow what comes next.
    commit: () =>
      end('COMMIT')
        .catch(async (error: unknown) => {
          await client.run(toStatement('ROLLBACK')).catch(() => undefined);
          throw error;
        })
        .finally(release),
    rollback: () => end('ROLLBACK').finally(release),
    close: () => {
      void end('ROLLBACK')
        .catch(() => undefined)
        .finally(release);
    },
  };
}

async function execute(client: SqliteClient, given: InStatement): Promise<ResultSet> {
  return toResultSet(await client.run(toStatement(given)));
}

function toStatement(given: InStatement): SqliteStatement {
  if (typeof given === 'string') {
    return { sql: given, args: [] };
  }
  // Prisma's parameters have no names.
  return { sql: given.sql, args: Array.isArray(given.args) ? given.args : [] };
}

function toResultSet({ columns, columnTypes, rows, changed }: SqliteRows): ResultSet {
  const plain = { columns, columnTypes, rows, rowsAffected: changed };
  return { ...plain, lastInsertRowid: undefined, toJSON: () => plain } as unknown as ResultSet;
}

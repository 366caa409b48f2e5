/** Keeps Prisma's libsql adapter on one SQLite connection, in transactions too. */
import type { Client, Config, InStatement, ResultSet, Transaction, TransactionMode } from '@libsql/client';
import { PrismaLibSql } from '@prisma/adapter-libsql';
import { type NativeClient, openNativeClient } from './native-client.js';

/**
 * libsql leaves a connection behind with every transaction and opens another, which costs a millisecond, its page cache
 * and its pragmas. The adapter lets nothing else run while a transaction is open (its lock is held until the end), so the
 * transaction can have the one connection to itself instead.
 */
export class OneConnectionLibSql extends PrismaLibSql {
  override createClient(config: Config): Client {
    const client = openNativeClient(config.url);
    // The adapter calls these four and nothing else of the client.
    return {
      execute: (statement: InStatement) => client.execute(mendTexts(statement)),
      executeMultiple: (script: string) => client.executeMultiple(script),
      transaction: (mode: TransactionMode = 'write') => begin(client, mode),
      close: () => client.close(),
    } as Client;
  }
}

/**
 * Replaces half surrogate pairs and NULs in text parameters by U+FFFD: SQLite would store the first as broken UTF-8, on
 * which libsql ends the whole process when it reads the row, and would cut a text at the second.
 */
function mendTexts(statement: InStatement): InStatement {
  if (typeof statement === 'string' || !Array.isArray(statement.args)) {
    return statement;
  }
  const args = statement.args.map((arg) => (typeof arg === 'string' ? mendText(arg) : arg));
  return { sql: statement.sql, args };
}

function mendText(text: string): string {
  const whole = text.isWellFormed() ? text : text.toWellFormed();
  return whole.includes('\0') ? whole.replaceAll('\0', '\ufffd') : whole;
}

const BEGIN: Readonly<Record<TransactionMode, string>> = {
  write: 'BEGIN IMMEDIATE',
  read: 'BEGIN',
  deferred: 'BEGIN DEFERRED',
};

async function begin(client: NativeClient, mode: TransactionMode): Promise<Transaction> {
  await client.execute(BEGIN[mode]);
  let isOpen = true;
  const end = async (statement: string): Promise<void> => {
    if (isOpen) {
      isOpen = false;
      await client.execute(statement);
    }
  };
  return {
    get closed() {
      return !isOpen;
    },
    execute: (statement: InStatement): Promise<ResultSet> => client.execute(mendTexts(statement)),
    batch: async (statements: InStatement[]): Promise<ResultSet[]> => {
      const results: ResultSet[] = [];
      for (const statement of statements) {
        results.push(await client.execute(statement));
      }
      return results;
    },
    executeMultiple: (script: string) => client.executeMultiple(script),
    // A COMMIT that fails (disk full) leaves the transaction open in SQLite: it must not swallow what comes next.
    commit: () =>
      end('COMMIT').catch(async (error: unknown) => {
        await client.execute('ROLLBACK').catch(() => undefined);
        throw error;
      }),
    rollback: () => end('ROLLBACK'),
    close: () => {
      void end('ROLLBACK').catch(() => undefined);
    },
  };
}

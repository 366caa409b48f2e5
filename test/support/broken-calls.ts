/** Makes single calls of a world's database fail, counted from now on: before, at or after the commit of what is going on. */
import { connectionOf, type Db } from '#src/store/db.js';
import { SqliteError } from '#src/store/sqlite-client.js';

/** Which calls fail. */
export interface Breaking {
  /** The first one, counted from 0. */
  at: number;
  /** All that follow, too; else that one alone. */
  isLasting: boolean;
}

/** Breaks them; the answer mends it and tells whether any failed. Only SQLite's calls can be reached so. */
export function breakCalls(db: Db, { at, isLasting }: Breaking): () => boolean {
  const connection = connectionOf(db);
  if (!connection) {
    throw new Error('only the calls of SQLite can be broken so');
  }
  const { run, runTogether } = connection;
  let calls = 0;
  const broken =
    <In, Out>(call: (input: In) => Promise<Out>) =>
    async (input: In): Promise<Out> => {
      const number = calls;
      calls += 1;
      if (number === at || (isLasting && number > at)) {
        throw new SqliteError({ message: 'disk I/O error', code: 'SQLITE_IOERR', rawCode: 10 });
      }
      return call(input);
    };
  connection.run = broken(run);
  connection.runTogether = broken(runTogether);
  return () => {
    Object.assign(connection, { run, runTogether });
    return calls > at;
  };
}

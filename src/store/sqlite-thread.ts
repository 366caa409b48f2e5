/** The thread that holds the SQLite connections, so that nothing else of the server waits for the disk. */
import { parentPort } from 'node:worker_threads';
import { watchFile } from './file-watch.js';
import type { SqliteAnswer, SqliteCall, SqliteFailure, SqliteRows, SqliteTask } from './sqlite-calls.js';
import { openConnection, type SqliteConnection } from './sqlite-connection.js';

const connections = new Map<number, { connection: SqliteConnection; checkFile: () => void }>();

parentPort?.on('message', ({ id, connection, task }: SqliteCall) => {
  parentPort?.postMessage(answer(id, () => perform(connection, task)));
});

function answer(id: number, work: () => SqliteRows[]): SqliteAnswer {
  try {
    return { id, results: work() };
  } catch (error) {
    return { id, failure: toFailure(error) };
  }
}

function perform(number: number, task: SqliteTask): SqliteRows[] {
  if (task.verb === 'open') {
    const connection = openConnection(task.path);
    connections.set(number, { connection, checkFile: watchFile(task.path) });
    return [];
  }
  const opened = connections.get(number);
  if (!opened) {
    throw new Error('the database is closed');
  }
  const { connection, checkFile } = opened;
  if (task.verb !== 'close') {
    checkFile();
  }
  switch (task.verb) {
    case 'run':
      return [connection.run(task.statement)];
    case 'runTogether':
      return connection.runTogether(task.statements);
    case 'runScript':
      connection.runScript(task.script);
      return [];
    case 'close':
      connections.delete(number);
      connection.close();
      return [];
  }
}

function toFailure(error: unknown): SqliteFailure {
  const { code, rawCode } = (error ?? {}) as { code?: unknown; rawCode?: unknown };
  return {
    message: error instanceof Error ? error.message : String(error),
    code: typeof code === 'string' ? code : undefined,
    rawCode: typeof rawCode === 'number' ? rawCode : undefined,
  };
}

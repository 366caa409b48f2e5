/** Starts the PostgreSQL server of a test run, and ends it. */
import { useServer } from './database.js';
import { startPostgres } from './postgres.js';

/** Vitest calls it before the first test of the project; the answer ends the server. */
export default async function setup(): Promise<() => Promise<void>> {
  const server = await startPostgres();
  if (!server) {
    return async () => {};
  }
  await useServer(server);
  return server.stop;
}

// A bug on purpose: a migration is applied statement by statement, and one that was interrupted is not gone on with.
import { applyMigrations as apply } from '#src/store/migrate.js';
import { splitStatements } from '#src/store/migrations.js';

export * from '#src/store/migrate.js';

const PAUSE_MS = 150;

export async function applyMigrations(connection, plan) {
  const { missing, begun, isNew } = plan;
  if (isNew) {
    return apply(connection, plan);
  }
  for (const { name, sql } of missing) {
    if (begun.has(name)) {
      throw new Error(`migrate found failed migrations: ${name}`);
    }
    await connection.run(
      `INSERT INTO "_prisma_migrations" ("id", "checksum", "migration_name", "applied_steps_count") VALUES ('${name}', '', '${name}', 0)`,
    );
    for (const statement of splitStatements(sql)) {
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      await connection.run(statement);
    }
    await connection.run(
      `UPDATE "_prisma_migrations" SET "finished_at" = "started_at" WHERE "migration_name" = '${name}'`,
    );
  }
  return missing.map(({ name }) => name);
}

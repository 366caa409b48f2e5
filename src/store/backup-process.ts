/** Runs beside the server, as a process of its own: copies a database while it is written to, or checks one. */
import Database from 'libsql';

/** What a check finds in a file. */
export interface FileFacts {
  /** `ok`, or what SQLite finds wrong. */
  integrity: string;
  /** The migrations that made it; empty where it is no database of ours. */
  migrations: string[];
  /** Triggers and views, which ours never has. */
  strangers: number;
  /** Proof of the secret key that it was written with; empty for old files. */
  keyMark: string;
  /** The last exchange of secret keys as JSON; empty where there was none. */
  keyRotation: string;
  messages: number;
  people: number;
  apps: number;
  /** When the newest message was accepted, in milliseconds since the epoch; null where there is none. */
  newestAt: number | null;
}

const [verb = '', path = '', target = ''] = process.argv.slice(2);
try {
  process.stdout.write(JSON.stringify(run()));
} catch (error) {
  process.stderr.write(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

function run(): object {
  const database = new Database(path);
  try {
    if (verb === 'copy') {
      // Holds one snapshot to the end and no lock that a writer would wait for.
      database.exec(`VACUUM INTO '${target.replaceAll("'", "''")}'`);
      return {};
    }
    if (verb === 'keys') {
      return readKeys(database);
    }
    if (target === 'settle') {
      database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    }
    return check(database);
  } finally {
    database.close();
  }
}

function readKeys(database: Database.Database): Pick<FileFacts, 'keyMark' | 'keyRotation'> {
  const [keyMark = '', keyRotation = ''] = ['key-mark', 'key-rotation'].map((key) =>
    String(database.prepare('SELECT value FROM Setting WHERE key = ?').raw(true).all(key).flat()[0] ?? ''),
  );
  return { keyMark, keyRotation };
}

function check(database: Database.Database): FileFacts {
  const ask = (sql: string): unknown[] => database.prepare(sql).raw(true).all().flat();
  const integrity = String(ask('PRAGMA integrity_check(1)')[0]);
  const tables = new Set(ask(`SELECT name FROM sqlite_schema WHERE type = 'table'`));
  const isOurs = ['_prisma_migrations', 'Setting', 'Message', 'Person', 'App'].every((name) =>
    tables.has(name),
  );
  const count = (table: string): number => (isOurs ? Number(ask(`SELECT count(*) FROM "${table}"`)[0]) : 0);
  const migrations = isOurs
    ? ask('SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL')
    : [];
  return {
    integrity,
    migrations: migrations.map(String),
    strangers: Number(ask(`SELECT count(*) FROM sqlite_schema WHERE type IN ('trigger', 'view')`)[0]),
    ...(isOurs ? readKeys(database) : { keyMark: '', keyRotation: '' }),
    messages: count('Message'),
    people: count('Person'),
    apps: count('App'),
    newestAt: isOurs
      ? (ask('SELECT createdAt FROM Message ORDER BY id DESC LIMIT 1').map(Number)[0] ?? null)
      : null,
  };
}

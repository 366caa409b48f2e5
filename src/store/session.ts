/** The one lasting connection of a process to PostgreSQL: holds its number, hears the other processes and tells them. */
import pg from 'pg';
import { ID_STRIDE } from '#src/lib/ids.js';
import { createTurns } from '#src/lib/turns.js';

/** What the processes on one database share. On SQLite there is one process and nobody to tell. */
export interface Session {
  /** The process's number, 0 to 63, different from every other's. Throws while it is cut off and has none. */
  node(): number;
  /** Tells the other processes; never fails and never waits. */
  tell(word: string): void;
  /** Calls back with each word of another process, and with `back` when some may have been missed. */
  onWord(listener: (word: string) => void): void;
  /** Lets the others read a short text about this process, for as long as it is there. */
  label(text: string): Promise<void>;
  /** The labels of all other processes; empty for one that has none. Throws while it is cut off. */
  readLabels(): Promise<string[]>;
  close(): Promise<void>;
}

/** The session of the only process. */
export const ALONE: Session = {
  node: () => 0,
  tell: () => {},
  onWord: () => {},
  label: async () => {},
  readLabels: async () => [],
  close: async () => {},
};

/** As many processes as ids have room for. */
const NODES = ID_STRIDE;
/** The space of our advisory locks: the letters of the name. */
const LOCK_SPACE = 0x716e;
const MIGRATION_LOCK = 1000;
const CHANNEL = 'qingniao';
/** Connections are known by it to whoever looks at the database; a label follows it. */
const APPLICATION = 'qingniao';
const OTHERS = `SELECT a.application_name AS "name" FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid
  WHERE l.locktype = 'advisory' AND l.classid = ${LOCK_SPACE} AND l.objid < ${NODES} AND l.granted
    AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND l.pid <> pg_backend_pid()`;
/** Words of one moment go together. */
const GATHER_MS = 5;
const RECONNECT_MS = 250;
/** A silent connection is asked so often, and given up when it does not answer as long. */
const BEAT_MS = 5000;

/** Why a process can't join. */
export class SessionError extends Error {
  override name = 'SessionError';
}

/** What a session is opened with. */
export interface SessionNeeds {
  migrate: () => Promise<void>;
  /** Told when the database no longer answers although the connection stands: others hang in the same way. */
  onSilence?: () => void;
}

/**
 * Joins the processes on a database. While `migrate` runs no other process runs its own. Connects again by itself when
 * the connection is lost; until then `node` throws, since another process may have taken the number.
 */
export async function openSession(
  url: string,
  { migrate, onSilence = () => {} }: SessionNeeds,
): Promise<Session> {
  const listeners: ((word: string) => void)[] = [];
  const words = new Set<string>();
  let held: { client: pg.Client; node: number } | null = null;
  let lastNode = 0;
  let label = '';
  let isClosed = false;
  /** The connection takes one statement at a time. */
  let inTurn = createTurns();
  let beat: NodeJS.Timeout | undefined;

  async function connect(): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: url,
      application_name: `${APPLICATION} ${label}`.trim(),
      keepAlive: true,
      connectionTimeoutMillis: BEAT_MS,
    });
    client.on('error', () => lose(client));
    client.on('end', () => lose(client));
    client.on('notification', ({ processId, payload = '' }) => {
      if (processId !== processIdOf(client)) {
        announce(payload);
      }
    });
    await client.connect();
    return client;
  }

  async function join(client: pg.Client): Promise<void> {
    const node = await takeNode(client, lastNode);
    if (node === null) {
      throw new SessionError(`${NODES} processes work on this database already: there is no room for more`);
    }
    await client.query(`LISTEN ${CHANNEL}`);
    inTurn = createTurns();
    held = { client, node };
    lastNode = node;
  }

  function announce(word: string): void {
    for (const listener of listeners) {
      listener(word);
    }
  }

  function lose(client: pg.Client): void {
    if (held?.client !== client) {
      return;
    }
    held = null;
    void end(client);
    reconnectSoon();
  }

  function reconnectSoon(): void {
    setTimeout(() => void reconnect(), RECONNECT_MS).unref();
  }

  async function reconnect(): Promise<void> {
    if (isClosed || held) {
      return;
    }
    let client: pg.Client | null = null;
    try {
      client = await connect();
      await join(client);
      announce('back');
    } catch {
      await end(client);
      reconnectSoon();
    }
  }

  async function checkAlive(): Promise<void> {
    const client = held?.client;
    if (client) {
      await withTimeout(inTurn(() => client.query('SELECT 1'))).catch(() => {
        lose(client);
        onSilence();
      });
    }
  }

  function flush(): void {
    const gathered = [...words];
    words.clear();
    for (const word of gathered) {
      inTurn(async () => held?.client.query('SELECT pg_notify($1, $2)', [CHANNEL, word])).catch(() => {});
    }
  }

  const first = await connect();
  try {
    await first.query('SELECT pg_advisory_lock($1, $2)', [LOCK_SPACE, MIGRATION_LOCK]);
    await migrate();
    await first.query('SELECT pg_advisory_unlock($1, $2)', [LOCK_SPACE, MIGRATION_LOCK]);
    await join(first);
  } catch (error) {
    await end(first);
    throw error;
  }
  beat = setInterval(() => void checkAlive(), BEAT_MS).unref();
  return {
    node: () => {
      if (!held) {
        throw new SessionError('cut off from the database');
      }
      return held.node;
    },
    tell: (word) => {
      if (words.size === 0) {
        setTimeout(flush, GATHER_MS);
      }
      words.add(word);
    },
    onWord: (listener) => {
      listeners.push(listener);
    },
    label: async (text) => {
      label = text;
      await held?.client.query(`SELECT set_config('application_name', $1, false)`, [
        `${APPLICATION} ${label}`,
      ]);
    },
    readLabels: async () => {
      if (!held) {
        throw new SessionError('cut off from the database');
      }
      const { rows } = await held.client.query<{ name: string | null }>(OTHERS);
      return rows.map(({ name }) => (name ?? '').slice(APPLICATION.length).trim());
    },
    close: async () => {
      isClosed = true;
      clearInterval(beat);
      const client = held?.client ?? null;
      held = null;
      await end(client);
    },
  };
}

/** The number it had before if that is free, else the first free one; null when all are taken. */
async function takeNode(client: pg.Client, wanted: number): Promise<number | null> {
  for (const node of [wanted, ...Array.from({ length: NODES }, (_, at) => at)]) {
    const { rows } = await client.query<{ taken: boolean }>(
      'SELECT pg_try_advisory_lock($1, $2) AS "taken"',
      [LOCK_SPACE, node],
    );
    if (rows[0]?.taken) {
      return node;
    }
  }
  return null;
}

async function end(client: pg.Client | null): Promise<void> {
  await withTimeout(client?.end() ?? Promise.resolve()).catch(() => {});
}

/** A connection that was cut without a word never answers. */
function withTimeout<T>(work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new SessionError('no answer')), BEAT_MS).unref();
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** The server's number of this connection, by which a process knows its own words; the types leave it out. */
function processIdOf(client: pg.Client): unknown {
  return 'processID' in client ? client.processID : undefined;
}

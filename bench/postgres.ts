/** Measures what docs/scaling.md reckons with: rates and sizes on a PostgreSQL server that it starts, or that QINGNIAO_TEST_POSTGRES names. */
import { systemClock } from '#src/lib/clock.js';
import { createNewId, ID_STRIDE } from '#src/lib/ids.js';
import { claimDue } from '#src/store/claims.js';
import { insertSubscriptions } from '#src/store/events.js';
import { insertMessages } from '#src/store/messages.js';
import { type Db, openStore } from '#src/store/open.js';
import { recordResults } from '#src/store/outbox.js';
import { upsertPeople } from '#src/store/people.js';
import { expandTopic, finishExpansion, listAccepted } from '#src/store/spreading.js';
import { query } from '#src/store/sql.js';
import { runSql, startPostgres } from '#test/support/postgres.js';

const PEOPLE = Number(process.argv[2] ?? 20_000);
const CHUNK = 2000;
const CLAIM = 200;
const OWNERS = 4;
const ACCOUNT = { platform: 'wechat', account: 'bench' };

// As in production: a commit is on the disk when it answers.
const server = await startPostgres({ isDurable: true });
if (!server) {
  console.error('no PostgreSQL found (install it or set QINGNIAO_TEST_POSTGRES)');
  process.exit(1);
}
const name = `qingniao_bench_${process.pid}`;
await runSql(server.urlOf('postgres'), `CREATE DATABASE "${name}"`);
const store = await openStore(server.urlOf(name));
const { db } = store;
const newId = createNewId(systemClock);
const scope = { ...ACCOUNT, now: systemClock.now() };
const facts: Record<string, string> = {};

const app = await db.app.create({ data: { name: 'bench', subscribeCode: 'bench', createdAt: new Date() } });
await time('follow', PEOPLE, makeFollowers);
await runSql(server.urlOf(name), 'ANALYZE');
await time('accept', 6400, acceptMessages);
const walBefore = await readWal(db);
await time('expand', PEOPLE, spread);
await time('claim and record', PEOPLE, deliver);
facts['WAL bytes a delivery'] = String(Math.round(((await readWal(db)) - walBefore) / PEOPLE));
const [size] = await query<{ bytes: bigint }>(db, `SELECT pg_total_relation_size('"Delivery"') AS "bytes"`);
facts['stored bytes a delivery'] = String(Math.round(Number(size?.bytes ?? 0) / PEOPLE));
console.table(facts);
await store.close();
await runSql(server.urlOf('postgres'), `DROP DATABASE "${name}" WITH (FORCE)`);
await server.stop();

async function time(what: string, rows: number, run: () => Promise<void>): Promise<void> {
  const began = performance.now();
  await run();
  facts[what] = `${Math.round((rows / (performance.now() - began)) * 1000)} a second`;
}

async function makeFollowers(): Promise<void> {
  for (let done = 0; done < PEOPLE; done += CHUNK) {
    const first = newId(CHUNK);
    const ids = Array.from({ length: Math.min(CHUNK, PEOPLE - done) }, (_, at) => first + at * ID_STRIDE);
    const at = systemClock.now();
    await upsertPeople(
      db,
      ids.map((id) => ({
        ...ACCOUNT,
        externalId: `o${id}`,
        personId: id,
        uid: `UID_${id}`,
        following: true,
        at,
      })),
    );
    const rows = ids.map((id) => ({
      id,
      personId: id,
      appId: app.id,
      topicId: 1,
      source: 'scan',
      extra: '',
      createdAt: at,
    }));
    await insertSubscriptions(db, rows, []);
  }
}

async function acceptMessages(): Promise<void> {
  // A hundred moments of 64 requests each.
  for (let moment = 0; moment < 100; moment += 1) {
    await insertMessages(
      db,
      Array.from({ length: 64 }, () =>
        toMessage(newId(), '{"people":[],"topics":[]}', systemClock.now() + 1e9),
      ),
    );
  }
}

async function spread(): Promise<void> {
  await insertMessages(db, [toMessage(newId(), '{"people":[],"topics":[1]}', null)]);
  const [message] = await listAccepted(db, systemClock.now(), 1);
  for (let after = 0, isEnd = false; message && !isEnd; ) {
    const slice = { message, topicId: 1, after, limit: CHUNK, firstId: newId(CHUNK), idStride: ID_STRIDE };
    const end = await expandTopic(db, { ...slice, channel: 'wechat', queue: 'wechat#bulk' }, scope);
    after = end.last;
    isEnd = end.isEnd;
  }
  await finishExpansion(db, message ? [message.id] : [], systemClock.now());
}

/** As four workers do it at once. */
async function deliver(): Promise<void> {
  await Promise.all(
    Array.from({ length: OWNERS }, async (_, owner) => {
      for (let batch = 0; ; batch += 1) {
        const now = systemClock.now();
        const mine = `bench-${owner}`;
        const queues = [{ queue: 'wechat#bulk', limit: CLAIM }];
        const claimed = await claimDue(db, { queues, owner: mine, now, leaseUntil: now + 60_000 });
        if (claimed.length === 0) {
          return;
        }
        const attempt = JSON.stringify({ at: now, outcome: 'sent', tookMs: 50 });
        const results = claimed.map(({ id, messageId }) => ({
          id,
          messageId,
          state: 'sent' as const,
          dueAt: null,
          ref: String(id),
          attempt,
          finishedAt: now,
        }));
        await recordResults(db, results, { owner: mine, batch: `${mine}:${batch}`, now });
      }
    }),
  );
}

function toMessage(id: number, audience: string, sendAt: number | null) {
  const texts = { title: 'bench', summary: '', body: 'x'.repeat(500), format: 'text', url: '' };
  const nothing = { senderId: null, channels: null, extras: null, dedupeKey: null, expiresAt: null };
  const createdAt = systemClock.now();
  return {
    id,
    appId: app.id,
    source: 'bench',
    ...texts,
    audience,
    targets: '[]',
    priority: 0,
    ...nothing,
    createdAt,
    sendAt,
  };
}

async function readWal(on: Db): Promise<number> {
  const [row] = await query<{ bytes: bigint }>(
    on,
    `SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint AS "bytes"`,
  );
  return Number(row?.bytes ?? 0);
}

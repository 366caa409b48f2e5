/** Damage to what a server keeps: it works all the same, or says in one sentence what is wrong and how to mend it. */
import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { drawCall } from '#torture/doors.js';
import { type Answer, call, fieldOf } from '#torture/http.js';
import type { ShortLife } from '#torture/processes.js';
import { createRandom, type Random } from '#torture/random.js';
import { removeDatabaseFiles, scramble } from '#torture/sqlite-file.js';
import { readKey, type World } from '#torture/world.js';
import type { Fault } from './blow.js';
import { serverOf } from './processes.js';

/** What may be broken: pages of the file, the end of its log, the key or the database is gone, empty or of another server. */
const DAMAGES = ['pages', 'wal', 'key-lost', 'key-foreign', 'database-lost', 'database-empty'] as const;
type Damage = (typeof DAMAGES)[number];

/** With these a server may start and work: SQLite takes from its log what is whole. */
const HARMLESS: readonly Damage[] = ['wal'];
const WATCH_MS = 30_000;
const CALLS = 12;
const CALL_EVERY_MS = 150;
const SETTLE_MS = 1500;
/** Where a way out is named. */
const WAY_OUT = /restore|backup|check-data|secret\.key|SECRET_KEY|恢复|备份|复制|copy/i;
/** No text of a message: what a damaged server sends must be told from what the run sends. */
const PROBE = 'probe';

/**
 * The killed server's data are damaged. It must start and work, or say in one sentence what is wrong; and nothing may take the place of
 * what is lost. Then the data are put back as they were. Nothing that the damaged server sends leaves it.
 */
export const damage: Fault<{ what: Damage; seed: number }> = {
  databases: ['sqlite'],
  alone: 'world',
  draw: ({ random }) => ({ what: random.pick(DAMAGES), seed: random.between(0, 2 ** 31) }),
  fall: async (world, { what, seed }) => {
    const server = serverOf(world, 0);
    await server.halt('SIGKILL');
    const kept = join(world.disk.folder, 'kept');
    cpSync(world.dataDir, kept, { recursive: true });
    const random = createRandom(seed);
    damageData(world, what, random);
    const keyBefore = readKey(world.dataDir);
    await world.setOutside('refuse');
    let seen: Seen | null = null;
    const look = async (): Promise<void> => {
      seen = await askDamaged(world, random);
    };
    const life = await server.tryStart(({ listening }) =>
      Promise.race([sleep(WATCH_MS, undefined, { ref: false }), listening.then(look)]),
    );
    const isKeyMade = keyBefore === null && readKey(world.dataDir) !== null;
    rmSync(world.dataDir, { recursive: true, force: true });
    cpSync(kept, world.dataDir, { recursive: true });
    rmSync(kept, { recursive: true, force: true });
    await world.setOutside('open');
    server.go();
    await server.ready();
    return [...judge(what, life, seen), ...(isKeyMade ? ['a new secret key was made in silence'] : [])].map(
      (text) => `${what}: ${text}`,
    );
  },
};

/** What a server on damaged data said to those who asked. */
interface Seen {
  answers: { answer: Answer | null; isAccepted: boolean }[];
  isReady: boolean;
}

function damageData(world: World, what: Damage, random: Random): void {
  const { dataDir, databasePath } = world;
  const keyPath = join(dataDir, 'secret.key');
  switch (what) {
    case 'pages':
      // The first pages hold the tables' names: without those it is no database at all, which is the easier case.
      scramble(databasePath, random, { share: 0.5, fromByte: 16 * 4096 });
      return;
    case 'wal':
      if (existsSync(`${databasePath}-wal`)) {
        scramble(`${databasePath}-wal`, random, { share: 0.3, fromByte: 4096 });
      }
      return;
    case 'key-lost':
      rmSync(keyPath);
      return;
    case 'key-foreign':
      writeFileSync(keyPath, `${randomBytes(32).toString('base64')}\n`);
      return;
    case 'database-lost':
      removeDatabaseFiles(databasePath);
      return;
    case 'database-empty':
      removeDatabaseFiles(databasePath);
      writeFileSync(databasePath, '');
      return;
  }
}

/** Sends through the doors for a while, then asks whether it is ready. */
async function askDamaged(world: World, random: Random): Promise<Seen> {
  const answers: Seen['answers'] = [];
  for (let asked = 0; world.cast && asked < CALLS; asked += 1) {
    const { path, body, isAccepted } = drawCall(world.cast, { random, marker: PROBE });
    const answer = await call(
      world.url + path,
      body,
      typeof body === 'string' ? { 'content-type': 'text/plain' } : {},
    );
    answers.push({ answer, isAccepted: answer !== null && isAccepted(answer.json) });
    await sleep(CALL_EVERY_MS);
  }
  await sleep(SETTLE_MS);
  const readiness = await call(`${world.url}/readyz`);
  return { answers, isReady: fieldOf(readiness?.json, 'ready') === true };
}

function judge(what: Damage, life: ShortLife, seen: Seen | null): string[] {
  const said = life.lines.filter((line) => !line.startsWith('{'));
  const end = said.slice(-6).join(' | ').slice(0, 400);
  const stack = said.some((line) => /^\s+at \S+.*:\d+/.test(line)) ? [`a stack is no sentence: ${end}`] : [];
  if (!life.hasListened) {
    return [
      ...stack,
      ...(life.code === null ? ['it neither listens nor ends'] : []),
      ...(life.code === 0 ? ['it ended as if all were well'] : []),
      ...(life.code !== null && !WAY_OUT.test(end) ? [`it names no way out: ${end}`] : []),
    ];
  }
  if (HARMLESS.includes(what) || !seen) {
    return stack;
  }
  const bad = seen.answers.filter(
    ({ answer, isAccepted }) =>
      answer !== null && !isAccepted && !(answer.status === 503 && answer.retryAfter !== null),
  );
  const isKnown = life.lines.some((line) => /malformed|SQLITE_CORRUPT/.test(line));
  return [
    ...stack,
    ...(bad.length > 0
      ? [`${bad.length} calls were refused without 503 and Retry-After: ${show(bad[0])}`]
      : []),
    ...(seen.isReady && (what !== 'pages' || isKnown || bad.length > 0) ? ['it says that it is ready'] : []),
  ];
}

function show(refused: Seen['answers'][number] | undefined): string {
  return `${refused?.answer?.status} ${JSON.stringify(refused?.answer?.json)?.slice(0, 160)}`;
}

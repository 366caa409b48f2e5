/** Limits count for all processes together, however many ask at once. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Core, createCore } from '#src/core/index.js';
import { createNewId } from '#src/lib/ids.js';
import { createKeyRing } from '#src/lib/key-ring.js';
import { silentLogger } from '#src/lib/logger.js';
import { openStore } from '#src/store/open.js';
import { createTestClock } from '#test/support/clock.js';
import { openDatabase } from '#test/support/database.js';

const KEY = Buffer.alloc(32, 7);
const clock = createTestClock();

let folder: string;
let database: Awaited<ReturnType<typeof openDatabase>>;
let closers: (() => Promise<void>)[];
let cores: Core[];
let made: number;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'qingniao-limits-'));
  database = await openDatabase(folder);
  closers = [];
  made = 0;
  cores = await Promise.all([openProcess(), openProcess()]);
});
afterEach(async () => {
  await Promise.all(closers.map((close) => close()));
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

async function openProcess(): Promise<Core> {
  const store = await openStore(database.url);
  closers.push(() => store.close());
  return createCore(
    {
      db: store.db,
      clock,
      newId: createNewId(clock, store.session.node),
      box: createKeyRing(KEY),
      hashKey: KEY,
      log: silentLogger,
      account: { platform: 'wechat', account: 'wx1' },
      publicUrl: 'https://push.example',
      wake: () => {},
    },
    {
      qrcodes: {
        createQrcode: async ({ scene }) => {
          made += 1;
          return { ticket: scene, url: `http://weixin.qq.com/q/${scene}` };
        },
      },
      checkUrl: () => {},
      adminToken: null,
    },
  );
}

const first = (): Core => cores[0] as Core;

/** Runs a call at each process many times at once; how many went well. */
async function tryAll(run: (core: Core, at: number) => Promise<unknown>, times = 12): Promise<number> {
  const calls = cores.flatMap((core, process) =>
    Array.from({ length: times }, (_, at) =>
      run(core, process * times + at).then(
        () => true,
        () => false,
      ),
    ),
  );
  return (await Promise.all(calls)).filter(Boolean).length;
}

it('of what is counted by the day let exactly so many through, from three doors of two processes at once', async () => {
  await first().limits.saveLimits({ 'qr-code-all-day': 10, 'sign-in-code-all-minute': 0 });
  await Promise.all(cores.map((core) => core.limits.listLimits()));
  const { app } = await first().apps.createApp({ name: 'a' }, null);
  const doors: ((core: Core, at: number) => Promise<unknown>)[] = [
    (core, at) => core.signIn.beginSignIn({ userAgent: '', address: `203.0.113.${at}` }),
    (core) => core.qrcodes.createParameterised({ appId: app.id, extra: 'x', validSeconds: 60 }),
    (core) => core.qrcodes.createTemporary({ appId: app.id, topicId: 0, extra: '', validSeconds: 60 }),
  ];
  clock.advance(3000);
  const done = await tryAll((core, at) => (doors[at % 3] ?? fail)(core, at));
  expect([done, made]).toEqual([10, 10]);
});

it('of what is counted to one number let one through a minute', async () => {
  const target = { targets: ['13800138000'] };
  const take = () =>
    tryAll((core, at) => core.limits.take('contact-code', { personId: 1000 + at, ...target }));
  expect(await take()).toBe(1);
  clock.advance(60_000);
  expect(await take()).toBe(1);
});

it('of what there may be at a time are never passed', async () => {
  await first().limits.saveLimits({ 'key-person-standing': 5 });
  clock.advance(3000);
  const { personId } = await first().people.follow({ ...first().account, externalId: 'o1' });
  const done = await tryAll((core) => core.keys.createKey(personId, 'spt'));
  expect(done).toBeLessThanOrEqual(5);
  await tryAll((core) => core.keys.createKey(personId, 'spt'));
  for (let at = 0; at < 6; at += 1) {
    await first()
      .keys.createKey(personId, 'spt')
      .catch(() => {});
  }
  expect(await first().keys.listKeys(personId)).toHaveLength(5);
});

function fail(): never {
  throw new Error('no such door');
}

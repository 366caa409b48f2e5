/** When a try counts as ended: what is stored because of it may take its time, and moves nothing. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createChannelRegistry } from '#src/channels/registry.js';
import type { Outcome } from '#src/core/types.js';
import type { CallbackJob } from '#src/engine/contents.js';
import { createLimits } from '#src/engine/limits.js';
import { createRunJob } from '#src/engine/run-job.js';
import { createLogger } from '#src/lib/logger.js';
import { ACCOUNT, openStoreWorld, type StoreWorld } from '#test/store/store-world.js';

let w: StoreWorld;
beforeEach(async () => {
  w = await openStoreWorld();
});
afterEach(() => w.close());

const QUEUE = 'callback:1';

function toJob(now: number): CallbackJob {
  return {
    kind: 'callback',
    delivery: {
      id: 1,
      messageId: null,
      personId: null,
      eventId: 1,
      callbackId: 1,
      channel: 'callback',
      queue: QUEUE,
      configId: null,
      route: '',
      tries: 1,
      doubtAt: null,
      createdAt: now,
    },
    event: {
      id: 1,
      type: 'upstream.received',
      at: new Date(now),
      appId: 1,
      appName: 'app',
      data: { uid: 'UID_1', content: 'x' },
    },
    callbackId: 1,
    target: { url: 'https://a.cn', secret: '', oldSecret: null, style: 'native' },
  };
}

it('lets a queue and its delivery rest from one moment on, however long storing the rest takes', async () => {
  const now = w.clock.now();
  const limits = createLimits(w.db, 64, {}, w.clock);
  const outcome: Outcome = {
    kind: 'retry',
    scope: 'queue',
    afterMs: 60_000,
    code: '45009',
    why: 'too often',
  };
  const runJob = createRunJob({
    db: w.db,
    clock: w.clock,
    log: createLogger('error', () => {}),
    account: ACCOUNT,
    channels: createChannelRegistry([]),
    sendCallback: async () => {
      w.clock.advance(40);
      return { outcome };
    },
    limits: {
      ...limits,
      rest: async (queue, rest) => {
        await limits.rest(queue, rest);
        w.clock.advance(120_000);
      },
    },
    troubles: { noteTry: () => {}, noteRest: () => {} },
    http: {
      fetch: () => Promise.reject(new Error('nothing goes out here')),
    },
    chance: () => 0,
  });
  const result = await runJob(toJob(now));
  const rest = await w.db.pause.findFirst();
  expect(rest?.until.getTime()).toBe(now + 40 + 60_000);
  expect(result.dueAt).toBe(rest?.until.getTime());
  expect(JSON.parse(result.attempt ?? '{}')).toMatchObject({ at: now, tookMs: 40 });
});

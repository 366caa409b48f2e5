/** The trace of a message over the management API: its state, every delivery, and why one waits. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ApiWorld, type MadeApp, openApiWorld, START } from './api-world.js';

let w: ApiWorld;
let app: MadeApp;
let nextId = 1;

beforeAll(async () => {
  w = await openApiWorld();
});
afterAll(() => w.close());
beforeEach(async () => {
  app = await w.makeApp({ name: 'app' });
});

interface Publishing {
  appId?: number | null;
  senderId?: number;
  sendAt?: Date;
}

async function publish(options: Publishing = {}): Promise<number> {
  const { messageId } = await w.core.publish({
    appId: app.id,
    body: 'secret words',
    format: 'text',
    audience: { people: [], topics: [] },
    targets: [],
    source: 'test',
    ...options,
  });
  return messageId;
}

/** A delivery as the engine would have left it. */
async function deliver(messageId: number, name: string, row: object): Promise<string> {
  const person = await w.follower(name);
  const at = new Date(w.time.now);
  nextId += 1;
  await w.db.delivery.create({
    data: {
      id: nextId,
      messageId,
      personId: person.personId,
      appId: app.id,
      channel: 'wechat',
      queue: 'wechat',
      state: 'due',
      dueAt: at,
      createdAt: at,
      ...row,
    },
  });
  return person.uid;
}

const trace = (id: number | string, query = '', token?: string) =>
  w.call('GET', `/api/v1/messages/${id}${query}`, { token });

it('shows a message that was just accepted, without its words', async () => {
  const id = await publish();
  const answer = await trace(id);
  expect(answer.status).toBe(200);
  expect(answer.body).toEqual({
    id,
    appId: app.id,
    state: 'accepted',
    total: 0,
    sent: 0,
    failed: 0,
    cancelled: 0,
    unknown: 0,
    read: 0,
    createdAt: START,
    waiting: null,
    deliveries: { total: 0, items: [] },
  });
  expect(answer.text).not.toContain('secret words');
});

it('shows each delivery with its tries', async () => {
  const id = await publish();
  const attempts = [
    { at: START, outcome: 'retry', code: '-1', detail: '系统繁忙', tookMs: 12 },
    { at: START + 5000, outcome: 'sent' },
  ];
  const uid = await deliver(id, 'ming', { state: 'sent', attempts: JSON.stringify(attempts) });
  expect((await trace(id)).body).toMatchObject({
    deliveries: {
      total: 1,
      items: [{ uid, channel: 'wechat', state: 'sent', nextTryAt: null, waiting: null, attempts }],
    },
  });
});

it('pages through the deliveries', async () => {
  const id = await publish();
  const uids = [];
  for (const name of ['a', 'b', 'c']) {
    uids.push(await deliver(id, name, { state: 'sent' }));
  }
  const first = await trace(id, '?page=1&pageSize=2');
  const second = await trace(id, '?page=2&pageSize=2');
  expect(first.body.deliveries).toMatchObject({ total: 3, items: [{ uid: uids[0] }, { uid: uids[1] }] });
  expect(second.body.deliveries).toMatchObject({ total: 3, items: [{ uid: uids[2] }] });
  expect((await trace(id, '?pageSize=1001')).status).toBe(400);
});

it('lists those that failed alone, in pages, and counts them', async () => {
  const id = await publish();
  const failed = [];
  for (const [name, state] of [
    ['f1', 'failed'],
    ['f2', 'sent'],
    ['f3', 'failed'],
    ['f4', 'cancelled'],
    ['f5', 'failed'],
  ] as const) {
    const uid = await deliver(id, name, { state });
    failed.push(...(state === 'failed' ? [uid] : []));
  }
  const uidsOf = async (query: string) => {
    const { total, items } = (await trace(id, query)).body.deliveries as {
      total: number;
      items: { uid: string }[];
    };
    return [total, ...items.map(({ uid }) => uid)];
  };
  expect(await uidsOf('?state=failed')).toEqual([3, ...failed]);
  expect(await uidsOf('?state=failed&page=1&pageSize=2')).toEqual([3, ...failed.slice(0, 2)]);
  expect(await uidsOf('?state=failed&page=2&pageSize=2')).toEqual([3, ...failed.slice(2)]);
  expect(await uidsOf('?state=failed&page=3&pageSize=2')).toEqual([3]);
  // Once it is done, the message's own count is told.
  const data = { state: 'done', total: 5, sent: 1, failed: 3, cancelled: 1 };
  await w.db.message.update({ where: { id }, data });
  expect(await uidsOf('?state=failed')).toEqual([3, ...failed]);
  expect((await uidsOf(''))[0]).toBe(5);
  expect((await trace(id, '?state=lost')).status).toBe(400);
  const other = await publish();
  expect((await trace(other, '?state=failed')).body.deliveries).toEqual({ total: 0, items: [] });
});

describe('why it waits', () => {
  it('is the last try’s word, until the next one is due', async () => {
    const id = await publish();
    const attempts = JSON.stringify([{ at: START, outcome: 'retry', code: '-1', detail: '系统繁忙' }]);
    await deliver(id, 'ming', { dueAt: new Date(START + 5000), attempts });
    expect((await trace(id)).body.deliveries).toMatchObject({
      items: [{ nextTryAt: START + 5000, waiting: { until: START + 5000, code: '-1', why: '系统繁忙' } }],
    });
  });

  it('is the rest of its queue, which holds all of it up', async () => {
    const id = await publish();
    await deliver(id, 'ming', {});
    const until = new Date(START + 3_600_000);
    const pause = { queue: 'wechat', until, code: '45009', why: '今日额度已用完' };
    await w.db.pause.create({ data: pause });
    const waiting = { until: until.getTime(), code: '45009', why: '今日额度已用完' };
    await deliver(id, 'hong', { queue: 'wechat#bulk' });
    expect((await trace(id)).body.deliveries).toMatchObject({
      items: [
        { state: 'due', waiting },
        { state: 'due', waiting },
      ],
    });
    w.time.now = until.getTime();
    expect((await trace(id)).body.deliveries).toMatchObject({
      items: [{ waiting: null }, { waiting: null }],
    });
    w.time.now = START;
    await w.db.pause.deleteMany();
  });

  it('is the time that its sender named', async () => {
    const sendAt = new Date(START + 60_000);
    const id = await publish({ sendAt });
    expect((await trace(id)).body.waiting).toMatchObject({ until: sendAt.getTime(), code: 'scheduled' });
  });
});

it('is seen by the app’s owner, not by another developer', async () => {
  const [owner, other] = await Promise.all([w.developer('owner'), w.developer('other')]);
  const own = await w.makeApp({ name: 'own' }, owner.token);
  const id = await publish({ appId: own.id });
  expect((await trace(id, '', owner.token)).status).toBe(200);
  expect((await trace(id, '', other.token)).body.error?.code).toBe('not_found');
});

it('is seen by the person whose own key sent it', async () => {
  const [sender, other] = await Promise.all([w.developer('sender'), w.developer('other')]);
  const id = await publish({ appId: null, senderId: sender.personId });
  expect((await trace(id, '', sender.token)).status).toBe(200);
  expect((await trace(id, '', other.token)).status).toBe(404);
});

it.each(['1', '0', 'x', '9007199254740991', '9007199254740993', '1'.repeat(30)])(
  'answers 404 for a message called %s',
  async (id) => {
    expect((await trace(id)).status).toBe(404);
  },
);

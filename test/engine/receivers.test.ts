/** People come, go and pause while messages are under way; senders take messages back or give them a time. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openWorld, type World } from '#test/support/world.js';
import { type Follower, HOUR, MINUTE, type Pushing, SECOND, startPushing } from './pushing.js';

let w: World;
let p: Pushing;
beforeAll(async () => {
  w = await openWorld({ countTokens: false });
  p = await startPushing(w);
});
afterEach(() => p.mend());
afterAll(() => w.close());

const personIdOf = async ({ uid }: Follower) => (await w.core.people.getByUid(uid)).personId;
const isFollowing = async (follower: Follower) =>
  (await w.core.people.findWechatName(await personIdOf(follower)))?.following;

/** Publishes what no dialect of this version can ask for. */
async function publish(
  to: Follower,
  more: Partial<Parameters<World['core']['publish']>[0]>,
): Promise<number> {
  const { messageId } = await w.core.publish({
    appId: p.app.id,
    body: `body ${Math.random()}`,
    format: 'text',
    audience: { people: [await personIdOf(to)], topics: [] },
    targets: [{ uid: to.uid }],
    source: 'test',
    ...more,
  });
  return messageId;
}

describe('somebody who left', () => {
  it('is known by the refusal where no event told, gets nothing without a call, and comes back as the same', async () => {
    // The account believes in a follower whom WeChat does not know as one: the event of leaving was lost.
    const phone = w.phone('somebody who left unheard');
    const openid = await phone.openid();
    const { uid } = await w.core.people.follow({ ...w.core.account, externalId: openid }, w.clock.now());
    const ming = { phone, openid, uid };
    const refused = await publish(ming, {});
    await w.drain();
    expect(await p.trace(refused)).toMatchObject({
      state: 'failed',
      delivery: {
        attempts: [{ outcome: 'gone', code: '43004', detail: expect.stringContaining('没有关注公众号') }],
      },
    });
    expect(await isFollowing(ming)).toBe(false);
    const before = await p.calls();
    const skipped = await publish(ming, {});
    await w.drain();
    expect(await p.trace(skipped)).toMatchObject({
      state: 'failed',
      delivery: { state: 'failed', attempts: [{ outcome: 'skipped', code: 'unfollowed' }] },
    });
    expect(await p.calls()).toBe(before);
    w.clock.advance(MINUTE);
    await phone.follows();
    expect(await phone.uid()).toBe(uid);
    const welcome = await publish(ming, {});
    await w.drain();
    expect((await p.trace(welcome)).state).toBe('sent');
    expect(await phone.cards()).toHaveLength(1);
  });

  it('between accepting and sending gets nothing, without a call', async () => {
    const ming = await p.meet();
    const before = await p.calls();
    const id = await p.send(ming.uid);
    await ming.phone.unfollows();
    await w.drain();
    expect(await p.trace(id)).toMatchObject({
      state: 'failed',
      delivery: { attempts: [{ code: 'unfollowed' }] },
    });
    expect(await p.calls()).toBe(before);
  });

  it('between two tries gets no second one', async () => {
    const ming = await p.meet();
    await p.fault({ errcode: -1, count: 1 });
    const id = await p.send(ming.uid);
    await w.drain();
    await ming.phone.unfollows();
    const before = await p.calls();
    await p.advance(SECOND);
    expect(await p.trace(id)).toMatchObject({
      state: 'failed',
      delivery: { attempts: [{ outcome: 'retry' }, { outcome: 'skipped', code: 'unfollowed' }] },
    });
    expect(await p.calls()).toBe(before);
  });

  it('costs the others of the same message nothing', async () => {
    const [ming, hong] = [await p.meet(), await p.meet()];
    await ming.phone.unfollows();
    const id = await p.send([ming.uid, hong.uid]);
    await w.drain();
    const { state, deliveries } = await p.trace(id);
    expect(state).toBe('sent');
    expect(new Map(deliveries.items.map((item) => [item.uid, item.state]))).toEqual(
      new Map([
        [ming.uid, 'failed'],
        [hong.uid, 'sent'],
      ]),
    );
  });
});

describe('somebody who paused', () => {
  it('gets nothing until they resume, and the trace says so', async () => {
    const ming = await p.meet();
    await w.core.people.setPaused(await personIdOf(ming), true);
    const id = await p.send(ming.uid);
    await w.drain();
    expect(await p.trace(id)).toMatchObject({
      state: 'cancelled',
      delivery: { state: 'cancelled', attempts: [{ outcome: 'skipped', code: 'paused' }] },
    });
    await w.core.people.setPaused(await personIdOf(ming), false);
    await p.send(ming.uid);
    await w.drain();
    expect(await ming.phone.cards()).toHaveLength(1);
  });

  it('between two tries gets no second one', async () => {
    const ming = await p.meet();
    await p.fault({ errcode: -1, count: 1 });
    const id = await p.send(ming.uid);
    await w.drain();
    await w.core.people.setPaused(await personIdOf(ming), true);
    await p.advance(SECOND);
    expect(await p.trace(id)).toMatchObject({ state: 'cancelled', outcomes: ['retry', 'skipped'] });
    expect(await ming.phone.cards()).toEqual([]);
  });

  it('is left out of a broadcast', async () => {
    const app = w.app('news');
    const topic = await app.topic('topic');
    const [ming, hong] = [await p.meet(topic.qrcodeUrl), await p.meet(topic.qrcodeUrl)];
    await w.core.people.setPaused(await personIdOf(ming), true);
    const audience = { people: [], topics: [topic.id] };
    const id = await publish(ming, { appId: (await app.made()).id, audience, targets: [] });
    await w.drain();
    expect(await p.trace(id)).toMatchObject({
      state: 'sent',
      total: 1,
      deliveries: { items: [{ uid: hong.uid }] },
    });
  });
});

describe('a message that its sender takes down', () => {
  const takeDown = (id: number) => w.core.messages.deletePage(id, p.app.id);

  it('before it was sent reaches nobody', async () => {
    const ming = await p.meet();
    const id = await p.send(ming.uid);
    await takeDown(id);
    await w.drain();
    expect(await p.trace(id)).toMatchObject({
      state: 'cancelled',
      delivery: { attempts: [{ outcome: 'skipped', code: 'deleted' }] },
    });
    expect(await ming.phone.cards()).toEqual([]);
  });

  it('between two tries gets no second one, although its words were at hand', async () => {
    const ming = await p.meet();
    await p.fault({ errcode: -1, count: 1 });
    const id = await p.send(ming.uid);
    await w.drain();
    await takeDown(id);
    await p.advance(SECOND);
    expect(await p.trace(id)).toMatchObject({ state: 'cancelled', outcomes: ['retry', 'skipped'] });
    expect(await ming.phone.cards()).toEqual([]);
  });
});

describe('a message with a time', () => {
  it('to be sent later waits for it, and says so', async () => {
    const ming = await p.meet();
    const sendAt = new Date(w.clock.now() + HOUR);
    const id = await publish(ming, { sendAt });
    await p.advance(HOUR - 1);
    expect(await p.trace(id)).toMatchObject({
      state: 'accepted',
      total: 0,
      waiting: { until: sendAt.getTime(), code: 'scheduled' },
    });
    await p.advance(1);
    expect((await p.trace(id)).state).toBe('sent');
    expect(await ming.phone.cards()).toHaveLength(1);
  });

  it('that ends before it could be sent reaches nobody', async () => {
    const ming = await p.meet();
    const id = await publish(ming, { expiresAt: new Date(w.clock.now() + SECOND) });
    w.clock.advance(SECOND);
    await w.drain();
    expect(await p.trace(id)).toMatchObject({
      state: 'failed',
      delivery: { attempts: [{ code: 'expired' }] },
    });
    expect(await ming.phone.cards()).toEqual([]);
  });

  it('that ends between two tries gets no second one', async () => {
    const ming = await p.meet();
    await p.fault({ errcode: -1, count: 1 });
    const id = await publish(ming, { expiresAt: new Date(w.clock.now() + SECOND) });
    await w.drain();
    await p.advance(SECOND);
    expect(await p.trace(id)).toMatchObject({ state: 'failed', outcomes: ['retry', 'skipped'] });
  });

  it('that has not ended goes out', async () => {
    const ming = await p.meet();
    const id = await publish(ming, { expiresAt: new Date(w.clock.now() + 1) });
    await w.drain();
    expect((await p.trace(id)).state).toBe('sent');
  });
});

describe('a message that is sent twice', () => {
  it('with the same key is the first one, also when both come at once', async () => {
    const ming = await p.meet();
    const key = { idempotencyKey: 'order-17' };
    const ids = await Promise.all([publish(ming, key), publish(ming, key), publish(ming, key)]);
    await w.drain();
    ids.push(await publish(ming, key));
    await w.drain();
    expect(new Set(ids).size).toBe(1);
    expect(await ming.phone.cards()).toHaveLength(1);
  });

  it('with the same key of another app or another key is another one', async () => {
    const ming = await p.meet();
    const other = await w.app('other').made();
    const ids = [
      await publish(ming, { idempotencyKey: 'order-18' }),
      await publish(ming, { idempotencyKey: 'order-18', appId: other.id }),
      await publish(ming, { idempotencyKey: 'order-19' }),
    ];
    await w.drain();
    expect(new Set(ids).size).toBe(3);
    expect(await ming.phone.cards()).toHaveLength(3);
  });

  it('to the same person by several ways shows once', async () => {
    const app = w.app('alarm2');
    const topics = [await app.topic('a'), await app.topic('b')];
    const ming = await p.meet(topics[0]?.qrcodeUrl);
    await ming.phone.scans(topics[1]?.qrcodeUrl ?? '');
    const people = [await personIdOf(ming), await personIdOf(ming)];
    const audience = { people, topics: topics.map(({ id }) => id) };
    const id = await publish(ming, { appId: (await app.made()).id, audience });
    await w.drain();
    expect(await p.trace(id)).toMatchObject({ state: 'sent', total: 1 });
    expect(await ming.phone.cards()).toHaveLength(1);
  });
});

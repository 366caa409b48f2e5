/** The worker: single messages before broadcasts, everything through stops and restarts, nothing twice. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { LEASE_MS } from '#src/engine/claim-lease.js';
import { DEAD_AFTER_MS } from '#src/engine/claim-sweep.js';
import { openWorld, type World } from '#test/support/world.js';
import { type Pushing, SECOND, startPushing } from './pushing.js';

let w: World;
let p: Pushing;
beforeAll(async () => {
  w = await openWorld({ countTokens: false });
  p = await startPushing(w);
});
afterEach(() => p.mend());
afterAll(() => w.close());

const newApp = () => w.app('broadcasts');

/** An app with a topic that so many people follow. */
async function gather(count: number) {
  const builder = newApp();
  const topic = await builder.topic('everybody');
  await w.sim('/followers/bulk', { count, scan: topic.qrcodeUrl });
  return { ...(await builder.made()), topicId: topic.id };
}

async function broadcast(app: { appToken: string; topicId: number }): Promise<number> {
  const body = { appToken: app.appToken, content: `news ${Math.random()}`, topicIds: [app.topicId] };
  const answer = await w.call('/api/send/message', { body });
  return (answer.json as { data: { messageContentId: number }[] }).data[0]?.messageContentId ?? 0;
}

const head = async (id: number) => {
  const { state, total, sent, failed } = (await w.admin(`/messages/${id}`)).json as Record<string, unknown>;
  return { state, total, sent, failed };
};
/** The platform numbers what it takes in order of arrival. */
const numbersOf = async (id: number) =>
  (await w.db.delivery.findMany({ where: { messageId: id } })).map(({ ref }) => ref ?? '').sort();

/** Delivers until everything is through; tokens that die under the crowd make the account rest for seconds. */
async function arrive(): Promise<void> {
  for (let rests = 0; rests < 40; rests += 1) {
    await w.drain();
    if ((await w.db.message.count({ where: { state: { not: 'done' } } })) === 0) {
      return;
    }
    w.clock.advance(3 * SECOND);
  }
}

describe('a broadcast', () => {
  it('reaches every follower of the topic once', async () => {
    const crowd = await gather(90);
    const cardsOf = async () => (await w.sim('/cards')).json as { shown: number; recipients: number };
    const before = await cardsOf();
    const id = await broadcast(crowd);
    expect(await head(id)).toMatchObject({ state: 'accepted', total: 0 });
    await arrive();
    expect(await head(id)).toEqual({ state: 'sent', total: 90, sent: 90, failed: 0 });
    const after = await cardsOf();
    expect([after.shown - before.shown, after.recipients - before.recipients]).toEqual([90, 90]);
  });

  it('never holds up a single message: that one is through before most of the broadcast is', async () => {
    const crowd = await gather(300);
    const ming = await p.meet();
    const [news, single] = [await broadcast(crowd), await p.send(ming.uid)];
    await arrive();
    const [number = ''] = await numbersOf(single);
    const numbers = await numbersOf(news);
    expect(numbers).toHaveLength(300);
    expect(numbers.filter((other) => other < number).length).toBeLessThan(130);
  });

  it('does not hold one up by their number either', async () => {
    const builder = newApp();
    const topic = await builder.topic('one of many');
    const ming = await p.meet(topic.qrcodeUrl);
    const { appToken, id: appId } = await builder.made();
    const news = { appToken, topicId: topic.id };
    const many = await Promise.all(Array.from({ length: 230 }, () => broadcast(news)));
    const { personId } = await w.core.people.getByUid(ming.uid);
    const single = await w.core.publish({
      appId,
      body: 'urgent',
      format: 'text',
      audience: { people: [personId], topics: [] },
      targets: [],
      source: 'test',
    });
    await arrive();
    const numbers = (await Promise.all(many.map(numbersOf))).flat();
    const [number = ''] = await numbersOf(single.messageId);
    expect(numbers).toHaveLength(230);
    expect(numbers.filter((other) => other < number).length).toBeLessThan(130);
  });

  it('goes on where a restart cut it, and shows nobody two cards', async () => {
    const crowd = await gather(80);
    await p.fault({ errcode: -1, count: 30 });
    const id = await broadcast(crowd);
    await w.drain();
    expect(await head(id)).toMatchObject({ state: 'sending', total: 80 });
    await w.restart();
    await arrive();
    expect(await head(id)).toEqual({ state: 'sent', total: 80, sent: 80, failed: 0 });
    expect(await duplicates()).toBe(0);
  });

  it('to a topic that nobody follows is over at once', async () => {
    const builder = newApp();
    const topic = await builder.topic('nobody');
    const id = await broadcast({ ...(await builder.made()), topicId: topic.id });
    await w.drain();
    expect(await head(id)).toEqual({ state: 'sent', total: 0, sent: 0, failed: 0 });
  });
});

const duplicates = async () => ((await w.sim('/cards')).json as { duplicates: number }).duplicates;

describe('what a process had claimed', () => {
  it('comes back when its lease ends, and shows once although it had been sent', async () => {
    const ming = await p.meet();
    const id = await p.send(ming.uid);
    await arrive();
    // As a process leaves it that died between the send and its record.
    await w.db.delivery.updateMany({
      where: { messageId: id },
      data: { state: 'claimed', owner: 'dead', leaseUntil: new Date(w.clock.now() + LEASE_MS), ref: null },
    });
    await w.db.message.update({ where: { id }, data: { state: 'expanded', sent: 0 } });
    await w.drain();
    expect(await head(id)).toMatchObject({ state: 'sending', sent: 0 });
    w.clock.advance(LEASE_MS + 1);
    await w.drain();
    expect(await head(id)).toMatchObject({ state: 'sending', sent: 0 });
    w.clock.advance(DEAD_AFTER_MS);
    await w.drain();
    await arrive();
    expect(await head(id)).toMatchObject({ state: 'sent', sent: 1 });
    expect(await ming.phone.cards()).toHaveLength(1);
  });

  // On PostgreSQL another process may hold it and live: there it waits for the end of its lease, as the test above says.
  it.skipIf(process.env.WORLD_DATABASE === 'postgresql')(
    'is taken over at once by the next start',
    async () => {
      const ming = await p.meet();
      const id = await p.send(ming.uid);
      await p.fault({ errcode: -1, count: 1 });
      await w.drain();
      await w.db.delivery.updateMany({
        where: { messageId: id },
        data: { state: 'claimed', owner: 'dead', leaseUntil: new Date(w.clock.now() + LEASE_MS) },
      });
      await w.restart();
      await arrive();
      expect(await head(id)).toMatchObject({ state: 'sent', sent: 1 });
      expect(await ming.phone.cards()).toHaveLength(1);
    },
  );
});

it('stops without losing what it holds', async () => {
  const crowd = await gather(150);
  const id = await broadcast(crowd);
  await w.worker.start();
  w.worker.wake();
  await w.restart();
  await arrive();
  expect(await head(id)).toEqual({ state: 'sent', total: 150, sent: 150, failed: 0 });
  expect(await duplicates()).toBe(0);
});

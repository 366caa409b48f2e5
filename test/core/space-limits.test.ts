/** A space takes as many people as its owner's plan allows, by the chat and by the page; without a plan it takes all. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { SPACE_LIMITS } from '#src/core/space-limits.js';
import { commitOne } from '#src/store/group-commit.js';
import { both } from '#src/store/sql.js';
import { toSqlJson } from '#src/store/sql-json.js';
import { openWorld, type World } from '#test/support/world.js';

let w: World;
let owner: { personId: number; uid: string };
let appId: number;
let topicId: number;
let count = 0;
beforeAll(async () => {
  w = await openWorld();
  await w.phone('Ming').follows();
  const uid = await w.phone('Ming').uid();
  owner = { uid, personId: (await w.core.people.getByUid(uid)).personId };
});
afterAll(() => w.close());
beforeEach(async () => {
  appId = (await w.core.spaces.getSpace(owner.personId)).id;
  count += 1;
  topicId = (await w.core.topics.createTopic(appId, { name: '值班', alias: `ops${count}` })).id;
  await w.db.subscription.deleteMany({ where: { appId } });
});

const use = (pushplus: 'none' | 'real-name' | 'member') =>
  w.core.dialectPlans.saveOwn(owner.personId, { pushplus });
const limitOf = (topic: number): number =>
  (topic === 0 ? SPACE_LIMITS['real-name']?.friends : SPACE_LIMITS['real-name']?.usersPerGroup) ?? 0;

const FILL_PEOPLE = both(
  (q) => `INSERT INTO "Person" ("id", "uid", "createdAt")
     SELECT j."value", 'UID_filler' || j."value", ${q.time()} FROM ${q.values('j', 'int')}`,
);
const FILL_PLACE = both(
  (q) => `INSERT INTO "Subscription" ("id", "personId", "appId", "topicId", "source", "extra", "createdAt")
     SELECT j."value", j."value", ${q.param('int')}, ${q.param('int')}, 'scan', '', ${q.time()} FROM ${q.values('j', 'int')}`,
);

/** Fills a place with so many people who follow nothing else, in two statements. */
async function fill(topic: number, people: number): Promise<void> {
  const ids = toSqlJson(Array.from({ length: people }, (_, at) => count * 100_000 + topic * 10_000 + at + 1));
  const now = w.clock.now();
  await commitOne(w.db, FILL_PEOPLE, now, ids);
  await commitOne(w.db, FILL_PLACE, appId, topic, now, ids);
}

async function wish(name: string, topic: number) {
  await w.phone(name).follows();
  const uid = await w.phone(name).uid();
  return { uid, personId: (await w.core.people.getByUid(uid)).personId, appId, topicId: topic };
}
const subscribe = (to: Awaited<ReturnType<typeof wish>>) =>
  w.core.subscriptions.subscribe({ ...to, source: 'scan', extra: '' });

it.each([
  ['friends', () => 0],
  ['users of a group', () => topicId],
])('%s: up to the limit, however many come at once', async (_, topicOf) => {
  const topic = topicOf();
  await use('real-name');
  await fill(topic, limitOf(topic) - 1);
  const wishes = [await wish('Hua', topic), await wish('Li', topic)];
  expect((await Promise.all(wishes.map(subscribe))).sort()).toEqual(['full', 'subscribed']);
  // Who is in, stays in; who was not, comes in under a greater plan, and without any.
  const again = await Promise.all(wishes.map(subscribe));
  expect(again.sort()).toEqual(['already', 'full']);
  await use('member');
  expect((await Promise.all(wishes.map(subscribe))).sort()).toEqual(['already', 'subscribed']);
  await use('none');
  expect(await subscribe(await wish('Yun', topic))).toBe('subscribed');
});

it('tells a follower who scans the code of a full group, and lets them in once somebody left', async () => {
  await use('real-name');
  await fill(topicId, limitOf(topicId));
  const { url } = await w.core.qrcodes.getDefault(appId, topicId);
  (await w.phone('Zhao').scans(url)).seesReply(/「值班」的人数已达上限/);
  const somebody = await w.db.subscription.findFirstOrThrow({ where: { appId, topicId } });
  await w.db.subscription.delete({ where: { id: somebody.id } });
  (await w.phone('Zhao').scans(url)).seesReply(/订阅成功/);
});

it('apps of developers have no such limit', async () => {
  await w.core.dialectPlans.saveDefaults({ pushplus: 'real-name' });
  const app = await w.app('alarm').made();
  (await w.phone('Hua').scans(app.qrcodeUrl)).seesReply(/订阅成功/);
  await w.core.dialectPlans.saveDefaults({ pushplus: 'none' });
});

/** The lists of apps and topics say how many follow each, and look no further than they say. */
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { COUNT_EACH } from '#src/core/subscriber-lists.js';
import { providerOf } from '#src/store/db.js';
import type { Browser } from '#test/support/sign-in.js';
import { openWorld, type World } from '#test/support/world.js';
import { makeApp, type PageApp } from './cast.js';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

const MANY = 10_050;
const FIRST_ID = 1_000_000;
const PART = 2010;

let w: World;
let ming: Browser;
let app: PageApp;
let topicId: number;

beforeAll(async () => {
  w = await openWorld();
  ming = await w.signIn('Ming', { role: 'developer' });
  app = await makeApp(ming, 'app of topics');
  topicId = (await w.core.topics.createTopic(app.id, { name: 'read by many', alias: 'many' })).id;
  await w.core.topics.createTopic(app.id, { name: 'read by nobody' });
  const createdAt = new Date(w.clock.now());
  const ids = Array.from({ length: MANY }, (_, at) => FIRST_ID + at);
  for (let at = 0; at < MANY; at += PART) {
    const part = ids.slice(at, at + PART);
    await w.db.person.createMany({ data: part.map((id) => ({ id, uid: `UID_many${id}`, createdAt })) });
    await w.db.subscription.createMany({
      data: part.map((id) => ({ id, personId: id, appId: app.id, topicId, source: 'scan', createdAt })),
    });
    // Lets the loop turn: a connection that waits too long would be closed under the next request.
    await ming.get('/console');
  }
});
afterAll(() => w.close());

/** The numbers that a list shows, by name. */
function readCounts(html: string): Record<string, string | undefined> {
  const rows = html.matchAll(
    /<tr><td class="main"><a [^>]*>([^<]+)<\/a>[\s\S]*?data-label="订阅者">([^<]*)</g,
  );
  return Object.fromEntries([...rows].map(([, name = '', count]) => [name, count]));
}

it('the lists count up to ten thousand', async () => {
  const few = await makeApp(ming, 'followed by two');
  const { url } = await w.core.qrcodes.getDefault(few.id);
  await w.phone('Ling').scans(url);
  await w.phone('Wei').scans(url);
  expect(readCounts((await ming.get('/console/apps')).text)).toEqual({
    'followed by two': '2',
    'app of topics': '0',
  });
  expect(readCounts((await ming.get(`${app.path}/topics`)).text)).toEqual({
    'read by many': '10,000 以上',
    'read by nobody': '0',
  });
});

it('an export holds everybody once, the newest first', async () => {
  const { text, status } = await ming.get(`${app.path}/topics/${topicId}/subscribers/export`);
  const [head, ...lines] = text.trim().split('\r\n');
  const uids = lines.map((line) => line.split(',')[0]);
  const newestFirst = Array.from({ length: MANY }, (_, at) => `UID_many${FIRST_ID + MANY - 1 - at}`);
  expect([status, head?.replace('\ufeff', '').startsWith('uid,remark,')]).toEqual([200, true]);
  expect(uids.length).toBe(MANY);
  expect(uids.every((uid, at) => uid === newestFirst[at])).toBe(true);
});

it('the list of topics is searched by name, alias and number', async () => {
  const find = async (q: string) => (await ming.get(`${app.path}/topics?q=${encodeURIComponent(q)}`)).text;
  expect(Object.keys(readCounts(await find('nobody')))).toEqual(['read by nobody']);
  expect(Object.keys(readCounts(await find('many')))).toEqual(['read by many']);
  expect(Object.keys(readCounts(await find(`#${topicId}`)))).toEqual(['read by many']);
  expect(await find('<none>')).toContain('没有符合「&lt;none&gt;」的主题');
});

it('each count is at most what is asked for, in the order of the places', async () => {
  const places = [0, topicId, topicId + 1, 999_999].map((id) => ({ appId: app.id, topicId: id }));
  expect(await w.core.subscriberLists.countEach(places, 7)).toEqual([0, 7, 0, 0]);
  expect(await w.core.subscriberLists.countEach(places, 20_000)).toEqual([0, MANY, 0, 0]);
  expect(await w.core.subscriberLists.countEach([], 7)).toEqual([]);
});

it('a count reads an index alone, and stops at its limit', async () => {
  // Both spellings stop inside of the count.
  for (const text of Object.values(COUNT_EACH)) {
    expect(text).toMatch(
      /SELECT count\(\*\) FROM \(SELECT 1 FROM "Subscription" s[\s\S]+ LIMIT (\?|\$1)\) \w/,
    );
  }
  if (providerOf(w.db) !== 'sqlite') {
    return;
  }
  const plan = await w.db.$queryRawUnsafe<{ detail: string }[]>(
    `EXPLAIN QUERY PLAN ${COUNT_EACH.sqlite}`,
    10_000,
    JSON.stringify([{ at: 0, appId: app.id, topicId: 0 }]),
  );
  const details = plan.map(({ detail }) => detail);
  expect(details.filter((detail) => detail.includes(' s '))).toEqual([
    expect.stringMatching(/^SEARCH s USING COVERING INDEX \S+ \(appId=\? AND topicId=\?\)$/),
  ]);
});

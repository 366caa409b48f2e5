/** Subscribers over the management API: one item a relation, the app's own unless a topic is named. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type ApiWorld, type MadeApp, openApiWorld, START } from './api-world.js';

let w: ApiWorld;
let app: MadeApp;
let topicId: number;
let uid: string;

beforeAll(async () => {
  w = await openApiWorld();
});
afterAll(() => w.close());
beforeEach(async () => {
  app = await w.makeApp({ name: 'app' });
  topicId = (await w.core.topics.createTopic(app.id, { name: 'news' })).id;
  uid = await join('ming', 0, '订单=1');
});

async function join(name: string, topic: number, extra = ''): Promise<string> {
  const person = await w.follower(name);
  const { personId } = person;
  await w.core.subscriptions.subscribe({
    personId,
    uid: person.uid,
    appId: app.id,
    topicId: topic,
    source: 'scan',
    extra,
  });
  return person.uid;
}

const list = (query = '') => w.call('GET', `/api/v1/apps/${app.id}/subscribers${query}`);

it('lists the app’s own relations without topicId, exactly as the contract says', async () => {
  await join('hong', topicId);
  expect((await list()).body).toEqual({
    total: 1,
    items: [
      {
        id: expect.any(Number),
        uid,
        topicId: 0,
        source: 'scan',
        extra: '订单=1',
        blocked: false,
        createdAt: START,
      },
    ],
  });
});

it('lists one topic’s relations with topicId, and takes an empty one for none', async () => {
  const hong = await join('hong', topicId);
  expect((await list(`?topicId=${topicId}`)).body).toMatchObject({
    total: 1,
    items: [{ uid: hong, topicId }],
  });
  expect((await list('?page=&pageSize=&topicId=')).body).toMatchObject({
    total: 1,
    items: [{ uid, topicId: 0 }],
  });
});

it('pages through all of them without a gap or a repeat', async () => {
  const uids = [uid];
  for (const name of ['a', 'b', 'c', 'd']) {
    uids.push(await join(name, 0));
  }
  const pages = [];
  for (const page of [1, 2, 3]) {
    pages.push(await list(`?page=${page}&pageSize=2`));
  }
  const seen = pages.flatMap(({ body }) => (body.items as { uid: string }[]).map((item) => item.uid));
  expect(seen.sort()).toEqual(uids.sort());
  expect(pages.map(({ body }) => body.total)).toEqual([5, 5, 5]);
  expect((await list('?page=4&pageSize=2')).body).toEqual({ total: 5, items: [] });
});

it.each([
  'page=0',
  'page=-1',
  'page=x',
  'page=1.5',
  'pageSize=0',
  'pageSize=101',
  'topicId=x',
  'page=1&page=2',
])('refuses ?%s and names the field', async (query) => {
  const refused = await list(`?${query}`);
  expect([refused.status, refused.body.error?.code]).toEqual([400, 'bad_request']);
  expect(refused.body.error?.message).toContain(query.split('=')[0]);
});

it('has no relations of another app’s topic', async () => {
  const other = await w.makeApp({ name: 'other' });
  const foreign = await w.core.topics.createTopic(other.id, { name: 'theirs' });
  expect((await list(`?topicId=${foreign.id}`)).status).toBe(404);
});

it('blocks and unblocks a subscriber', async () => {
  const id = await firstId();
  const path = `/api/v1/apps/${app.id}/subscribers/${id}`;
  const blocked = await w.call('PATCH', path, { body: { blocked: true } });
  expect([blocked.status, blocked.body]).toEqual([200, { id, blocked: true }]);
  expect((await list()).body).toMatchObject({ items: [{ blocked: true }] });
  await w.call('PATCH', path, { body: { blocked: false } });
  expect((await list()).body).toMatchObject({ items: [{ blocked: false }] });
});

it('refuses to block by anything but a boolean', async () => {
  const refused = await w.call('PATCH', `/api/v1/apps/${app.id}/subscribers/${await firstId()}`, {
    body: { blocked: 'true' },
  });
  expect(refused.status).toBe(400);
  expect(refused.body.error?.message).toContain('blocked');
});

it('removes a subscriber, who may come back', async () => {
  const path = `/api/v1/apps/${app.id}/subscribers/${await firstId()}`;
  expect((await w.call('DELETE', path)).status).toBe(204);
  expect((await w.call('DELETE', path)).status).toBe(404);
  expect((await list()).body.total).toBe(0);
  await join('ming', 0);
  expect((await list()).body).toMatchObject({ total: 1, items: [{ uid }] });
});

it('does not touch a relation through another app', async () => {
  const other = await w.makeApp({ name: 'other' });
  const path = `/api/v1/apps/${other.id}/subscribers/${await firstId()}`;
  expect((await w.call('PATCH', path, { body: { blocked: true } })).status).toBe(404);
  expect((await w.call('DELETE', path)).status).toBe(404);
  expect((await list()).body).toMatchObject({ total: 1, items: [{ blocked: false }] });
});

async function firstId(): Promise<number> {
  const { body } = await list();
  return (body.items as { id: number }[])[0]?.id ?? 0;
}

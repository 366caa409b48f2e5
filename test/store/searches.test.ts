/** Every search of the pages finds the same on both databases: ASCII letters of either size, `%` and `_` as themselves. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser } from '#test/support/sign-in.js';
import { openWorld, type World } from '#test/support/world.js';

/** What is searched, in two texts. */
const TEXTS = { first: 'Alarm 50%_off É one-of-two', second: 'alarm 50 \\ percent two-of-two' };

let w: World;
const readers: Record<string, (search: string) => Promise<string>> = {};

beforeAll(async () => {
  w = await openWorld();
  const boss = await w.signIn('Boss', { role: 'operator' });
  const ling = await w.signIn('Ling');
  const lingId = (await w.core.people.getByUid(await w.phone('Ling').uid())).personId;
  const { app } = await w.core.apps.createApp({ name: 'the app' }, null);
  const here = { appId: app.id, topicId: 0 };
  for (const [at, text] of Object.values(TEXTS).entries()) {
    await w.core.apps.createApp({ name: text }, null);
    await w.core.topics.createTopic(app.id, { name: text });
    await w.core.qrcodes.createParameterised({ appId: app.id, extra: text, validSeconds: 3600 });
    await w.phone(`Fan ${at}`).scans((await w.core.qrcodes.getDefault(app.id)).url);
    const { items } = await w.core.subscriberLists.searchSubscribers(here, { take: 1 });
    await w.core.subscribers.setRemark(app.id, items[0]?.id ?? 0, text);
    await w.core.audit.writeEntry({ role: 'operator' }, { action: 'app.update', target: text });
    await w.core.publish({
      appId: app.id,
      title: text,
      body: 'body',
      format: 'text',
      audience: { people: [lingId], topics: [] },
      targets: [],
      source: 'test',
    });
  }
  await w.drain();
  const page = (browser: Browser, path: string) => async (search: string) =>
    // Without the names of apps that a filter offers.
    (await browser.get(path + encodeURIComponent(search))).text.replace(/<option.*?<\/option>/gs, '');
  readers.apps = page(boss, '/console/apps?q=');
  readers['topics of an app'] = page(boss, `/console/apps/${app.id}/topics?q=`);
  readers['QR codes'] = page(boss, `/console/apps/${app.id}/codes?q=`);
  readers.subscribers = page(boss, `/console/apps/${app.id}/subscribers?q=`);
  readers.messages = page(boss, '/console/messages?q=');
  readers['the audit log'] = page(boss, '/console/audit?action=');
  readers['one’s own messages'] = page(ling, '/me/messages?q=');
});
afterAll(() => w.close());

describe.each([
  'apps',
  'topics of an app',
  'QR codes',
  'subscribers',
  'messages',
  'the audit log',
  'one’s own messages',
])('the search of %s', (name) => {
  it.each([
    ['alarm', ['one', 'two']],
    ['ALARM 50', ['one', 'two']],
    ['50%', ['one']],
    ['%', ['one']],
    ['_', ['one']],
    ['%_OFF', ['one']],
    ['5_%', []],
    ['\\', ['two']],
    ['\\%', []],
    ['É', ['one']],
    ['é', []],
    ["' OR 1=1 --", []],
  ])('%s finds %j', async (search, found) => {
    const text = (await readers[name]?.(search)) ?? '';
    expect(['one', 'two'].filter((mark) => text.includes(`${mark}-of-two`))).toEqual(found);
  });
});

it('an actor of the audit log is found by the beginning of the name, by the same rules', async () => {
  const find = async (actor: string) =>
    (await w.core.audit.searchEntries({ actor, action: 'app.update', take: 10 })).items.length;
  expect([await find('admin_T'), await find('ADMINxT'), await find('%'), await find('TOKEN')]).toEqual([
    2, 0, 0, 0,
  ]);
});

it('an app and a topic are found by their numbers, with or without a #, in pages of their order', async () => {
  const { items, total } = await w.core.apps.listApps({ search: 'ALARM', skip: 1, take: 1 });
  expect([items.map(({ name }) => name), total]).toEqual([[TEXTS.first], 2]);
  const [app] = items;
  for (const search of [`#${app?.id}`, String(app?.id)]) {
    const found = await w.core.apps.listApps({ search, skip: 0, take: 50 });
    expect(found.items.map(({ id }) => id)).toContain(app?.id);
  }
});

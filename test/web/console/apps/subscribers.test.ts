/** Subscribers on the console: found, remarked, blocked, removed, exported; of an app and of a topic. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSubscriberLists } from '#src/core/subscriber-lists.js';
import { toCell } from '#src/web/console/apps/subscribers-export.js';
import type { Browser } from '#test/support/sign-in.js';
import { openWorld, type World } from '#test/support/world.js';
import { leadsTo, makeApp, type PageApp } from './cast.js';

let w: World;
let ming: Browser;
let app: PageApp;

beforeAll(async () => {
  w = await openWorld();
  ming = await w.signIn('Ming', { role: 'developer' });
  app = await makeApp(ming, 'crowd');
  const shop = await w.core.qrcodes.createParameterised({
    appId: app.id,
    extra: '门店 <1>',
    validSeconds: 3600,
  });
  const { url } = await w.core.qrcodes.getDefault(app.id);
  await w.phone('Ling').scans(shop.url);
  await w.phone('Wei').scans(url);
  await w.phone('Bo').scans(url);
});
afterAll(() => w.close());

const page = (query = '') => ming.get(`${app.path}/subscribers${query}`);
const act = async (name: string, what: string, fields: Record<string, string> = {}) =>
  ming.post(`${app.path}/subscribers/${await idOf(name)}/${what}`, fields);

async function idOf(name: string): Promise<number> {
  const uid = await w.phone(name).uid();
  const { items } = await w.core.subscriptions.listSubscriptions({ appId: app.id, uid, skip: 0, take: 1 });
  return items[0]?.id ?? 0;
}

async function shown(query: string): Promise<string[]> {
  const { text } = await page(query);
  const names: [string, string][] = [];
  for (const name of ['Ling', 'Wei', 'Bo']) {
    names.push([name, await w.phone(name).uid()]);
  }
  return names.filter(([, uid]) => text.includes(`<code>${uid}</code>`)).map(([name]) => name);
}

describe('the list', () => {
  it('is empty with a way on', async () => {
    const bare = await makeApp(ming, 'bare');
    const { text } = await ming.get(`${bare.path}/subscribers`);
    expect(text).toContain('还没有订阅者');
    expect(text).toContain(`href="${bare.path}/codes"`);
  });

  it('finds by UID, its beginning, parameter, remark, source and state', async () => {
    expect(await shown('')).toEqual(['Ling', 'Wei', 'Bo']);
    const uid = await w.phone('Wei').uid();
    await act('Bo', 'remark', { remark: ' 老板 👔 ' });
    const rows: [string, string[]][] = [
      [`?q=${uid}`, ['Wei']],
      [`?q=${uid.slice(0, 14)}`, ['Wei']],
      [`?q=${encodeURIComponent('门店 <1')}`, ['Ling']],
      [`?q=${encodeURIComponent('👔')}`, ['Bo']],
      ['?source=scan', ['Ling', 'Wei', 'Bo']],
      ['?source=link', []],
      ['?state=blocked', []],
      [`?q=${encodeURIComponent("' OR 1=1 --")}`, []],
      ['?q=%00', ['Ling', 'Wei', 'Bo']],
      ['?before=1', []],
      ['?before=99999999999999999999&source=evil', ['Ling', 'Wei', 'Bo']],
    ];
    for (const [query, names] of rows) {
      expect([query, await shown(query)]).toEqual([query, names]);
    }
    expect((await page()).text).toContain('门店 &lt;1&gt;');
  });

  it('stops a search where it would keep others waiting, and goes on from there', async () => {
    const deps = { db: w.db, account: w.core.account };
    const lists = createSubscriberLists(deps as Parameters<typeof createSubscriberLists>[0], 2);
    const place = { appId: app.id, topicId: 0 };
    const first = await lists.searchSubscribers(place, { text: '门店', take: 10 });
    expect([first.items.length, first.searchedTo instanceof Date]).toEqual([0, true]);
    const next = await lists.searchSubscribers(place, { text: '门店', take: 10, before: first.before ?? 0 });
    expect([next.items.map(({ extra }) => extra), next.searchedTo, next.before]).toEqual([
      ['门店 <1>'],
      null,
      null,
    ]);
  });
});

describe('one of them', () => {
  it('is blocked: gets nothing, cannot come back, until unblocked', async () => {
    const back = `${app.path}/subscribers?source=scan`;
    expect(leadsTo(await act('Wei', 'block', { back }))).toBe(`303 ${back}`);
    expect(await shown('?state=blocked')).toEqual(['Wei']);
    const { url } = await w.core.qrcodes.getDefault(app.id);
    await w.phone('Wei').scans(url);
    expect(await shown('?state=blocked')).toEqual(['Wei']);
    await act('Wei', 'unblock', { back: '//evil.example' });
    expect(await shown('?state=blocked')).toEqual([]);
  });

  it('has a remark of at most 64 characters; a longer one stays in its field', async () => {
    const long = '备'.repeat(65);
    const answer = await act('Ling', 'remark', { remark: long });
    expect([answer.status, answer.text.includes(long), answer.text.includes('remark 过长')]).toEqual([
      422,
      true,
      true,
    ]);
    expect(answer.text.match(/class="manage" open/g)).toHaveLength(1);
    expect((await act('Ling', 'remark', { remark: '备'.repeat(64) })).status).toBe(303);
  });

  it('is removed, and may come back', async () => {
    expect((await act('Bo', 'remove')).status).toBe(303);
    expect(await shown('')).toEqual(['Ling', 'Wei']);
    const { url } = await w.core.qrcodes.getDefault(app.id);
    await w.phone('Bo').scans(url);
    expect(await shown('')).toEqual(['Ling', 'Wei', 'Bo']);
  });

  it('is nobody of another app, of another list, or for another act', async () => {
    const other = await makeApp(ming, 'other');
    const id = await idOf('Ling');
    const topic = await w.core.topics.createTopic(app.id, { name: 'news' });
    for (const path of [
      `${other.path}/subscribers/${id}/block`,
      `${app.path}/topics/${topic.id}/subscribers/${id}/block`,
      `${app.path}/subscribers/${id}/explode`,
      `${app.path}/subscribers/${id}/constructor`,
      `${app.path}/subscribers/0/block`,
      `${app.path}/subscribers/9007199254740993/block`,
    ]) {
      expect([path, (await ming.post(path)).status]).toEqual([path, 404]);
    }
    expect(await shown('?state=blocked')).toEqual([]);
  });
});

describe('the export', () => {
  it('holds everybody, as spreadsheets read it and run nothing', async () => {
    const bad = await w.core.qrcodes.createParameterised({
      appId: app.id,
      extra: '=HYPERLINK("http://x","y")',
      validSeconds: 60,
    });
    await w.phone('Eve').scans(bad.url);
    const answer = await ming.get(`${app.path}/subscribers/export`);
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(answer.headers.get('content-disposition')).toContain(`subscribers-app-${app.id}.csv`);
    expect(answer.text).toContain(`"'=HYPERLINK(""http://x"",""y"")"`);
    expect(answer.text.trim().split('\r\n')).toHaveLength(5);
  });

  it('is written part by part, each person once', async () => {
    const place = { appId: app.id, topicId: 0 };
    const parts: number[] = [];
    const ids = new Set<number>();
    for await (const people of w.core.subscriberLists.readAll(place, 3)) {
      parts.push(people.length);
      for (const { id } of people) {
        ids.add(id);
      }
    }
    expect([parts, ids.size]).toEqual([[3, 1], 4]);
  });

  it.each([
    ['plain', 'plain'],
    ['a,b', '"a,b"'],
    ['a"b', '"a""b"'],
    ['two\nlines', '"two\nlines"'],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@x', "'@x"],
    ['\tx', "'\tx"],
    ['＝1', "'＝1"],
    [true, '1'],
    [false, '0'],
  ])('writes %j as %s', (value, cell) => {
    expect(toCell(value)).toBe(cell);
  });
});

it('a topic has its own', async () => {
  const topic = await w.core.topics.createTopic(app.id, { name: '周报' });
  const { url } = await w.core.qrcodes.getDefault(app.id, topic.id);
  await w.phone('Wei').scans(url);
  const { text } = await ming.get(`${app.path}/topics/${topic.id}/subscribers`);
  expect(text).toContain(await w.phone('Wei').uid());
  expect(text).not.toContain(await w.phone('Ling').uid());
});

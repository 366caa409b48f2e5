/** The keys page shows a follower's keys once, and looking at its link does not use it up. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createKeysPage } from '#src/web/pages/index.js';
import { type OpenPages, openPages, views } from './open-pages.js';

const links = new Map<string, 'ok' | 'used' | 'expired'>();
let opened: string[];
let pages: OpenPages;

beforeEach(async () => {
  opened = [];
  links.clear();
  links.set('fresh', 'ok').set('gone', 'used').set('late', 'expired').set('raced', 'ok');
  pages = await openPages(
    createKeysPage({
      view: views.view,
      publicUrl: 'https://push.example.com',
      findLink: async (key) => links.get(key) ?? null,
      openLink: async (key) => {
        opened.push(key);
        links.set(key, 'used');
        const spt = { kind: 'spt', label: 'SPT <极简>', value: 'SPT_"abc', example: 'curl "http://x/SPT_"' };
        return key === 'raced' ? null : { uid: 'UID_ming', keys: [spt] };
      },
    }),
  );
});

afterEach(() => pages.close());

it('a look asks before it opens, as often as one looks', async () => {
  for (const method of ['GET', 'HEAD', 'GET']) {
    const response = await fetch(`${pages.url}/k/fresh`, { method });
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.text()).not.toContain('UID_ming');
  }
  expect(opened).toEqual([]);
});

it('the button shows the keys, once', async () => {
  const first = await fetch(`${pages.url}/k/fresh`, { method: 'POST' });
  const html = await first.text();
  expect(first.status).toBe(200);
  expect(first.headers.get('cache-control')).toBe('no-store');
  expect(html).toContain('<code>UID_ming</code>');
  expect(html).toContain('<h2>SPT &lt;极简&gt;</h2>');
  expect(html).toContain('data-clipboard-text="SPT_&quot;abc"');
  const second = await fetch(`${pages.url}/k/fresh`, { method: 'POST' });
  expect(second.status).toBe(410);
  expect(await second.text()).not.toContain('UID_ming');
  expect(opened).toEqual(['fresh']);
});

it('opens for no other site’s form', async () => {
  for (const headers of [
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site', origin: 'https://push.example.com' },
    { origin: 'https://evil.example' },
  ] as Record<string, string>[]) {
    expect((await fetch(`${pages.url}/k/fresh`, { method: 'POST', headers })).status).toBe(403);
  }
  expect(opened).toEqual([]);
  const headers = { origin: 'https://push.example.com', 'sec-fetch-site': 'same-origin' };
  expect((await fetch(`${pages.url}/k/fresh`, { method: 'POST', headers })).status).toBe(200);
});

it.each([
  ['gone', 410, '已经用过了'],
  ['late', 410, '已过期'],
  ['never', 404, '没有这个链接'],
  ['a%2fb', 404, '没有这个链接'],
])('the link %s is %i for a look and for the button', async (key, status, words) => {
  for (const method of ['GET', 'POST']) {
    const response = await fetch(`${pages.url}/k/${key}`, { method });
    expect(response.status).toBe(status);
    expect(await response.text()).toContain(words);
  }
  expect(opened).toEqual([]);
});

it('of two taps at once the second is told that the link is used up', async () => {
  const response = await fetch(`${pages.url}/k/raced`, { method: 'POST' });
  expect(response.status).toBe(410);
  expect(await response.text()).toContain('已经用过了');
});

/** The message page tells where a message came from, and opens an encrypted one in the browser alone. */
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMessagePage, type MessageView } from '#src/web/pages/index.js';
import { BROWSER_ARGS, BROWSER_PATH } from './browser.js';
import { type OpenPages, openPages, views } from './open-pages.js';

const hasBrowser = existsSync(BROWSER_PATH);
const SENT_AT = Date.UTC(2026, 8, 28);
const messages = new Map<string, MessageView>();
let now = SENT_AT;
let pages: OpenPages;

beforeAll(async () => {
  pages = await openPages(
    createMessagePage({
      view: views.view,
      findMessage: async (key) => messages.get(key) ?? null,
      now: () => now,
    }),
  );
});
afterAll(() => pages.close());

function keep(serverchan: Record<string, unknown>, body = '正文'): void {
  const sentAt = new Date(SENT_AT);
  const view: MessageView = { title: 'T', appName: 'A', sentAt, format: 'text', body, state: 'shown' };
  messages.set('key', { ...view, extras: { serverchan } });
}

async function show(serverchan: Record<string, unknown>, body?: string) {
  keep(serverchan, body);
  const answer = await fetch(`${pages.url}/m/key`);
  return { status: answer.status, html: await answer.text() };
}

it.each(['203.0.113.9', '2001:db8::9'])('shows the address %s', async (ip) => {
  expect((await show({ ip })).html).toContain(`来自 ${ip}`);
});

it.each([{}, { ip: '<b>x</b>' }, { ip: 7 }, { ip: 'host.test' }])('shows none for %j', async (serverchan) => {
  expect((await show(serverchan)).html).not.toContain('来自');
});

it('shows tags as text', async () => {
  const { html } = await show({ tags: ['运维', '<b>'] });
  expect(html).toContain('<span class="tag">运维</span>');
  expect(html).toContain('<span class="tag">&lt;b&gt;</span>');
});

it('ends when the plan of the sender says so', async () => {
  now = SENT_AT + 999;
  expect((await show({ keptUntil: SENT_AT + 1000 })).status).toBe(200);
  now = SENT_AT + 1000;
  expect(await show({ keptUntil: SENT_AT + 1000 })).toMatchObject({
    status: 410,
    html: expect.not.stringContaining('正文'),
  });
});

it('asks for the password of an encrypted message by a field that no form can send', async () => {
  const { html } = await show({ encoded: true, ivSeed: 'SCT1' }, '"><script>x</script>');
  expect(html).toContain('data-ciphertext="&quot;&gt;&lt;script&gt;x&lt;/script&gt;"');
  expect(html).toContain('type="password"');
  expect(html).not.toMatch(/<input[^>]* name=/);
});

const VECTORS = [
  ['Hello', 'password', 'SCT1', 'dol13MSSvqbCuDZelwukIg=='],
  ['你好，Server酱', 'correct horse', 'SCT270927', 'zoEcIXudEUbW/Uz/uzVWVuxCQqdWWkSdUTBqUx1Vipc='],
] as const;

describe.skipIf(!hasBrowser)('in Chromium', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: BROWSER_PATH, args: BROWSER_ARGS });
  });
  afterAll(() => browser?.close());

  it.each(VECTORS)('the vector %s opens with its password only', async (content, password, ivSeed, body) => {
    now = SENT_AT;
    keep({ encoded: true, ivSeed }, body);
    const page = await browser.newPage();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(`${request.url()} ${request.postData() ?? ''}`));
    await page.goto(`${pages.url}/m/key`);
    await page.fill('#password', 'wrong');
    await page.click('#unseal button');
    await page.waitForSelector('#unseal [role=alert]:visible');
    expect(await page.isVisible('#unsealed')).toBe(false);
    await page.fill('#password', password);
    await page.click('#unseal button');
    await page.waitForSelector('#unsealed:visible');
    expect(await page.textContent('#unsealed')).toBe(content);
    expect(await page.isVisible('#unseal')).toBe(false);
    expect(asked.join('\n')).not.toContain(encodeURIComponent(password));
    await page.close();
  });
});

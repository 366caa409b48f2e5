/** The message page tells where a message came from, and opens an encrypted one in the browser alone. */
import { createCipheriv, createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMessagePage, type MessageView } from '#src/web/pages/index.js';
import { BROWSER_ARGS, BROWSER_PATH } from '#test/support/browser.js';
import { HOSTILE_BODIES } from './hostile-messages.js';
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

it('shows a title that came alone once', async () => {
  expect((await show({ titleOnly: true }, 'T')).html).not.toContain('<article');
  expect((await show({}, 'T')).html).toContain('<article');
});

it('lets an encrypted message load no pictures from elsewhere', async () => {
  const policyOfPage = async () =>
    (await fetch(`${pages.url}/m/key`)).headers.get('content-security-policy') ?? '';
  keep({});
  expect(await policyOfPage()).toContain("img-src 'self' data: https: http:");
  keep({ encoded: true, ivSeed: 'SCT1' }, 'x');
  expect(await policyOfPage()).toContain("img-src 'self' data:;");
  expect(await policyOfPage()).not.toContain('unsafe-inline');
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

/** A text as a program with this password would send it. */
function seal(content: string, password: string, ivSeed: string): string {
  const [key, iv] = [password, ivSeed].map((text) =>
    Buffer.from(createHash('md5').update(text).digest('hex').slice(0, 16)),
  );
  const cipher = createCipheriv('aes-128-cbc', key ?? '', iv ?? '');
  return cipher.update(Buffer.from(content).toString('base64'), 'utf8', 'base64') + cipher.final('base64');
}

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
    expect((await page.textContent('#unsealed'))?.trim()).toBe(content);
    expect(await page.isVisible('#unseal')).toBe(false);
    expect(asked.join('\n')).not.toContain(encodeURIComponent(password));
    await page.close();
  });

  /** Opens an encrypted message, with all that the page asked for and all that ran. */
  async function open(content: string) {
    now = SENT_AT;
    keep({ encoded: true, ivSeed: 'SCT1' }, seal(content, 'pw', 'SCT1'));
    const page = await browser.newPage({ locale: 'zh-CN' });
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(`${pages.url}/m/key`);
    await page.fill('#password', 'pw');
    await page.click('#unseal button');
    await page.waitForSelector('#unsealed:visible');
    return { page, asked };
  }

  it('what was encrypted is drawn as Markdown', async () => {
    const { page } = await open(
      '# 头\n\n|a|b|\n|-|-|\n|1|**2**|\n\n- x\n\n<b>html</b> https://example.com/a',
    );
    const html = await page.innerHTML('#unsealed');
    expect(await page.textContent('#unsealed h1')).toBe('头');
    expect(await page.textContent('#unsealed td strong')).toBe('2');
    expect(html).toContain('<b>html</b>');
    const link = page.locator('#unsealed a');
    expect(await link.getAttribute('href')).toBe('https://example.com/a');
    expect(await link.getAttribute('rel')).toBe('noopener noreferrer nofollow');
    expect(await page.getAttribute('#unsealed', 'class')).toContain('rich');
    await page.close();
  });

  it('a picture from elsewhere is a link, one in the text a picture', async () => {
    const dot = 'data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=';
    const { page, asked } = await open(`![图](http://pictures.test/a.png?secret) ![](${dot})`);
    expect(await page.getAttribute('#unsealed a', 'href')).toBe('http://pictures.test/a.png?secret');
    expect(await page.getAttribute('#unsealed img', 'src')).toBe(dot);
    expect(asked.filter((url) => url.includes('pictures.test'))).toEqual([]);
    await page.close();
  });

  it('hostile Markdown runs nothing and asks nothing of anybody', async () => {
    const { page, asked } = await open(HOSTILE_BODIES.join('\n\n'));
    for (const element of await page.locator('article p, article span').all()) {
      await element.hover({ force: true, timeout: 1000 }).catch(() => undefined);
    }
    expect(await page.title()).toBe('T · 青鸟');
    expect(asked.filter((url) => !url.startsWith(pages.url) && !url.startsWith('data:'))).toEqual([]);
    const forbidden =
      'script, style, iframe, svg, math, form, input, object, embed, link, meta, base, video, [style], [id]';
    expect(await page.locator(`#unsealed :is(${forbidden})`).count()).toBe(0);
    expect(await page.locator('#unsealed a[href^="javascript" i], #unsealed a[href^="data" i]').count()).toBe(
      0,
    );
    await page.close();
  });
});

/** The phone page in a real browser: what a newcomer does first, and what a hostile message cannot do. */
import { existsSync } from 'node:fs';
import { get } from 'node:http';
import Koa from 'koa';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createPhonePages } from '#src/simulator/phone/index.js';
import { BROWSER_ARGS, BROWSER_PATH } from '#test/support/browser.js';
import {
  addPerson,
  expectVisible,
  listen,
  openFollowing,
  openPhoneWorld,
  overflow,
  type PhoneWorld,
  personRow,
  say,
  smallTargets,
} from './phone-world.js';

const hasBrowser = existsSync(BROWSER_PATH);
const DESKTOP = { width: 1280, height: 800 };
const POCKET = { width: 390, height: 844 };

let world: PhoneWorld;
let phoneUrl = '';

beforeEach(async () => {
  world = await openPhoneWorld();
  phoneUrl = world.phoneUrl;
});

afterEach(() => world.close());

describe('the files of the phone page', () => {
  it('lets scripts and styles come from the simulator alone and keeps none in the page itself', async () => {
    const response = await fetch(phoneUrl);
    const page = await response.text();
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(response.headers.get('content-type')).toContain('text/html');
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("style-src 'self';");
    expect(page).not.toMatch(/<style|\sstyle=|<script(?![^>]*\ssrc=)|\son\w+=/i);
  });

  it('serves each file the page asks for, and nothing else', async () => {
    const page = await (await fetch(phoneUrl)).text();
    const files = Array.from(page.matchAll(/(?:href|src)="(phone\/[^"]+)"/g), (match) => match[1] ?? '');
    const found = await Promise.all(files.map(async (file) => (await fetch(`${phoneUrl}/${file}`)).status));
    expect(files).toContain('phone/app.js');
    expect(new Set(found)).toEqual(new Set([200]));
    expect((await fetch(`${phoneUrl}/phone/page.eta`)).status).toBe(404);
    expect((await fetch(`${phoneUrl}/phone/..%2f..%2fpackage.json`)).status).toBe(404);
  });

  it('sends a known file again only after it changed', async () => {
    const first = await fetch(`${phoneUrl}/phone/app.js`, { headers: { 'accept-encoding': 'gzip' } });
    // Not fetch: it adds `no-cache` to a condition that is given by hand.
    const again = await readHead(`${phoneUrl}/phone/app.js`, {
      'accept-encoding': 'gzip',
      'if-none-match': first.headers.get('etag') ?? '',
    });
    expect([first.status, again.status]).toEqual([200, 304]);
  });
});

describe('the address of the phone page', () => {
  const addresses: [asked: string, host: string, sentTo: string | undefined][] = [
    ['/?scan=x', '127.0.0.1:8080', 'http://localhost:8080/simulator/?scan=x'],
    ['/', '[::1]:8080', 'http://localhost:8080/simulator/'],
    ['/', 'localhost:8080', undefined],
    ['/', '127.0.0.1:9001', undefined],
    ['/', 'phone.example:8080', undefined],
    ['/?embed=1', '127.0.0.1:8080', undefined],
  ];
  it.each(addresses)('%s asked for at %s is sent to %s', async (asked, host, sentTo) => {
    const app = new Koa();
    app.use(createPhonePages({ publicUrl: () => 'http://localhost:8080/simulator' }));
    const server = await listen(app.callback());
    const head = await readHead(`${server.url}${asked}`, { host });
    server.stop();
    expect([head.status, head.location]).toEqual([sentTo ? 302 : 200, sentTo]);
  });

  it('tells the page under which path its files are, with or without a closing slash', async () => {
    expect(await (await fetch(phoneUrl)).text()).toContain('<base href="/">');
    const app = new Koa();
    app.use(createPhonePages({ basePath: () => '/simulator' }));
    const server = await listen(app.callback());
    expect(await (await fetch(server.url)).text()).toContain('<base href="/simulator/">');
    server.stop();
  });
});

describe.skipIf(!hasBrowser)(
  'the phone page in Chromium (skipped without one: install it or set CHROMIUM_PATH)',
  () => {
    let browser: Browser;
    let page: Page;
    let complaints: string[] = [];

    beforeAll(async () => {
      browser = await chromium.launch({ executablePath: BROWSER_PATH, args: BROWSER_ARGS });
    });
    afterAll(() => browser.close());
    beforeEach(async () => {
      complaints = [];
      page = await (await browser.newContext({ viewport: DESKTOP })).newPage();
      page.on('console', (line) => line.type() === 'error' && complaints.push(line.text()));
      page.on('pageerror', (error) => complaints.push(error.message));
    });
    afterEach(async () => {
      await page.context().close();
      expect(complaints).toEqual([]);
    });

    it('gives the first visitor a person, and remembers later who held the phone', async () => {
      await page.goto(phoneUrl);
      await expectVisible(personRow(page, '小明'));
      await addPerson(page, '小红');
      await page.reload();
      await expectVisible(page.locator('.person[aria-pressed="true"]', { hasText: '小红' }));
      expect(await page.locator('.person').count()).toBe(2);
    });

    it('follows, talks, is answered, and opens a card that arrives meanwhile', async () => {
      await page.goto(phoneUrl);
      await addPerson(page, '小红');
      await page.getByRole('button', { name: '关注公众号' }).click();
      await expectVisible(page.getByText('欢迎关注'));
      await say(page, '磁盘怎么样？');
      await expectVisible(page.locator('[data-kind=mine][data-status=sent]', { hasText: '磁盘怎么样？' }));
      await expectVisible(page.locator('[data-kind=text]', { hasText: '收到：磁盘怎么样？' }));
      await world.sendCard(await world.openidOf('小红'));
      await page.getByRole('link', { name: /磁盘告警/ }).click();
      await expectVisible(page.frameLocator('.browser iframe').getByRole('heading', { name: '告警详情' }));
      await page.getByRole('button', { name: '关闭网页' }).click();
      await page.locator('.browser iframe').waitFor({ state: 'detached' });
    });

    it('shows a message to somebody else as an unread badge until that person is picked', async () => {
      await page.goto(phoneUrl);
      await expectVisible(personRow(page, '小明'));
      const openid = await world.openidOf('小明');
      await world.control(`followers/${openid}/follow`);
      await addPerson(page, '小红');
      await world.sendCard(openid);
      await expectVisible(personRow(page, '小明').locator('.badge', { hasText: '1' }));
      await personRow(page, '小明').click();
      await expectVisible(page.getByRole('article', { name: '消息提醒' }));
      await personRow(page, '小明').locator('.badge').waitFor({ state: 'detached' });
    });

    it('says that the account cannot serve when its server answers nonsense', async () => {
      await openFollowing(page, phoneUrl);
      await say(page, 'nonsense');
      await expectVisible(page.getByText('该公众号暂时无法提供服务').first());
    });

    it('marks a message that the simulator did not take, and sends it again at a tap', async () => {
      await openFollowing(page, phoneUrl);
      await page.route('**/api/followers/*/messages', (route) => route.abort());
      await say(page, '在吗');
      const mark = page.getByRole('button', { name: /没有发出/ });
      await expectVisible(mark);
      await page.unroute('**/api/followers/*/messages');
      await mark.click();
      await expectVisible(page.locator('[data-kind=mine][data-status=sent]', { hasText: '在吗' }));
      expect(await page.locator('[data-kind=mine]').count()).toBe(1);
      complaints = complaints.filter((line) => !line.includes('ERR_FAILED'));
    });

    it('draws hostile text as text and links only to web pages', async () => {
      await openFollowing(page, phoneUrl);
      await say(page, '你好');
      const content = `<img src=x onerror=alert(1)><a href="javascript:alert(2)">坏</a><a href="${world.accountUrl}/page">好</a>`;
      await world.platform('message/custom/send', {
        touser: await world.openidOf('小明'),
        msgtype: 'text',
        text: { content },
      });
      const bubble = page.locator('[data-kind=text] .bubble', { hasText: 'onerror' });
      await expectVisible(bubble);
      expect(await bubble.locator('img').count()).toBe(0);
      expect(await bubble.locator('a').allTextContents()).toEqual(['好']);
      expect(await bubble.textContent()).toContain('<a href="javascript:alert(2)">坏</a>');
    });

    it('scans a code handed over in its address once, and by a page around it', async () => {
      const { url } = await world.platform('qrcode/create', {
        action_name: 'QR_LIMIT_STR_SCENE',
        action_info: { scene: { scene_str: 'app1' } },
      });
      await page.goto(`${phoneUrl}/?embed=1&scan=${encodeURIComponent(String(url))}`);
      await expectVisible(page.getByText('扫描二维码，关注了公众号'));
      expect(page.url()).not.toContain('scan=');
      await page.evaluate((scan) => postMessage({ type: 'qingniao-scan', url: scan }), String(url));
      await expectVisible(page.getByText('扫描了二维码', { exact: true }));
    });

    it('fits a pocket screen: the panel is a drawer and nothing scrolls sideways', async () => {
      await openFollowing(page, phoneUrl);
      await say(page, `${'长'.repeat(40)} https://example.com/${'x'.repeat(90)}`);
      await world.sendCard(await world.openidOf('小明'));
      await expectVisible(page.getByRole('article', { name: '消息提醒' }));
      expect(await overflow(page)).toBe(0);
      await page.setViewportSize(POCKET);
      await page.locator('.panel').waitFor({ state: 'hidden' });
      expect(await overflow(page)).toBe(0);
      await page.locator('.holder').click();
      await expectVisible(page.locator('.panel'));
      await page.keyboard.press('Escape');
      await page.locator('.panel').waitFor({ state: 'hidden' });
      expect(await smallTargets(page)).toEqual([]);
    });
  },
);

function readHead(
  url: string,
  headers: Record<string, string>,
): Promise<{ status?: number; location?: string }> {
  return new Promise((resolve, reject) => {
    const asked = get(url, { headers }, (response) => {
      response.resume();
      resolve({ status: response.statusCode, location: response.headers.location });
    });
    asked.once('error', reject);
  });
}

/** In a real browser a hostile message runs nothing and requests nothing, and an honest one works. */
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMessagePage, type MessageView } from '#src/web/pages/index.js';
import { BROWSER_ARGS, BROWSER_PATH } from '#test/support/browser.js';
import { HOSTILE_BODIES } from './hostile-messages.js';
import { type OpenPages, openPages, views } from './open-pages.js';

const hasBrowser = existsSync(BROWSER_PATH);

const messages = new Map<string, MessageView>();

describe.skipIf(!hasBrowser)(
  `in Chromium${hasBrowser ? '' : ` (skipped: there is no ${BROWSER_PATH})`}`,
  () => {
    let pages: OpenPages;
    let browser: Browser;

    beforeAll(async () => {
      pages = await openPages(
        createMessagePage({ view: views.view, findMessage: async (key) => messages.get(key) ?? null }),
      );
      browser = await chromium.launch({ executablePath: BROWSER_PATH, args: BROWSER_ARGS });
    });

    afterAll(async () => {
      await browser?.close();
      await pages?.close();
    });

    /** Opens a message and notes all requests; those that leave our server are answered with nothing. */
    async function open(body: string, format: MessageView['format']) {
      const sentAt = new Date('2026-09-28T05:05:09Z');
      messages.set('key', { title: 'T', appName: 'A', sentAt, format, body, state: 'shown' });
      const context = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: 'zh-CN' });
      const page = await context.newPage();
      const requested: string[] = [];
      const dialogs: string[] = [];
      page.on('dialog', (dialog) => {
        dialogs.push(dialog.message());
        void dialog.dismiss();
      });
      await context.route('**/*', async (route) => {
        const address = route.request().url();
        requested.push(address);
        await (address.startsWith(pages.url) ? route.continue() : route.abort());
      });
      await page.goto(`${pages.url}/m/key`, { waitUntil: 'load' });
      return { context, page, requested, dialogs };
    }

    it.each(['html', 'markdown'] as const)(
      'hostile %s runs nothing and asks nothing of anybody',
      async (format) => {
        const { context, page, requested, dialogs } = await open(HOSTILE_BODIES.join('\n\n'), format);
        for (const element of await page.locator('article p, article span, article button').all()) {
          await element.hover({ force: true, timeout: 1000 }).catch(() => undefined);
        }
        expect(await page.title()).toBe('T · 青鸟');
        expect(dialogs).toEqual([]);
        const assets = new RegExp(`^${pages.url}/(m/key|assets/[a-z-]+\\.(css|js|svg)\\?v=[0-9a-f]+)$`);
        // A picture whose source is the bare word "x" or "1" is no http address, so not even our own server is asked.
        expect(requested.filter((address) => !assets.test(address))).toEqual([]);
        expect(await page.evaluate(() => typeof document.querySelector)).toBe('function');
        await context.close();
      },
    );

    it('even unsanitised script could not run or call out under the policy', async () => {
      const { context, page, requested } = await open('x', 'text');
      await page.evaluate(() => {
        document.body.insertAdjacentHTML(
          'beforeend',
          '<img src="data:," onerror="document.title=\'ran\'"><iframe src="http://evil.test/"></iframe>' +
            '<link rel="stylesheet" href="http://evil.test/x.css"><object data="http://evil.test/y"></object>',
        );
      });
      const called = await page.evaluate(() =>
        fetch('http://evil.test/z').then(
          () => 'called',
          () => 'refused',
        ),
      );
      expect(called).toBe('refused');
      expect(await page.title()).toBe('T · 青鸟');
      expect(requested.filter((address) => address.includes('evil.test'))).toEqual([]);
      await context.close();
    });

    it('a picture loads without telling where it is shown', async () => {
      const { context, page, requested } = await open('<img src="http://pictures.test/a.png">', 'html');
      await expect.poll(() => requested).toContain('http://pictures.test/a.png');
      expect(await page.locator('article img').getAttribute('referrerpolicy')).toBe('no-referrer');
      await context.close();
    });

    it('a copy label copies its text and says so', async () => {
      const { context, page } = await open('<copy data-clipboard-text="SF123">复制单号</copy>', 'html');
      await context.grantPermissions(['clipboard-read', 'clipboard-write']);
      await page.click('text=复制单号');
      await page.waitForSelector('text=已复制');
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('SF123');
      await context.close();
    });

    it('a wide table scrolls in its own box, not the page', async () => {
      const row = `|${'一二三四五六七八九十|'.repeat(12)}`;
      const { context, page } = await open(`${row}\n|${'-|'.repeat(12)}\n${row}`, 'markdown');
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
      await context.close();
    });
  },
);

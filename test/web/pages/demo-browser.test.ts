/** In a real browser the demo page walks by itself: code, scan, push, state, callback, and a new code when one dies. */
import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDemoPage, type DemoVisitState } from '#src/web/pages/index.js';
import { BROWSER_ARGS, BROWSER_PATH } from '#test/support/browser.js';
import { type OpenPages, openPages, views } from './open-pages.js';

const hasBrowser = existsSync(BROWSER_PATH);

describe.skipIf(!hasBrowser)(
  `in Chromium${hasBrowser ? '' : ` (skipped: there is no ${BROWSER_PATH})`}`,
  () => {
    const visits = new Map<string, DemoVisitState>();
    const scanned: string[] = [];
    let pages: OpenPages;
    let browser: Browser;

    beforeAll(async () => {
      pages = await openPages(
        createDemoPage({
          view: views.view,
          publicUrl: 'http://localhost:8080',
          clock: { now: () => 0 },
          phoneUrl: '/phone',
          createVisit: async () => {
            const visit = `visit_000000000000000${visits.size}`;
            visits.set(visit, { messages: [], callbacks: [] });
            return { visit, qrcodeText: `http://weixin.qq.com/q/${visit}`, appId: 97, appName: '演示' };
          },
          readVisit: async (visit) => visits.get(visit) ?? null,
          push: async ({ visit, content, format }) => {
            visits.get(visit)?.messages.unshift({ id: 7, state: 'sent', detail: `${format}: ${content}` });
            return { messageId: 7 };
          },
        }),
        // A phone that scans what it is told to by the page around it.
        (ctx) => {
          if (ctx.path === '/phone') {
            ctx.type = 'html';
            ctx.body = '<script>onmessage = (event) => fetch("/scan?url=" + event.data.url)</script>';
          } else if (ctx.path === '/scan') {
            const visit = String(ctx.query.url).split('/').at(-1) ?? '';
            scanned.push(visit);
            const body = {
              action: 'app_subscribe',
              data: { uid: 'UID_ming', userName: '<img src=x onerror=hit()>' },
            };
            visits.set(visit, { uid: 'UID_ming', messages: [], callbacks: [{ at: new Date(0), body }] });
            ctx.body = '';
          }
        },
      );
      browser = await chromium.launch({ executablePath: BROWSER_PATH, args: BROWSER_ARGS });
    });

    afterAll(async () => {
      await browser?.close();
      await pages?.close();
    });

    async function open(): Promise<{ page: Page; complaints: string[] }> {
      const context = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: 'zh-CN' });
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('console', (line) => (line.type() === 'error' ? complaints.push(line.text()) : undefined));
      await page.goto(`${pages.url}/demo`);
      await page.waitForSelector('#qr-picture:not([hidden])');
      return { page, complaints };
    }

    it('from the code to the callback, without a complaint', async () => {
      const { page, complaints } = await open();
      expect(await page.isEnabled('#send')).toBe(false);
      await page.click('#qr');
      await page.waitForSelector('#known:not([hidden])');
      expect(await page.textContent('#uid')).toBe('UID_ming');
      expect(await page.textContent('#say')).toMatch(/^#97 /);
      expect(await page.textContent('#callbacks pre')).toContain('<img src=x onerror=hit()>');
      await page.fill('textarea', '你好');
      await page.check('input[value=markdown]', { force: true });
      await page.click('#send');
      await page.waitForSelector('.state.sent');
      expect(await page.textContent('#messages .detail')).toBe('markdown: 你好');
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
      expect(complaints).toEqual([]);
      await page.context().close();
    });

    it('keeps its code over a reload, and takes a new one when it has died', async () => {
      const { page } = await open();
      const picture = await page.getAttribute('#qr-picture', 'src');
      await page.reload();
      await page.waitForSelector('#qr-picture:not([hidden])');
      expect(await page.getAttribute('#qr-picture', 'src')).toBe(picture);
      visits.delete([...visits.keys()].at(-1) ?? '');
      visits.set('visit_of_somebody_else', { messages: [], callbacks: [] });
      await expect.poll(() => page.getAttribute('#qr-picture', 'src'), { timeout: 10_000 }).not.toBe(picture);
      await page.context().close();
    });
  },
);

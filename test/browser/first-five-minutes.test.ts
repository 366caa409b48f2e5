/** The first five minutes, walked in a browser on the real server: start page, demo, phone, message, answer, callback. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  hasBrowser,
  openDemo,
  pushFromDemo,
  SCREENS,
  sayInChat,
  scanDemo,
  sidewaysOverflow,
  skippedBecause,
  startWalk,
  type Walk,
} from './walk.js';

// A browser and a server start beside whatever else the machine does.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 60_000 });

describe.skipIf(!hasBrowser)(`the first five minutes${skippedBecause}`, () => {
  let walk: Walk;

  beforeAll(async () => {
    walk = await startWalk();
  });
  afterAll(() => walk?.close());

  describe.each(SCREENS)('on $name', ({ width, height }) => {
    it('the start page tells what this is and how the server does, and leads to the demo', async () => {
      const { page, complaints, close } = await walk.open({ viewport: { width, height } });
      await page.goto(`${walk.url}/`);
      expect(await page.textContent('h1')).toContain('青鸟');
      expect(await page.textContent('.mode')).toContain('沙盒模式');
      expect(await page.textContent('.light')).toContain('凭证有效');
      expect(await page.locator('.counts li').count()).toBe(5);
      expect(await sidewaysOverflow(page)).toBe(0);
      await page.click('a[href="/demo"]');
      await page.waitForSelector('#qr-picture:not([hidden])');
      expect(complaints).toEqual([]);
      await close();
    });

    it('a scan, a push, a tap on the card and an answer reach each other', async () => {
      const { page, complaints, close } = await walk.open({ viewport: { width, height } });
      const phone = await openDemo(page, walk.url);
      expect(await page.isEnabled('#send')).toBe(false);
      expect(await scanDemo(page)).toMatch(/^UID_[A-Za-z0-9]{24,}$/);

      await pushFromDemo(page, { format: 'text', summary: `纯文本 ${width}`, content: '磁盘快满了' });
      await phone.locator('article.card', { hasText: `纯文本 ${width}` }).waitFor();
      await page.locator('#messages .state.sent').first().waitFor();

      const table = '| 主机 | 已用 |\n|---|---|\n| db-1 | **95%** |';
      await pushFromDemo(page, { format: 'markdown', summary: `表格 ${width}`, content: table });
      await phone
        .locator('article.card', { hasText: `表格 ${width}` })
        .getByRole('link')
        .click();
      const message = phone.frameLocator('.browser iframe');
      await message.getByRole('heading', { name: `表格 ${width}` }).waitFor();
      expect(await message.locator('article td').allTextContents()).toEqual(['db-1', '95%']);
      await phone.getByRole('button', { name: '关闭网页' }).click();

      const number = /^#\d+/.exec((await page.textContent('#say')) ?? '')?.[0];
      await sayInChat(phone, `${number} hello ${width}`);
      await phone.getByText('已发送给「青鸟演示 Demo」').last().waitFor();
      const callback = page.locator('#callbacks li', { hasText: `hello ${width}` });
      await callback.waitFor();
      expect(JSON.parse((await callback.locator('pre').textContent()) ?? '')).toMatchObject({
        action: 'send_up_cmd',
        data: { uid: await page.textContent('#uid'), content: `hello ${width}` },
      });
      expect(await page.locator('#callbacks').textContent()).toContain('app_subscribe');
      expect(await sidewaysOverflow(page)).toBe(0);
      expect(complaints).toEqual([]);
      await close();
    });

    it('a new code begins a new visit with empty lists', async () => {
      const { page, complaints, close } = await walk.open({ viewport: { width, height } });
      await openDemo(page, walk.url);
      await scanDemo(page);
      await page.locator('#callbacks pre').first().waitFor();
      await page.click('#renew');
      await page.locator('#callbacks .none').waitFor();
      expect(await page.textContent('#uid')).toBe('');
      expect(await page.isEnabled('#send')).toBe(false);
      expect(complaints).toEqual([]);
      await close();
    });
  });
});

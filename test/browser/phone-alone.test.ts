/** The phone opened by itself on the real server: a new person, the menu, the keys that open once, one-tap subscribing. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  followAccount,
  hasBrowser,
  openPhone,
  SCREENS,
  sayInChat,
  sidewaysOverflow,
  skippedBecause,
  startWalk,
  type Walk,
  WECHAT_AGENT,
} from './walk.js';

interface MadeApp {
  id: number;
  subscribeUrl: string;
}

// A browser and a server start beside whatever else the machine does.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 60_000 });

describe.skipIf(!hasBrowser)(`the phone alone${skippedBecause}`, () => {
  let walk: Walk;

  beforeAll(async () => {
    walk = await startWalk();
  });
  afterAll(() => walk?.close());

  const makeApp = (name: string, followTip = ''): Promise<MadeApp> =>
    walk.admin<MadeApp>('/apps', {
      name,
      followTip,
      description: '磁盘和内存的告警',
      contact: 'ops@example.com',
    });

  describe.each(SCREENS)('on $name', ({ width, height }) => {
    it('a new person follows, and the menu answers', async () => {
      const { page, complaints, close } = await walk.open({ viewport: { width, height } });
      await openPhone(page, walk.url, `小红${width}`);
      await followAccount(page);
      await page.locator('summary', { hasText: '我的' }).click();
      await page.getByRole('button', { name: '我的UID My UID' }).click();
      await page.locator('.bubble', { hasText: /你的 UID：UID_\w{24,}/ }).waitFor();
      await sayInChat(page, '今天天气');
      await page.locator('.bubble', { hasText: '你还没有订阅应用' }).waitFor();
      expect(await sidewaysOverflow(page)).toBe(0);
      expect(complaints).toEqual([]);
      await close();
    });

    it('the link to the keys opens once, and a key from there pushes', async () => {
      const { page, complaints, close } = await walk.open({ viewport: { width, height } });
      await openPhone(page, walk.url, `小刚${width}`);
      await followAccount(page);
      await sayInChat(page, '密钥');
      const link = page.locator('a.text-link', { hasText: '/k/' });
      await link.click();
      const inside = page.frameLocator('.browser iframe');
      await inside.getByRole('button', { name: '显示密钥' }).click();
      const spt = await inside.getByText(/^SPT_\w+$/).textContent();
      await page.getByRole('button', { name: '关闭网页' }).click();
      const sent = await fetch(`${walk.url}/api/send/message/${spt}/${encodeURIComponent('备份完成')}`);
      expect(await sent.json()).toMatchObject({ code: 1000 });
      await page.locator('article.card', { hasText: '备份完成' }).waitFor();
      expect(complaints).toEqual([]);
      await link.click();
      await inside.getByText('这个链接已经用过了').waitFor();
      // The browser itself reports the 410 of the used link; nothing else is wrong.
      expect(complaints.filter((line) => !line.includes('410'))).toEqual([]);
      await close();
    });

    it('the subscribe page shows its app, and a button inside WeChat subscribes', async () => {
      const app = await makeApp(`机房告警${width}`, '欢迎订阅机房告警');
      const { page, complaints, close } = await walk.open({
        viewport: { width, height },
        userAgent: WECHAT_AGENT,
      });
      await openPhone(page, walk.url, `小丽${width}`);
      await followAccount(page);
      await page.goto(app.subscribeUrl);
      expect(await page.textContent('h1')).toBe(`机房告警${width}`);
      expect(await page.textContent('main')).toContain('ops@example.com');
      expect(
        await page.locator('figure img').evaluate((img: HTMLImageElement) => img.naturalWidth),
      ).toBeGreaterThan(100);
      expect(await sidewaysOverflow(page)).toBe(0);
      await page.getByRole('link', { name: '订阅 Subscribe' }).click();
      await page.getByRole('button', { name: '确认订阅' }).waitFor();
      expect(await walk.admin<{ total: number }>(`/apps/${app.id}/subscribers`)).toMatchObject({ total: 0 });
      expect(await sidewaysOverflow(page)).toBe(0);
      await page.getByRole('button', { name: '确认订阅' }).click();
      await page.getByRole('heading', { name: '订阅成功' }).waitFor();
      expect(await page.textContent('main')).toContain('欢迎订阅机房告警');
      expect(complaints).toEqual([]);
      const { items } = await walk.admin<{ items: object[] }>(`/apps/${app.id}/subscribers`);
      expect(items).toMatchObject([{ source: 'link', topicId: 0 }]);
      await close();
    });

    it("a subscribe link in the chat works inside the phone's own browser", async () => {
      const target = await makeApp(`周报${width}`);
      const app = await makeApp(`导航${width}`, `还可以订阅：${target.subscribeUrl}`);
      const { page, complaints, close } = await walk.open({ viewport: { width, height } });
      await openPhone(page, walk.url, `小强${width}`);
      await followAccount(page);
      await sayInChat(page, `#${app.id}`);
      await page.locator('a.text-link', { hasText: '/s/' }).click();
      const inside = page.frameLocator('.browser iframe');
      await inside.getByRole('link', { name: '在微信中打开并订阅' }).click();
      await inside.getByRole('button', { name: '确认订阅' }).click();
      await inside.getByRole('heading', { name: '订阅成功' }).waitFor();
      expect(complaints).toEqual([]);
      await close();
    });
  });
});

/** The sandbox alone: a fresh server is entered by the simulated phone's scan and the code in the data folder. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  hasBrowser,
  openPhone,
  SCREENS,
  sidewaysOverflow,
  skippedBecause,
  startWalk,
  type Walk,
} from './walk.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

describe.skipIf(!hasBrowser)(`signing in${skippedBecause}`, () => {
  let walk: Walk;

  beforeAll(async () => {
    walk = await startWalk();
  });
  afterAll(() => walk?.close());

  it.each(SCREENS)(
    'a newcomer becomes the administrator, the next a developer, on $name',
    async ({ width, height }) => {
      const { page, complaints, close } = await walk.open({ viewport: { width, height } });
      await openPhone(page, walk.url, `Ming ${width}`);
      await page.goto(`${walk.url}/console`);
      const [phone] = await Promise.all([
        page.context().waitForEvent('page'),
        page.getByRole('link', { name: '用模拟手机扫码' }).click(),
      ]);
      await phone.getByRole('button', { name: /^确认登录\d\d$/ }).click();
      await phone.getByText('网页已登录').waitFor();
      await page.getByRole('heading', { name: '欢迎' }).waitFor();
      const code = page.getByLabel('管理员码');
      if (await code.isVisible()) {
        await code.fill(readFileSync(join(walk.folder, 'first-admin-code'), 'utf8'));
        await page.getByRole('button', { name: '确认' }).click();
        await page.getByRole('heading', { name: '你好，管理员' }).waitFor();
      } else {
        await page.getByRole('button', { name: '成为开发者' }).click();
        await page.getByRole('heading', { name: '你好，开发者' }).waitFor();
      }
      expect(await sidewaysOverflow(page)).toBe(0);
      // The account's menu leads the same person to their own messages.
      await page.goto(`${walk.url}/me/enter?next=/me/messages`);
      await page.getByRole('heading', { name: '我的消息' }).waitFor();
      expect(complaints).toEqual([]);
      await close();
    },
  );
});

/** The newcomer's path of the README, walked as it is written: sign in, make an app, follow it, push, answer, replay. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  hasBrowser,
  openPhone,
  SCREENS,
  sayInChat,
  sidewaysOverflow,
  skippedBecause,
  startWalk,
  type Walk,
} from './walk.js';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

describe.skipIf(!hasBrowser)(`a newcomer${skippedBecause}`, () => {
  let walk: Walk;

  beforeAll(async () => {
    walk = await startWalk();
  });
  afterAll(() => walk?.close());

  it.each(SCREENS)(
    'signs in, makes an app, follows it, pushes, answers and replays, on $name',
    async ({ width, height }) => {
      const { page, complaints, close } = await walk.open({ viewport: { width, height } });
      const phone = await signInFromStart(page, walk);

      const name = `机房告警 ${width}`;
      await page.goto(`${walk.url}/console/apps/new`);
      await page.getByLabel('名称').fill(name);
      await page.getByLabel('回调地址').fill(`${walk.url}/simulator/webhook/dev`);
      await page.getByRole('button', { name: '创建应用' }).click();
      await page.getByRole('heading', { name: `「${name}」已创建` }).waitFor();
      expect(await page.textContent('main code')).toMatch(/^AT_\w{32}$/);
      expect(await sidewaysOverflow(page)).toBe(0);
      await page.locator('main a.button').click();
      await page.waitForURL(/\/console\/apps\/\d+$/);
      const appId = /(\d+)$/.exec(page.url())?.[1] ?? '';

      await sayInChat(phone, `#${appId}`);
      await phone.getByText(`订阅成功：「${name}」`).waitFor();

      await page.goto(`${walk.url}/console/send?app=${appId}`);
      await page.getByLabel('标题').fill('磁盘快满了');
      await page.getByLabel('内容').fill('db-1 只剩 **1%**');
      await page.getByRole('button', { name: '发送', exact: true }).click();
      await page.waitForURL(/\/console\/messages\/\d+/);
      await phone.locator('article.card', { hasText: '磁盘快满了' }).first().waitFor();

      await sayInChat(phone, `#${appId} 重启`);
      await phone.getByText(`已发送给「${name}」`).last().waitFor();
      await replayCommand(page, `${walk.url}/console/apps/${appId}/callbacks`);

      const sent = await fetch(`${walk.url}/simulator/api/inboxes/webhook/dev`);
      const { items } = (await sent.json()) as { items: { request: { body: string } }[] };
      const commands = items.filter(({ request }) => request.body.includes('"content":"重启"'));
      expect(commands.length).toBeGreaterThanOrEqual(2);
      expect(complaints).toEqual([]);
      await close();
    },
  );
});

/** From the start page into the console; the first one becomes the administrator. Returns the phone, in a window of its own. */
async function signInFromStart(page: Page, walk: Walk): Promise<Page> {
  const { width = 0 } = page.viewportSize() ?? {};
  await openPhone(page, walk.url, `新人 ${width}`);
  await page.goto(walk.url);
  await page.getByRole('link', { name: '登录控制台' }).click();
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
  } else {
    await page.getByRole('button', { name: '成为开发者' }).click();
  }
  await page.getByRole('heading', { name: /你好/ }).waitFor();
  return phone;
}

/** Waits for the command in the app's callback log, and sends it once more. */
async function replayCommand(page: Page, address: string): Promise<void> {
  const line = page.locator('ul.log > li', { hasText: '上行指令' }).first();
  await expect
    .poll(
      async () => {
        await page.goto(address);
        return (await line.count()) > 0 && (await line.textContent())?.includes('成功');
      },
      { timeout: 30_000, interval: 500 },
    )
    .toBe(true);
  await line.locator('summary').click();
  await line.getByRole('button', { name: /重发/ }).click();
  await page.getByText('已重新发送').waitFor();
  await expect
    .poll(
      async () => {
        await page.goto(address);
        return line.locator('summary').first().textContent();
      },
      { timeout: 30_000, interval: 500 },
    )
    .toMatch(/成功.*尝试 2 次/s);
  expect(await line.locator('section.try').count()).toBe(2);
}

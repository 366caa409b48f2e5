/** The phone's other tab in a real browser: what arrives by other ways than WeChat is drawn live, and harmlessly. */
import { existsSync } from 'node:fs';
import { createTransport } from 'nodemailer';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BROWSER_ARGS, BROWSER_PATH } from '#test/support/browser.js';
import {
  expectVisible,
  openPhoneWorld,
  overflow,
  type PhoneWorld,
  personRow,
  smallTargets,
} from './phone-world.js';

const hasBrowser = existsSync(BROWSER_PATH);

describe.skipIf(!hasBrowser)('the other tab of the phone (skipped without Chromium)', () => {
  let world: PhoneWorld;
  let browser: Browser;
  let page: Page;
  let complaints: string[] = [];

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: BROWSER_PATH, args: BROWSER_ARGS });
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    world = await openPhoneWorld({ smtpPort: 0 });
    complaints = [];
    page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
    page.on('console', (line) => line.type() === 'error' && complaints.push(line.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(world.phoneUrl);
    await expectVisible(personRow(page, '小明'));
    await expectVisible(page.getByText('实时更新中'));
  });
  afterEach(async () => {
    await page.context().close();
    await world.close();
    expect(complaints).toEqual([]);
  });

  const tab = () => page.getByRole('tab', { name: /其他/ });
  const publish = (topic: string, body: string, headers: Record<string, string> = {}) =>
    fetch(`${world.phoneUrl}/ntfy/${topic}`, { method: 'PUT', body, headers });

  it('says how to get there while nothing has arrived, with addresses that work', async () => {
    await tab().click();
    await expectVisible(page.getByText('还没有别的消息'));
    const addresses = await page.locator('.ways code').allTextContents();
    expect(addresses).toContain(`${world.phoneUrl}/ntfy/`);
    expect(addresses).toContainEqual(expect.stringMatching(/^smtp:\/\/127\.0\.0\.1:\d+$/));
    await publish('sim-me', '你好');
    await expectVisible(page.getByRole('article', { name: 'ntfy' }).getByText('你好', { exact: true }));
    await page.getByText('还没有别的消息').waitFor({ state: 'detached' });
  });

  it('counts what arrives while WeChat is shown, until it is looked at', async () => {
    await publish('sim-a', 'one');
    await publish('sim-a', 'two');
    await expectVisible(tab().locator('.badge', { hasText: '2' }));
    await tab().click();
    await tab().locator('.badge').waitFor({ state: 'hidden' });
    await page.getByRole('tab', { name: /微信/ }).click();
    await publish('sim-a', 'three');
    await expectVisible(tab().locator('.badge', { hasText: '1' }));
  });

  it('shows only one platform when asked, and all again after', async () => {
    await publish('sim-a', 'by ntfy');
    await fetch(`${world.phoneUrl}/bark/sim-a/by+bark`);
    await tab().click();
    await page.getByRole('button', { name: 'Bark' }).click();
    await page.locator('.arrival[data-platform=ntfy]').waitFor({ state: 'detached' });
    expect(await page.locator('.arrival').count()).toBe(1);
    await page.getByRole('button', { name: '全部' }).click();
    await expectVisible(page.locator('.arrival[data-platform=ntfy]'));
  });

  it('draws hostile texts as text, links only web addresses, and opens them in the phone', async () => {
    await tab().click();
    const text = '<img src=x onerror=alert(1)> javascript:alert(2)';
    await publish('sim-a', text, { Title: '<b>title</b>', Click: `${world.accountUrl}/page`, Tags: '<i>' });
    const card = page.locator('.arrival');
    await expectVisible(card.getByText(text, { exact: true }));
    expect(await card.locator('h3 b, img, i').count()).toBe(0);
    await card.getByRole('link', { name: /打开/ }).click();
    await expectVisible(page.frameLocator('.browser iframe').getByRole('heading', { name: '告警详情' }));
    await page.getByRole('button', { name: '关闭网页' }).click();
    await publish('sim-a', 'x', { Click: 'javascript:alert(3)' });
    await expectVisible(page.locator('.arrival').first().getByText('x', { exact: true }));
    expect(await page.locator('.arrival').first().getByRole('link').count()).toBe(0);
  });

  it('shows the HTML part of a mail on a page of its own that may do nothing', async () => {
    const { url } = (await (await fetch(`${world.phoneUrl}/api/mail`)).json()) as { url: string };
    await createTransport(url).sendMail({
      from: 'bird@example.com',
      to: 'ming@example.com',
      subject: '磁盘告警',
      text: '数据盘已用 95%',
      html: '<h1 id="big">数据盘</h1><script>document.body.textContent = "ran"</script>',
    });
    await tab().click();
    await page.getByRole('link', { name: /看网页版/ }).click();
    await expectVisible(page.frameLocator('.browser iframe').getByRole('heading', { name: '数据盘' }));
    complaints = complaints.filter((line) => !line.includes('Blocked script execution'));
  });

  it('goes back to WeChat when somebody is picked', async () => {
    await tab().click();
    await personRow(page, '小明').click();
    await expectVisible(page.getByRole('button', { name: '关注公众号' }));
  });

  it('moves between the tabs by arrow keys', async () => {
    await page.getByRole('tab', { name: /微信/ }).focus();
    await page.keyboard.press('ArrowRight');
    await expectVisible(page.getByText('还没有别的消息'));
    expect(await tab().getAttribute('aria-selected')).toBe('true');
  });

  it.each([
    { width: 390, height: 844 },
    { width: 1280, height: 800 },
  ])('fits $width pixels with nothing too wide and no target too small', async (viewport) => {
    await publish('sim-a', `${'长'.repeat(300)} https://example.com/${'x'.repeat(200)}`, {
      Title: 'T'.repeat(200),
    });
    await fetch(`${world.phoneUrl}/bark/sim-a/b`);
    await page.setViewportSize(viewport);
    await tab().click();
    await expectVisible(page.locator('.arrival[data-platform=ntfy]'));
    expect(await overflow(page)).toBe(0);
    expect(await smallTargets(page)).toEqual([]);
  });
});

it('lists the newest arrivals of all platforms, at most sixty, with the number in each inbox', async () => {
  const world = await openPhoneWorld();
  for (let nth = 0; nth < 61; nth += 1) {
    await fetch(`${world.phoneUrl}/ntfy/sim-a`, { method: 'PUT', body: `${nth}` });
  }
  await fetch(`${world.phoneUrl}/webhook/me`, { method: 'POST', body: 'x'.repeat(5_000) });
  const read = async (query = '') => {
    const answer = await (await fetch(`${world.phoneUrl}/api/arrivals${query}`)).json();
    return answer as { items: Record<string, unknown>[]; counts: Record<string, number> };
  };
  const all = await read();
  expect([all.items.length, all.counts.ntfy, all.counts.webhook, all.counts.sms]).toEqual([60, 61, 1, 0]);
  expect(all.items[0]).toMatchObject({ platform: 'webhook', to: 'me', rendered: `${'x'.repeat(4_000)}…` });
  expect(all.items[1]).toMatchObject({ platform: 'ntfy', rendered: '60' });
  expect((await read('?platform=webhook')).items).toHaveLength(1);
  await world.close();
});

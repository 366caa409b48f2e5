/** The ground of the browser walks: the real server in sandbox mode as a process of its own, and Chromium in front of it. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContextOptions, chromium, type FrameLocator, type Page } from 'playwright-core';
import { BROWSER_ARGS, BROWSER_PATH } from '#test/support/browser.js';
import { startServer } from '#test/support/processes.js';

/** Whether there is a browser to walk with. */
export const hasBrowser = existsSync(BROWSER_PATH);

/** Put behind a test's name: says why it did not run. */
export const skippedBecause = hasBrowser
  ? ''
  : ` (skipped: there is no ${BROWSER_PATH}; install chromium or set CHROMIUM_PATH)`;

/** The two screens that every page must suit. */
export const SCREENS = [
  { name: 'a desk', width: 1280, height: 900 },
  { name: 'a pocket', width: 390, height: 844 },
] as const;

/** What WeChat's own browser says of itself. */
export const WECHAT_AGENT =
  'Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120 Mobile Safari/537.36 MicroMessenger/8.0.50';

/** A page and what it complained of: console errors and uncaught exceptions. */
export interface Visit {
  page: Page;
  complaints: string[];
  close(): Promise<void>;
}

/** A running server with a browser. */
export interface Walk {
  /** The server's public address. */
  url: string;
  /** The server's data folder. */
  folder: string;
  /** Opens a new, empty browser profile with one page. */
  open(options?: BrowserContextOptions): Promise<Visit>;
  /** Calls the management API as the operator; a body makes it a POST. Throws unless it went well. */
  admin<T>(path: string, body?: object): Promise<T>;
  close(): Promise<void>;
}

const ADMIN_TOKEN = 'walk-admin-token';

/** Starts a fresh server on a free port, exactly as `npm start` would, and a browser. */
export async function startWalk(): Promise<Walk> {
  const folder = mkdtempSync(join(tmpdir(), 'qingniao-walk-'));
  const server = await startServer({ PORT: '0', SIMULATOR_SMTP_PORT: '0', DATA_DIR: folder, ADMIN_TOKEN });
  const browser = await chromium.launch({ executablePath: BROWSER_PATH, args: BROWSER_ARGS });
  // People type localhost; that is also the server's own idea of its address.
  const url = server.url.replace('127.0.0.1', 'localhost');
  return {
    url,
    folder,
    async open(options = {}) {
      const context = await browser.newContext({ locale: 'zh-CN', timezoneId: 'Asia/Shanghai', ...options });
      context.setDefaultTimeout(15_000);
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('console', (line) => line.type() === 'error' && complaints.push(line.text()));
      return { page, complaints, close: () => context.close() };
    },
    async admin<T>(path: string, body?: object): Promise<T> {
      const response = await fetch(`${server.url}/api/v1${path}`, {
        method: body ? 'POST' : 'GET',
        headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      if (!response.ok) {
        throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
      }
      return (await response.json()) as T;
    },
    async close() {
      await browser.close();
      await server.end('SIGTERM');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** By how many pixels the page is wider than the screen. */
export function sidewaysOverflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

/** The demo page with its code shown. Returns the phone beside it. */
export async function openDemo(page: Page, url: string): Promise<FrameLocator> {
  await page.goto(`${url}/demo`);
  await page.waitForSelector('#qr-picture:not([hidden])');
  const phone = page.frameLocator('#phone');
  await phone.getByRole('heading', { name: '青鸟模拟公众号' }).first().waitFor();
  return phone;
}

/** A tap on the demo's code: the phone scans it, and the page learns the UID by itself. */
export async function scanDemo(page: Page): Promise<string> {
  await page.click('#qr');
  await page.waitForSelector('#known:not([hidden])');
  return (await page.textContent('#uid')) ?? '';
}

/** Pushes from the demo page. */
export async function pushFromDemo(
  page: Page,
  message: { format: 'text' | 'html' | 'markdown'; summary: string; content: string },
): Promise<void> {
  await page.check(`input[value=${message.format}]`, { force: true });
  await page.fill('textarea[name=content]', message.content);
  await page.fill('input[name=summary]', message.summary);
  await page.click('#send');
}

/** Types into the chat of a phone and sends. */
export async function sayInChat(phone: Page | FrameLocator, words: string): Promise<void> {
  await phone.getByLabel('消息 Message').fill(words);
  await phone.getByLabel('消息 Message').press('Enter');
}

/** The phone by itself, held by a new person. */
export async function openPhone(page: Page, url: string, nickname: string): Promise<void> {
  await page.goto(`${url}/simulator/`);
  const holder = page.locator('.holder');
  const input = page.getByLabel('新人物的昵称');
  await page.locator('.live.on').waitFor({ state: 'attached' });
  if (await holder.isVisible()) {
    await holder.click();
  }
  await input.fill(nickname);
  await input.press('Enter');
  await page.locator('.person[aria-pressed="true"]', { hasText: nickname }).waitFor({ state: 'attached' });
}

/** Follows the account from an open phone. */
export async function followAccount(page: Page): Promise<void> {
  await page.getByRole('button', { name: '关注公众号' }).click();
  await page.getByText('欢迎关注').waitFor();
}

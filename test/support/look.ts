/**
 * Looks at a page as people see it: on a desk and in a pocket, in light and in dark, and says what nobody should be shown:
 * console errors, sideways scrolling, and what axe-core calls serious. `LOOK_DIR` keeps a picture of each.
 */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type BrowserContext, type Browser as Chromium, chromium, type Page } from 'playwright-core';
import { BROWSER_ARGS, BROWSER_PATH } from '#test/support/browser.js';
import type { Browser } from './sign-in.js';

/** Whether there is a browser to look with. */
export const hasBrowser = existsSync(BROWSER_PATH);

/** One way of looking. */
export interface Sight {
  name: string;
  width: number;
  height: number;
  dark: boolean;
}

const DESK: Sight = { name: '1280-light', width: 1280, height: 900, dark: false };

/** The four ways in which every page is looked at. */
export const SIGHTS: readonly Sight[] = [
  { name: '390-light', width: 390, height: 844, dark: false },
  { name: '390-dark', width: 390, height: 844, dark: true },
  DESK,
  { name: '1280-dark', width: 1280, height: 900, dark: true },
];

/** A small and a wide screen, one light, one dark; with `LOOK_DIR` people look, in all four ways. */
const DAILY = process.env.LOOK_DIR
  ? SIGHTS
  : SIGHTS.filter(({ name }) => name === '390-light' || name === '1280-dark');

/** What to look at, and how. */
export interface LookOptions {
  /** Brings the page into the state to look at: opens a menu, fills in a form. Runs before the checks. */
  prepare?: (page: Page) => Promise<void>;
  language?: 'zh-CN' | 'en-US';
  sights?: readonly Sight[];
  /** The picture's name; the path unless told. */
  name?: string;
}

/** Somebody who looks. */
export interface Looker {
  /**
   * Opens a path with the cookies of a signed-in browser (null: nobody's) once for each sight (two, unless told), and returns what was wrong,
   * one line each: expect it to equal [].
   */
  look(browser: Browser | null, path: string, options?: LookOptions): Promise<string[]>;
  /** Opens a page to act on; close its context when done. */
  open(browser: Browser | null, path: string, sight?: Sight): Promise<{ page: Page; complaints: string[] }>;
  close(): Promise<void>;
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Starts a browser that looks at the server at `url`. */
export async function openLooker(url: string): Promise<Looker> {
  const chrome = await chromium.launch({ executablePath: BROWSER_PATH, args: BROWSER_ARGS });
  const open = (browser: Browser | null, path: string, sight: Sight, language: string) =>
    openPage(chrome, { url, browser, path, sight, language });
  return {
    open: (browser, path, sight = DESK) => open(browser, path, sight, 'zh-CN'),
    async look(browser, path, options = {}) {
      const wrong: string[] = [];
      const sights = options.sights ?? DAILY;
      const { page, complaints } = await open(browser, path, sights[0] ?? DESK, options.language ?? 'zh-CN');
      for (const [at, sight] of sights.entries()) {
        await page.setViewportSize({ width: sight.width, height: sight.height });
        await page.emulateMedia({ colorScheme: sight.dark ? 'dark' : 'light' });
        if (at > 0 && options.prepare) {
          await page.reload();
        }
        await options.prepare?.(page);
        const found = [...complaints.splice(0), ...(await inspectPage(page))];
        wrong.push(...found.map((line) => `${path} at ${sight.name}: ${line}`));
        await keepPicture(page, `${options.name ?? path}-${sight.name}`);
      }
      await page.context().close();
      return wrong;
    },
    close: () => chrome.close(),
  };
}

/** What is wrong with a page: sideways scrolling, and serious or critical findings of axe-core. */
export async function inspectPage(page: Page): Promise<string[]> {
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  if (!(await page.evaluate('typeof axe === "object"'))) {
    // Evaluated, not loaded: the pages' own policy forbids foreign scripts.
    await page.evaluate(AXE);
  }
  const findings =
    (await page.evaluate(`axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => id + ' ' + nodes.slice(0, 3).map((node) => node.html.slice(0, 160) + ' ' + (node.any[0]?.message ?? '')).join(' | ')))`)) as string[];
  return [...(overflow > 0 ? [`is ${overflow} px too wide`] : []), ...findings];
}

async function openPage(
  chrome: Chromium,
  wish: { url: string; browser: Browser | null; path: string; sight: Sight; language: string },
) {
  const { url, browser, path, sight, language } = wish;
  const context: BrowserContext = await chrome.newContext({
    viewport: { width: sight.width, height: sight.height },
    colorScheme: sight.dark ? 'dark' : 'light',
    locale: language,
    timezoneId: 'Asia/Shanghai',
    ignoreHTTPSErrors: true,
  });
  context.setDefaultTimeout(15_000);
  const cookies = [...(browser?.cookies ?? [])].map(([name, value]) => ({ name, value, url }));
  await context.addCookies(cookies);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (line) => line.type() === 'error' && complaints.push(line.text()));
  await page.goto(`${url}${path}`);
  return { page, complaints };
}

/** For human eyes: kept only where `LOOK_DIR` says. */
async function keepPicture(page: Page, name: string): Promise<void> {
  const folder = process.env.LOOK_DIR;
  if (folder) {
    mkdirSync(folder, { recursive: true });
    const file = `${name.replace(/[^\w-]+/g, '_').replace(/^_/, '')}.png`;
    await page.screenshot({ path: join(folder, file), fullPage: true });
  }
}

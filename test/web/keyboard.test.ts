/** The pages by keyboard alone: everything that can be pressed is reached and shows it, and the work gets done. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { hasBrowser, type Looker, openLooker, SIGHTS, type Sight } from '#test/support/look.js';
import type { Browser } from '#test/support/sign-in.js';
import { openWorld, type World } from '#test/support/world.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const [POCKET, , DESK] = SIGHTS;

/** Tabs once around the page: what can be pressed and was not reached, and what was reached and did not show it. */
async function tabAround(page: Page): Promise<string[]> {
  const all = await page.evaluate(() => {
    const isPressable = (node: HTMLElement): boolean =>
      node.checkVisibility({ checkVisibilityCSS: true }) && !node.matches(':disabled, [tabindex="-1"]');
    const nodes = Array.from(
      document.querySelectorAll<HTMLElement>('a[href], button, input, select, textarea, summary'),
    );
    // One radio of a group takes the focus; the arrows move inside it.
    const pressable = nodes.filter(
      (node) =>
        isPressable(node) && !(node instanceof HTMLInputElement && node.type === 'radio' && !node.checked),
    );
    for (const [at, node] of pressable.entries()) {
      node.dataset.tabTest = `${at} ${node.outerHTML.slice(0, 90)}`;
    }
    (document.activeElement as HTMLElement | null)?.blur();
    return pressable.map((node) => node.dataset.tabTest ?? '');
  });
  const reached = new Set<string>();
  const wrong: string[] = [];
  // Fields of dates and times hold several stops.
  for (let press = 0; press < all.length * 3 + 20; press += 1) {
    await page.keyboard.press('Tab');
    const [mark = '', isShown] = await page.evaluate(() => {
      const node = document.activeElement as HTMLElement | null;
      const drawn = [node, node?.parentElement, node?.nextElementSibling].map(
        (one) => one && getComputedStyle(one),
      );
      const shows = drawn.some(
        (style) => style && (style.outlineStyle !== 'none' || style.boxShadow !== 'none'),
      );
      return [node?.dataset.tabTest ?? '', shows] as const;
    });
    if (mark !== '' && !reached.has(mark) && !isShown) {
      wrong.push(`does not show its focus: ${mark}`);
    }
    if (mark !== '') {
      reached.add(mark);
    }
    if (mark === '' && reached.size === all.length) {
      break;
    }
  }
  return [...wrong, ...all.filter((mark) => !reached.has(mark)).map((mark) => `is not reached: ${mark}`)];
}

describe.skipIf(!hasBrowser)('by keyboard alone', () => {
  let w: World;
  let looker: Looker;
  let boss: Browser;
  let appPath: string;
  let subscribePath: string;

  beforeAll(async () => {
    w = await openWorld();
    boss = await w.signIn('Boss', { role: 'operator' });
    looker = await openLooker(w.url);
    const app = await w.app('机房', { callbackUrl: w.webhook('hook') }).made();
    await w.phone('Boss').scans(app.qrcodeUrl);
    await w.drain();
    appPath = `/console/apps/${app.id}`;
    subscribePath = new URL(app.subscribeUrl).pathname;
  });
  afterAll(async () => {
    await looker?.close();
    await w?.close();
  });

  const visit = async (path: string, sight: Sight | undefined, act: (page: Page) => Promise<void>) => {
    const { page, complaints } = await looker.open(boss, path, sight);
    await act(page);
    expect([path, complaints]).toEqual([path, []]);
    await page.context().close();
  };

  it.each([
    ...['/', '/demo', '/docs', '/console', '/console/apps/new', '/console/send', '/console/messages'],
    ...['/console/channels/new/webhook', '/console/keys/sendkey/seal', '/console/numbers', '/console/people'],
    ...['/me', '/me/subscriptions', '/me/quiet'],
  ])('everything on %s is reached and shows its focus', async (path) => {
    await visit(path, DESK, async (page) => expect(await tabAround(page)).toEqual([]));
  });

  it('everything of an app, its log and its subscribe page is reached too', async () => {
    for (const path of [appPath, `${appPath}/callbacks`, `${appPath}/subscribers`, subscribePath]) {
      await visit(path, POCKET, async (page) => expect([path, await tabAround(page)]).toEqual([path, []]));
    }
  });

  it('the first stop leads past the navigation', async () => {
    await visit('/console/apps', DESK, async (page) => {
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await page.keyboard.press('Tab');
      expect(await page.evaluate(() => document.activeElement?.closest('main') !== null)).toBe(true);
    });
  });

  it('the menu of a pocket opens, closes, and gives the focus back', async () => {
    await visit('/console', POCKET, async (page) => {
      await page.locator('details.menu > summary').focus();
      await page.keyboard.press('Enter');
      await page.locator('details.menu[open]').waitFor();
      await page.keyboard.press('Tab');
      await page.keyboard.press('Escape');
      await page.locator('details.menu:not([open])').waitFor();
      expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('SUMMARY');
    });
  });

  it('an app is made', async () => {
    await visit('/console/apps/new', DESK, async (page) => {
      await page.locator('#f-name').focus();
      await page.keyboard.type('按键建的');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: '「按键建的」已创建' }).waitFor();
    });
  });
});

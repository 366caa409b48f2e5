/** A real browser with sentinels: who runs a script, opens a dialog, asks another host for something, or changes what a page is made of. */
import { existsSync } from 'node:fs';
import { type BrowserContext, type Browser as Chromium, chromium, type Page } from 'playwright-core';
import { BROWSER_ARGS, BROWSER_PATH } from '#test/support/browser.js';

/** Whether there is one. */
export const hasBrowser = existsSync(BROWSER_PATH);
export const skippedBecause = hasBrowser ? '' : ` (skipped: there is no ${BROWSER_PATH})`;

/** A browser under watch. */
export interface Watch {
  /** Opens an address and says what went wrong there; nothing where nothing did. */
  look(address: string): Promise<string[]>;
  close(): Promise<void>;
}

/** What no page of ours has, whoever's words it shows. Runs in the page. */
function findForeign(): string[] {
  const found: string[] = [];
  const own = location.origin;
  for (const element of Array.from(document.querySelectorAll('*'))) {
    for (const { name, value } of Array.from(element.attributes)) {
      const isAddress =
        /^(?:href|src|action|formaction|data|poster|background|xlink:href|ping|srcset)$/i.test(name);
      if (/^on/i.test(name)) {
        found.push(`${element.tagName} has ${name}`);
      } else if (isAddress && /^[\s\p{Cc}]*(?:javascript|vbscript|data:text)/iu.test(value)) {
        found.push(`${element.tagName} leads to ${value}`);
      } else if (
        name === 'style' &&
        /url\(|expression|behavior|position\s*:\s*(?:fixed|absolute|sticky)/i.test(value)
      ) {
        found.push(`${element.tagName} is styled ${value}`);
      }
    }
  }
  const scripts = Array.from(document.scripts).filter(
    (script) => !script.src.startsWith(`${own}/`) && script.type !== 'application/json',
  );
  const forms = Array.from(document.forms).filter(
    (form) => new URL(form.getAttribute('action') ?? '', own).origin !== own,
  );
  const tags = Array.from(
    document.querySelectorAll('iframe, object, embed, portal, base, meta[http-equiv=refresh], frame, applet'),
  );
  found.push(...scripts.map((script) => `a script of ${script.src || script.text.slice(0, 80)}`));
  found.push(...forms.map((form) => `a form to ${form.getAttribute('action')}`));
  found.push(
    ...tags
      .filter((tag) => !(tag.getAttribute('src') ?? tag.getAttribute('href') ?? '').match(/^\/(?!\/)/))
      .map((tag) => tag.outerHTML.slice(0, 120)),
  );
  if (typeof document.querySelector !== 'function' || document.body?.tagName !== 'BODY') {
    found.push('the document was clobbered');
  }
  return found;
}

/** Starts it. `prepare` sets up the profile: cookies, and what the page remembers. */
export async function startWatch(
  prepare: (context: BrowserContext) => Promise<unknown> = async () => {},
): Promise<Watch> {
  const browser: Chromium = await chromium.launch({ executablePath: BROWSER_PATH, args: BROWSER_ARGS });
  const context = await browser.newContext({ locale: 'zh-CN', viewport: { width: 390, height: 844 } });
  await prepare(context);
  const met: string[] = [];
  await context.exposeFunction('hit', () => void met.push('a script ran'));
  await context.route(/^https?:\/\/(?!127\.0\.0\.1|localhost)/, async (route) => {
    // One picture of another host may be shown in a message: that is said to its reader and goes without a referrer.
    if (route.request().resourceType() !== 'image') {
      met.push(`asked for ${route.request().url()}`);
    }
    await route.abort();
  });
  const page: Page = await context.newPage();
  page.on('dialog', (dialog) => {
    met.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('popup', () => met.push('another window'));
  return {
    async look(address) {
      met.length = 0;
      await page.goto(address, { waitUntil: 'load' });
      // Events that wait for a hand get one.
      await page.evaluate(() => {
        for (const element of Array.from(document.querySelectorAll('main *'))) {
          for (const kind of [
            'pointerover',
            'mouseover',
            'wheel',
            'animationstart',
            'transitionend',
            'focus',
          ]) {
            element.dispatchEvent(new Event(kind, { bubbles: true }));
          }
        }
      });
      const found = await page.evaluate(findForeign);
      const isThere = new URL(page.url()).origin === new URL(address).origin;
      return [...met, ...found, ...(isThere ? [] : [`the page led away to ${page.url()}`])];
    },
    close: () => browser.close(),
  };
}

/** A web page whose name was made to point at this machine reaches nothing of a developer's sandbox. */
import { chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { BROWSER_ARGS, BROWSER_PATH } from '#test/support/browser.js';
import { hasBrowser, skippedBecause, startWalk, type Walk } from './walk.js';

// A browser and a server start beside whatever else the machine does.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

const EVIL = 'evil.example';

describe.skipIf(!hasBrowser)(`a page whose name points here${skippedBecause}`, () => {
  let walk: Walk;
  let browser: Awaited<ReturnType<typeof chromium.launch>>;
  let page: Page;
  let port: string;

  beforeAll(async () => {
    walk = await startWalk();
    port = new URL(walk.url).port;
    browser = await chromium.launch({
      executablePath: BROWSER_PATH,
      args: [
        ...BROWSER_ARGS,
        `--host-resolver-rules=MAP ${EVIL} 127.0.0.1`,
        // Other browsers have no such check, so nothing may hang on it.
        '--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests',
      ],
    });
    page = await (await browser.newContext()).newPage();
    // The attacker's own server gave this page before the name was made to point elsewhere.
    await page.route('**/attack', (route) =>
      route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>attack</title>' }),
    );
    await page.goto(`http://${EVIL}:${port}/attack`);
  });
  afterAll(async () => {
    await browser?.close();
    await walk?.close();
  });

  /** Asks as the page's script does; the name of the error where there is no answer. */
  const ask = (path: string, init: RequestInit = {}): Promise<string> =>
    page.evaluate(
      async ([address, options]) => {
        try {
          const answer = await fetch(address, options);
          return `${answer.status} ${await answer.text()}`;
        } catch (error) {
          return (error as Error).name;
        }
      },
      [path, init] as const,
    );

  it.each([
    '/simulator/api/followers',
    '/simulator/api/stats',
    '/simulator/',
    '/sign-in',
    '/console',
    '/metrics',
    '/api/v1/apps',
    '/',
  ])('reads nothing of %s', async (path) => {
    expect(await ask(path)).toMatch(/^(?:421|401) (?!.*openid)/s);
  });

  it('makes nobody, scans nothing and signs in as nobody', async () => {
    const json = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"nickname":"evil"}',
    };
    expect(await ask('/simulator/api/followers', json)).toMatch(/^421 /);
    expect(await ask('/demo/api/visits', { ...json, body: '{}' })).toMatch(/^421 /);
    const own = await fetch(`${walk.url}/simulator/api/followers`);
    expect(await own.text()).not.toContain('evil');
  });

  it('sees a sentence, and no page, where somebody opens it', async () => {
    await page.goto(`http://${EVIL}:${port}/`);
    expect(await page.textContent('body')).toContain('ALLOWED_HOSTS');
    await page.goto(`http://${EVIL}:${port}/attack`);
  });

  it('another page of this machine does nothing either, though it is on the same site', async () => {
    const neighbour = await (await browser.newContext()).newPage();
    await neighbour.route('http://localhost:3000/', (route) =>
      route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>neighbour</title>' }),
    );
    await neighbour.goto('http://localhost:3000/');
    await neighbour.evaluate(
      (address) =>
        fetch(address, { method: 'POST', mode: 'no-cors', body: '{"nickname":"neighbour"}' }).catch(
          () => null,
        ),
      `${walk.url}/simulator/api/followers`,
    );
    expect(await (await fetch(`${walk.url}/simulator/api/followers`)).text()).not.toContain('neighbour');
  });
});

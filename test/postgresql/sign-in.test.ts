/** Signing in while several processes share the work: each request may come to another one. */
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createPhone } from '#test/support/phone.js';
import { runSql } from '#test/support/postgres.js';
import { confirmSignIn, openBrowser } from '#test/support/sign-in.js';
import { type Fleet, openFleet } from './cast.js';

const TIMEOUT_MS = 120_000;

let fleet: Fleet;
beforeEach(async () => {
  fleet = await openFleet();
}, TIMEOUT_MS);
afterEach(() => fleet.close());

it(
  'takes the page, the scan, the entry and the administrator code at different processes',
  async () => {
    const first = await fleet.start();
    const second = await fleet.start();
    const [atFirst, atSecond] = [openBrowser(first.url), openBrowser(second.url)];
    const go = (): void => {
      for (const [name, value] of atSecond.cookies) {
        atFirst.cookies.set(name, value);
      }
    };
    // The platform's events go to the first process, which never saw this browser.
    await atSecond.post('/sign-in/code', {}, { 'user-agent': 'Mozilla/5.0 (Windows) Chrome/120' });
    const [shown] = (await runSql(fleet.url, 'SELECT "url" FROM "SignInCode"')) as { url: string }[];
    const ming = createPhone(fleet, 'Ming');
    const said = await ming.scans(shown?.url ?? '');
    said.seesReply(/以你的身份登录[\s\S]*Chrome · Windows[\s\S]*127\.0\.0\.1/);
    expect((await atSecond.get('/sign-in?next=/console')).status).toBe(200);
    await confirmSignIn(ming);
    expect((await atSecond.get('/sign-in?next=/console')).headers.get('location')).toBe('/console');
    go();
    const code = readFileSync(`${fleet.folder}/first-admin-code`, 'utf8').trim();
    expect((await atFirst.get('/sign-in/join')).text).toContain('first-admin-code');
    expect((await atFirst.submit('/sign-in/join', { code, next: '/console' })).status).toBe(200);
    // Used at one process, it is worth nothing at any.
    expect((await atSecond.get('/sign-in/join')).text).not.toContain('first-admin-code');
    const accounts = await runSql(fleet.url, 'SELECT "role" FROM "Account"');
    expect(accounts).toEqual([{ role: 'operator' }]);
  },
  TIMEOUT_MS,
);

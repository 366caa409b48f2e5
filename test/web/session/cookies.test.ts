/** Cookies where people reach the server by https: their names begin with __Host-, and no others count. */
import { afterEach, expect, it } from 'vitest';
import { confirmSignIn } from '#test/support/sign-in.js';
import { openWorld, type World } from '#test/support/world.js';

let w: World;
afterEach(() => w.close());

it('are __Host- on https, and a planted one without it is nobody', async () => {
  w = await openWorld({ env: { PUBLIC_URL: 'https://push.example' } });
  const browser = w.browser();
  const own = { origin: 'https://push.example', accept: 'application/json' };
  const set: string[] = [];
  const note = <T extends { headers: Headers }>(answer: T): T => {
    set.push(...answer.headers.getSetCookie());
    return answer;
  };
  note(await browser.post('/sign-in/code', {}, own));
  const code = await w.core.signIn.findCode(browser.cookies.get('__Host-qn_sign_in') ?? '');
  await w.phone('Ming').scans(code.state === 'waiting' ? code.url : '');
  await confirmSignIn(w.phone('Ming'));
  expect(note(await browser.get('/sign-in?next=/me')).headers.get('location')).toBe('/me');
  note(await browser.get('/me'));
  note(await browser.post('/me/quiet/off', {}, { origin: 'https://push.example' }));
  const named = set.filter((line) => !line.startsWith('lang='));
  expect(named.length).toBeGreaterThan(3);
  for (const line of named) {
    expect(line).toMatch(/^__Host-qn_\w+=[^;]*; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax; Secure$/);
  }
  const secret = browser.cookies.get('__Host-qn_session') ?? '';
  const planted = w.browser();
  planted.cookies.set('qn_session', secret);
  planted.cookies.set('qn_me', secret);
  expect((await planted.get('/me')).status).toBe(303);
});

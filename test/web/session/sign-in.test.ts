/** Signing in by scanning: the page, the scan, the first administrator, developers, and the ends of a session. */
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { confirmSignIn, readShownCode, scanSignIn } from '#test/support/sign-in.js';
import { openWorld, type World } from '#test/support/world.js';

let w: World;

beforeEach(async () => {
  w = await openWorld();
});
afterEach(() => w.close());

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
const CHROME = { 'user-agent': 'Mozilla/5.0 (Windows) Chrome/120' };
const adminFile = () => join(w.folder, 'first-admin-code');

describe('the sign-in page', () => {
  it('leads on once its code was scanned and confirmed, asks in the chat where, and sets a cookie that scripts cannot read', async () => {
    const browser = w.browser();
    const shown = await readShownCode(w.core, browser, CHROME);
    const page = await browser.get('/sign-in?next=/me');
    expect(page.text).toContain('data:image/svg+xml;base64,');
    expect(page.text).toContain('http-equiv="refresh"');
    expect((await browser.get('/sign-in/state')).json).toEqual({ state: 'waiting' });
    const said = await w.phone('Ming').scans(shown);
    said.seesReply(/以你的身份登录[\s\S]*Chrome · Windows[\s\S]*127\.0\.0\.1[\s\S]*数字是 \d\d 吗/);
    await confirmSignIn(w.phone('Ming'));
    expect((await browser.get('/sign-in/state')).json).toEqual({ state: 'confirmed' });
    const entered = await browser.get('/sign-in?next=/me');
    expect(entered.status).toBe(302);
    expect(entered.headers.get('location')).toBe('/me');
    const cookie = entered.headers.getSetCookie().find((line) => line.startsWith('qn_session='));
    expect(cookie).toMatch(/; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Lax$/);
    expect((await browser.get('/me')).text).toContain(await w.phone('Ming').uid());
  });

  it('has a code made for who looks at it: by the script or the button, and by no GET and no other site', async () => {
    const browser = w.browser();
    const page = await browser.get('/sign-in?next=/me');
    expect(page.text).toContain('data-make="/sign-in/code?next=%2Fme"');
    const foreign: Record<string, string>[] = [
      { origin: 'https://evil.example' },
      { 'sec-fetch-site': 'cross-site' },
    ];
    for (const headers of foreign) {
      const refused = await browser.post('/sign-in/code', {}, { accept: 'application/json', ...headers });
      expect(refused).toMatchObject({
        status: 403,
        json: { error: { heading: expect.stringContaining('本站页面') } },
      });
    }
    expect((await w.call('/sign-in/code', { method: 'POST', body: '' })).status).toBe(403);
    expect(await w.db.signInCode.count()).toBe(0);
    const byButton = await browser.post('/sign-in/code?next=/me');
    expect([byButton.status, byButton.headers.get('location')]).toEqual([303, '/sign-in?next=%2Fme']);
    const byScript = await browser.post('/sign-in/code', {}, { accept: 'application/json' });
    expect(byScript.json).toMatchObject({ picture: expect.stringMatching(/^data:image/), phoneUrl: '' });
    expect(await w.db.signInCode.count()).toBe(1);
  });

  it('goes on over a restart: the chat still says where, and the waiting browser comes in', async () => {
    const browser = w.browser();
    const shown = await readShownCode(w.core, browser, CHROME);
    await w.restart();
    expect((await browser.get('/sign-in/state')).json).toEqual({ state: 'waiting' });
    (await w.phone('Ming').scans(shown)).seesReply(
      /以你的身份登录[\s\S]*Chrome · Windows[\s\S]*127\.0\.0\.1/,
    );
    await w.restart();
    await confirmSignIn(w.phone('Ming'));
    expect((await browser.get('/sign-in?next=/me')).headers.get('location')).toBe('/me');
    w.clock.advance(DAY + 6 * MINUTE);
    await w.upkeep.removeOld();
    expect(await w.db.signInCode.count()).toBe(0);
  });

  it('shows the same code in a second tab, and both move on', async () => {
    const browser = w.browser();
    await browser.get('/sign-in');
    const shown = await readShownCode(w.core, browser);
    await browser.get('/sign-in');
    expect(await readShownCode(w.core, browser)).toBe(shown);
    await w.phone('Ming').scans(shown);
    await confirmSignIn(w.phone('Ming'));
    await browser.get('/sign-in?next=/me');
    expect((await browser.get('/sign-in?next=/me/keys')).headers.get('location')).toBe('/me/keys');
  });

  it('refuses a second person, a code that is too old and one that was used', async () => {
    const browser = w.browser();
    await browser.get('/sign-in');
    const first = await readShownCode(w.core, browser);
    await w.phone('Ming').scans(first);
    (await w.phone('Mallory').scans(first)).seesReply(/已被别人扫过/);
    await confirmSignIn(w.phone('Ming'));
    const held = new Map(browser.cookies);
    await browser.get('/sign-in?next=/me');
    expect((await browser.get('/me')).text).toContain(await w.phone('Ming').uid());
    const thief = w.browser();
    thief.cookies.set('qn_sign_in', held.get('qn_sign_in') ?? '');
    expect((await thief.get('/sign-in')).status).toBe(200);
    expect(thief.cookies.has('qn_session')).toBe(false);

    const late = w.browser();
    await late.get('/sign-in');
    const old = await readShownCode(w.core, late);
    w.clock.advance(5 * MINUTE);
    // The platform forgets the code at the same moment; a push of it that was under way still comes.
    const { scene } = await w.db.signInCode.findFirstOrThrow({ where: { url: old } });
    expect(await w.core.signIn.scanCode(scene, 1)).toEqual({ result: 'expired' });
    expect((await late.get('/sign-in/state')).json).toEqual({ state: 'dead' });
  });

  it('takes a scan that follows the account for the first time', async () => {
    const browser = w.browser();
    const said = await scanSignIn(w.core, browser, w.phone('Newcomer'));
    expect(said.event).toBe('subscribe');
    expect((await browser.get('/sign-in?next=/me')).headers.get('location')).toBe('/me');
  });

  it.each([
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    '/sign-in',
    'javascript:alert(1)',
    '/a\r\nSet-Cookie: x=1',
    `/${'x'.repeat(600)}`,
  ])('leads nowhere else than to this server: %j', async (next) => {
    const browser = await w.signIn('Ming');
    const answer = await browser.get(`/sign-in?next=${encodeURIComponent(next)}`);
    expect(answer.headers.get('location')).toBe('/console');
  });
});

describe('the first administrator', () => {
  it('is made by the code in the file, once', async () => {
    const code = readFileSync(adminFile(), 'utf8').trim();
    expect(statSync(adminFile()).mode & 0o777).toBe(0o600);
    expect(w.lines.join('\n')).toContain(adminFile().replaceAll('\\', '\\\\'));
    expect(w.lines.join('\n')).not.toContain(code);
    const browser = w.browser();
    await scanSignIn(w.core, browser, w.phone('Ming'));
    await browser.get('/sign-in?next=/console');
    expect((await browser.get('/console')).headers.get('location')).toBe('/sign-in/join?next=%2Fconsole');
    expect((await browser.get('/sign-in/join?next=/console')).text).toContain('first-admin-code');
    const wrong = await browser.post('/sign-in/join', { code: 'x'.repeat(24), next: '/console' });
    expect(wrong.status).toBe(422);
    expect(wrong.text).toContain('管理员码不对');
    const made = await browser.submit('/sign-in/join', { code: ` ${code} `, next: '/console' });
    expect(made.status).toBe(200);
    expect(made.text).toContain('管理员');
    expect(existsSync(adminFile())).toBe(false);

    const other = await w.signIn('Mallory');
    const late = await other.post('/sign-in/join', { code, next: '/console' });
    expect(late.status).toBe(422);
    await w.restart();
    expect(existsSync(adminFile())).toBe(false);
    expect((await browser.get('/console')).status).toBe(200);
  });

  it('keeps its code over a restart, and lets the right one through after many guesses', async () => {
    const code = readFileSync(adminFile(), 'utf8');
    await w.restart();
    expect(readFileSync(adminFile(), 'utf8')).toBe(code);
    const browser = await w.signIn('Mallory');
    for (let at = 0; at < 20; at += 1) {
      expect((await browser.post('/sign-in/join', { code: `guess${at}` })).status).toBe(422);
    }
    expect(existsSync(adminFile())).toBe(true);
    const boss = await w.signIn('Boss');
    expect((await boss.post('/sign-in/join', { code: code.trim() })).status).toBe(303);
  });

  it('finds its code in the file again after the file was lost, and not in the database', async () => {
    const code = readFileSync(adminFile(), 'utf8');
    rmSync(adminFile());
    await w.restart();
    expect(readFileSync(adminFile(), 'utf8')).toBe(code);
    const settings = await w.db.setting.findMany();
    expect(settings.map(({ key }) => key)).toContain('first-admin-code');
    expect(JSON.stringify(settings)).not.toContain(code.trim());
  });

  it('is one of two who come with the code at once', async () => {
    const code = readFileSync(adminFile(), 'utf8').trim();
    const phones = [w.phone('Ming'), w.phone('Mallory')];
    await Promise.all(phones.map((phone) => phone.follows()));
    const ids = await Promise.all(phones.map((phone) => phone.uid()));
    const people = await Promise.all(ids.map((uid) => w.core.people.getByUid(uid)));
    const made = await Promise.all(
      people.map(({ personId }) => w.core.accounts.becomeFirstAdmin(personId, code)),
    );
    expect(made.filter((id) => id !== null)).toHaveLength(1);
    expect(await w.core.accounts.needsFirstAdmin()).toBe(false);
  });
});

describe('developers', () => {
  it('are made by themselves only where the operator allows it', async () => {
    const browser = await w.signIn('Ming');
    expect((await browser.get('/sign-in/join')).text).toContain('不开放注册');
    expect((await browser.post('/sign-in/join', { next: '/console' })).status).toBe(403);
    await w.core.accounts.saveRegistration('open');
    expect((await browser.submit('/sign-in/join', { next: '/console' })).status).toBe(200);
    const [line] = (await w.core.audit.listEntries({ skip: 0, take: 1 })).items;
    expect(line).toMatchObject({
      action: 'account.join',
      detail: 'developer',
      actor: await w.phone('Ming').uid(),
    });
  });

  it('who are switched off are followers at once', async () => {
    const browser = await w.signIn('Ming', { role: 'developer' });
    expect((await browser.get('/console')).status).toBe(200);
    await w.db.account.updateMany({ data: { disabledAt: new Date(w.clock.now()) } });
    expect((await browser.get('/console')).status).toBe(303);
    expect((await browser.get('/sign-in/join')).text).toContain('账号已停用');
    expect((await browser.get('/me')).status).toBe(200);
  });
});

describe('a session', () => {
  it('lasts thirty days from its last use', async () => {
    const browser = await w.signIn('Ming');
    w.clock.advance(29 * DAY);
    expect((await browser.get('/me')).status).toBe(200);
    w.clock.advance(29 * DAY);
    expect((await browser.get('/me')).status).toBe(200);
    w.clock.advance(30 * DAY);
    expect((await browser.get('/me')).status).toBe(303);
    w.clock.advance(8 * DAY);
    await w.upkeep.removeOld();
    expect(await w.db.session.count()).toBe(0);
  });

  it('is written to at most once an hour, and kept as a hash', async () => {
    const browser = await w.signIn('Ming');
    const read = () => w.db.session.findFirstOrThrow();
    const { seenAt, hash } = await read();
    expect(browser.cookies.get('qn_session')).toMatch(/^[A-Za-z0-9]{48}$/);
    expect(hash).not.toContain(browser.cookies.get('qn_session'));
    w.clock.advance(59 * MINUTE);
    await browser.get('/me');
    expect((await read()).seenAt).toEqual(seenAt);
    w.clock.advance(MINUTE);
    await browser.get('/me');
    expect((await read()).seenAt.getTime()).toBe(w.clock.now());
  });

  it('ends everywhere by a word in the chat, before and after the page moved on', async () => {
    const browser = await w.signIn('Ming');
    const waiting = w.browser();
    await scanSignIn(w.core, waiting, w.phone('Ming'));
    (await w.phone('Ming').says('退出登录')).seesReply(/已结束：1 个网页登录、1 个待确认的登录码/);
    expect((await browser.get('/me')).status).toBe(303);
    expect((await waiting.get('/sign-in?next=/me')).status).toBe(200);
  });

  it('ends by the form, and forgets the cookie', async () => {
    const browser = await w.signIn('Ming');
    expect((await browser.post('/sign-out')).text).toContain('已退出登录');
    expect(browser.cookies.has('qn_session')).toBe(false);
  });

  it.each(['', 'x', 'x'.repeat(48), 'é%', '%', '🕊'.repeat(12)])(
    'is nobody with the cookie %j',
    async (cookie) => {
      const browser = w.browser();
      browser.cookies.set('qn_session', encodeURIComponent(cookie));
      expect((await browser.get('/console')).headers.get('location')).toBe('/sign-in?next=%2Fconsole');
    },
  );
});

describe('forms', () => {
  it.each([
    ['of another site', { origin: 'https://evil.example' }, {}],
    ['of another site, by fetch metadata', { 'sec-fetch-site': 'cross-site' }, {}],
    ['of nobody', { origin: 'null' }, {}],
    ['with another token', {}, { csrf: 'x'.repeat(64) }],
  ])('%s are refused with words', async (_, headers, fields) => {
    const browser = await w.signIn('Ming', { role: 'developer' });
    const answer = await browser.post('/console/sessions/end-others', fields, headers);
    expect(answer.status).toBe(403);
    expect(answer.text).toContain('不是从本站页面发出的');
    expect((await browser.post('/sign-out', fields, headers)).status).toBe(403);
  });

  it('of megabytes are refused with words', async () => {
    const browser = await w.signIn('Ming', { role: 'developer' });
    const answer = await browser.post('/console/sessions/end-others', { x: 'y'.repeat(1_000_000) });
    expect(answer.status).toBe(413);
    expect(answer.text).toContain('太大');
  });
});

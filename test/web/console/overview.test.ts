/** The console's first page and the page of sessions, by HTTP and as people see them. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { hasBrowser, type Looker, openLooker } from '#test/support/look.js';
import { confirmSignIn } from '#test/support/sign-in.js';
import { openWorld, type World } from '#test/support/world.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let w: World;

beforeAll(async () => {
  w = await openWorld();
});
afterAll(() => w.close());

describe('the overview', () => {
  it('shows a developer the own apps alone, an operator all of them', async () => {
    await w.app('别人的 <b>报警</b>').made();
    const ming = await w.signIn('Ming', { role: 'developer' });
    const own = await ming.get('/console');
    expect(own.text).toContain('还没有应用');
    expect(own.text).not.toContain('别人的');
    const boss = await w.signIn('Boss', { role: 'operator' });
    const all = await boss.get('/console');
    expect(all.text).toContain('别人的 &lt;b&gt;报警&lt;/b&gt;');
    expect(all.text).not.toContain('<b>报警');
    expect(all.headers.get('cache-control')).toBe('no-store');
    expect(all.headers.get('referrer-policy')).toBe('same-origin');
    expect(all.headers.get('content-security-policy')).toContain("script-src 'self'");
  });

  it('speaks the language that was asked for, and keeps to it', async () => {
    const ming = await w.signIn('Ming', { role: 'developer' });
    expect((await ming.get('/console')).text).toContain('<html lang="zh-CN">');
    expect((await ming.get('/console?lang=en')).text).toContain('Overview');
    expect((await ming.get('/console')).text).toContain('<html lang="en">');
  });

  it('is small at the first load', async () => {
    const ming = await w.signIn('Boss', { role: 'operator' });
    const page = await ming.get('/console');
    const parts = [...page.text.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map(([, path = '']) => path);
    const sizes = await Promise.all(
      [...new Set(parts)].map(async (path) => (await w.call(path)).text.length),
    );
    expect(sizes.reduce((sum, size) => sum + size, page.text.length)).toBeLessThan(100_000);
  });
});

describe('sessions', () => {
  it('are listed and ended, others of the same person only', async () => {
    const desk = await w.signIn('Ling', { role: 'developer' });
    const phone = await w.signIn('Ling', { role: 'developer' });
    const third = await w.signIn('Ling', { role: 'developer' });
    const foreign = await w.signIn('Mallory', { role: 'developer' });
    const page = await desk.get('/console/sessions');
    expect(page.text.match(/class="badge good">当前/g)).toHaveLength(1);
    const ends = [...page.text.matchAll(/action="(\/console\/sessions\/\d+\/end)"/g)].map(
      ([, path = '']) => path,
    );
    expect(ends).toHaveLength(2);
    expect((await foreign.post(ends[0] ?? '')).status).toBe(404);
    expect((await desk.submit(ends[0] ?? '')).text).toContain('已结束：1 个网页登录');
    const left = [await phone.get('/console'), await third.get('/console')].map(({ status }) => status);
    expect(left.sort()).toEqual([200, 303]);
    expect((await desk.submit('/console/sessions/end-others')).text).toContain('已结束：1 个网页登录');
    expect((await desk.get('/console')).status).toBe(200);
    expect((await foreign.get('/console')).status).toBe(200);
    for (const id of ['0', '-1', '1e9', '99999999999999999999', 'x', '2147483648']) {
      expect((await desk.post(`/console/sessions/${id}/end`)).status).toBe(404);
    }
  });
});

describe.skipIf(!hasBrowser)('as people see it', () => {
  let looker: Looker;

  beforeAll(async () => {
    looker = await openLooker(w.url);
  });
  afterAll(() => looker?.close());

  it('the sign-in page, which moves on by itself', async () => {
    expect(await looker.look(null, '/sign-in?next=/me', { name: 'sign-in' })).toEqual([]);
    const { page, complaints } = await looker.open(null, '/sign-in?next=/me');
    await page.locator('#code img:not([hidden])').waitFor();
    const cookies = await page.context().cookies();
    const secret = cookies.find(({ name }) => name === 'qn_sign_in')?.value ?? '';
    const code = await w.core.signIn.findCode(secret);
    await w.phone('Ming').scans(code.state === 'waiting' ? code.url : '');
    await page.locator('#number', { hasText: /^\d\d$/ }).waitFor();
    await confirmSignIn(w.phone('Ming'));
    await page.waitForURL(`${w.url}/me`);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('who is new, and who finds nothing', async () => {
    const nobody = await w.signIn('Newcomer');
    expect(await looker.look(nobody, '/sign-in/join', { name: 'join' })).toEqual([]);
    const ming = await w.signIn('Ming', { role: 'developer' });
    expect(await looker.look(ming, '/console', { name: 'console-empty', language: 'en-US' })).toEqual([]);
  });

  it('what keeps deliveries back', async () => {
    const at = new Date(w.clock.now());
    const mark = { owner: 'test', since: at, seenAt: at };
    const why =
      '连不上微信服务器（ECONNREFUSED），请检查网络、DNS 与 WECHAT_API_BASE。 WeChat cannot be reached: check network and DNS.';
    await w.db.trouble.createMany({
      data: [
        { ...mark, queue: 'wechat', kind: 'failing', count: 1234, code: 'network', why },
        {
          ...mark,
          queue: 'wecom-bot:1',
          kind: 'full',
          count: 48,
          code: '',
          why: '已到对方允许的速度 At the pace of the other side',
        },
        { ...mark, queue: 'callback:1', kind: 'failing', count: 9, code: '502', why: 'HTTP 502' },
        { ...mark, queue: 'callback:2', kind: 'failing', count: 3, code: '502', why: 'HTTP 502' },
      ],
    });
    const until = new Date(w.clock.now() + 3_600_000);
    await w.db.pause.create({
      data: { queue: 'mail:server', until, code: '535', why: '邮箱密码不对 The password is wrong' },
    });
    w.core.overview.forget();
    const boss = await w.signIn('Boss', { role: 'operator' });
    expect(await looker.look(boss, '/console', { name: 'console-troubles' })).toEqual([]);
    expect(await looker.look(boss, '/console', { name: 'console-troubles-en', language: 'en-US' })).toEqual(
      [],
    );
    await w.db.trouble.deleteMany();
    await w.db.pause.deleteMany();
    w.core.overview.forget();
  });

  it('the overview, its menu on a phone, and the sessions', async () => {
    const boss = await w.signIn('Boss', { role: 'operator' });
    await w.app('值班报警').made();
    await w.app('A long name, with_many_characters_that_cannot_break_at_all_ok').made();
    expect(await looker.look(boss, '/console', { name: 'console' })).toEqual([]);
    const prepare = async (page: import('playwright-core').Page) => {
      const menu = page.locator('details.menu summary');
      if (await menu.isVisible()) {
        await menu.click();
      }
    };
    expect(await looker.look(boss, '/console', { name: 'console-menu', prepare })).toEqual([]);
    await w.signIn('Boss', { role: 'operator' });
    await w.signIn('Boss', { role: 'operator' });
    expect(await looker.look(boss, '/console/sessions', { name: 'console-sessions' })).toEqual([]);
  });
});

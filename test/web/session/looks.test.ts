/** The pages about signing in and its ends as people see them: in a pocket and on a desk, light and dark. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser, type Looker, openLooker } from '#test/support/look.js';
import { type Browser, readShownCode } from '#test/support/sign-in.js';
import { openWorld, type World } from '#test/support/world.js';

const CHROME = { 'user-agent': 'Mozilla/5.0 (Windows) Chrome/120' };

describe.runIf(hasBrowser)('in a browser', { timeout: 120_000 }, () => {
  let w: World;
  let looker: Looker;
  let boss: Browser;
  let waiting: Browser;
  let asked: string;
  beforeAll(async () => {
    w = await openWorld();
    looker = await openLooker(w.url);
    boss = await w.signIn('老板', { role: 'operator' });
    await boss.post('/console/keys/personal/make', { name: 'CI 持续集成', 'scopes[]': ['read', 'send'] });
    await boss.submit('/console/keys/spt/make');
    waiting = w.browser();
    asked = (await w.phone('老板').scans(await readShownCode(w.core, waiting, CHROME))).text;
  }, 60_000);
  afterAll(async () => {
    await looker?.close();
    await w?.close();
  });

  it('the number that browser and phone show', async () => {
    expect(await looker.look(waiting, '/sign-in?next=/console', { name: 'sign-in-asked' })).toEqual([]);
    const path = /\/sign-in\/question\/\w+/.exec(asked)?.[0] ?? '';
    expect(await looker.look(null, path, { name: 'question' })).toEqual([]);
    expect(await looker.look(null, path, { name: 'question-en', language: 'en-US' })).toEqual([]);
  });

  it('tokens, keys and sessions, one’s own and another’s', async () => {
    for (const path of ['/console/keys/personal', '/me/keys/personal', '/me/keys', '/console/keys', '/me']) {
      expect(await looker.look(boss, path)).toEqual([]);
    }
    expect(await looker.look(boss, '/console/sessions')).toEqual([]);
    const uid = await w.phone('老板').uid();
    expect(await looker.look(boss, `/console/people/${uid}`, { name: 'person' })).toEqual([]);
  });

  it('a token that was just made, once', async () => {
    const { page, complaints } = await looker.open(boss, '/console/keys/personal');
    await page.getByLabel('名称').fill('备份');
    await page.getByRole('button', { name: '生成令牌' }).click();
    await page.getByText('令牌只显示这一次').waitFor();
    await page.reload();
    expect(await page.getByText('令牌只显示这一次').count()).toBe(0);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('the question goes by itself when the phone has said no, and a new code comes', async () => {
    const browser = w.browser();
    const { page } = await looker.open(browser, '/sign-in?next=/me');
    await page.locator('#code img:not([hidden])').waitFor();
    const row = await w.db.signInCode.findFirstOrThrow({
      orderBy: { expiresAt: 'desc' },
      where: { askedAt: null },
    });
    await w.phone('阿莲').scans(row.url);
    await page.locator('#number', { hasText: String(row.number) }).waitFor();
    await w.phone('阿莲').says('2');
    await page.getByText('手机上没有同意').waitFor();
    await page.getByRole('link', { name: '换一个二维码' }).click();
    await page.locator('#code img:not([hidden])').waitFor();
    expect(await w.db.signInCode.count({ where: { askedAt: null, usedAt: null } })).toBe(1);
    await page.context().close();
  });
});

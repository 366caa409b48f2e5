/** The followers' pages as people see them: in a pocket and on a desk, in light and in dark; and a contact bound by its form. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { hasBrowser, type Looker, openLooker } from '#test/support/look.js';
import type { Browser } from '#test/support/sign-in.js';
import { openWorld, type World } from '#test/support/world.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

describe.skipIf(!hasBrowser)('as people see them', () => {
  let w: World;
  let looker: Looker;
  let ming: Browser;
  let subscribePath: string;

  beforeAll(async () => {
    w = await openWorld({ mail: true });
    looker = await openLooker(w.url);
    ming = await w.signIn('Ming');
    const duty = w.app('值班报警', {
      description: '机房和数据库的报警\n夜里只发紧急的',
      contact: 'ops@example.com',
    });
    const long = await w.app('An app with quite_a_long_name_that_does_not_break_anywhere_ok').made();
    const weather = await w.app('🌤 天气').made();
    const [night, emoji] = [await duty.topic('夜班'), await duty.topic('مرحبا 👩‍👩‍👧 नमस्ते')];
    const app = await duty.made();
    for (const { qrcodeUrl } of [app, night, emoji, long, weather]) {
      await w.phone('Ming').scans(qrcodeUrl);
    }
    subscribePath = new URL(app.subscribeUrl).pathname;
    const uids = [await w.phone('Ming').uid()];
    const push = (appToken: string, summary: string, content: string) =>
      w.call('/api/send/message', { body: { appToken, summary, content, uids } });
    await push(app.appToken, '磁盘 95%', '数据库主机 db-1 的磁盘快满了，请尽快处理。'.repeat(4));
    await push(weather.appToken, '今天多云，最高 24 度', '出门带伞');
    await push(long.appToken, `a${'b'.repeat(90)}`, `https://example.com/${'x'.repeat(200)}`);
    await w.drain();
    await w.phone('Ming').unfollows();
    await push(app.appToken, '没关注时的消息', '补发');
    await w.drain();
    await w.phone('Ming').follows();
    const page = await ming.get('/me/subscriptions');
    await ming.post(/action="([^"]+\/off)"/.exec(page.text)?.[1] ?? '');
    ming.cookies.delete('qn_flash');
  });
  afterAll(async () => {
    await looker?.close();
    await w?.close();
  });

  it.each([
    '/me',
    '/me/messages',
    '/me/subscriptions',
    '/me/quiet',
    '/me/contacts',
    '/me/data',
    '/me/data/erase',
  ])('%s', async (path) => {
    expect(await looker.look(ming, path)).toEqual([]);
    const [small, , wide] = await import('#test/support/look.js').then(({ SIGHTS }) => SIGHTS);
    const sights = [small, wide].filter((sight) => sight !== undefined);
    expect(await looker.look(ming, path, { language: 'en-US', sights, name: `${path}-en` })).toEqual([]);
  });

  it('the keys, shown and open', async () => {
    expect(await looker.look(ming, '/me/keys', { name: 'me-keys-none' })).toEqual([]);
    for (const kind of ['spt', 'sendkey', 'bark', 'gotify']) {
      await ming.post(`/me/keys/${kind}/make`);
    }
    const prepare = async (page: import('playwright-core').Page) => {
      await page.locator('details:not([open]) summary').first().click();
    };
    ming.cookies.delete('qn_flash');
    expect(await looker.look(ming, '/me/keys', { prepare })).toEqual([]);
  });

  it('nothing yet, nothing found, and nothing there', async () => {
    const ling = await w.signIn('Ling');
    expect(await looker.look(ling, '/me/messages', { name: 'me-messages-none' })).toEqual([]);
    expect(await looker.look(ling, '/me/subscriptions', { name: 'me-subscriptions-none' })).toEqual([]);
    expect(await looker.look(ming, '/me/messages?q=nothing', { name: 'me-messages-nothing' })).toEqual([]);
  });

  it('the subscribe page before and after', async () => {
    expect(await looker.look(null, subscribePath, { name: 'subscribe' })).toEqual([]);
  });

  it('forms answer mistakes beside the field, a switch asks nothing, leaving asks once', async () => {
    const { page, complaints } = await looker.open(ming, '/me/contacts');
    await page.fill('#phone', '12345');
    await page.locator('form:has(#phone) button').click();
    await page.locator('#phone-error').waitFor();
    expect(await page.inputValue('#phone')).toBe('12345');
    await page.goto(`${w.url}/me/subscriptions`);
    await page.getByRole('button', { name: '关闭「夜班」' }).click();
    await page.getByRole('button', { name: '打开「夜班」' }).waitFor();
    page.once('dialog', (dialog) => void dialog.dismiss());
    await page.getByRole('button', { name: '退订「夜班」' }).click();
    await page.getByRole('button', { name: '打开「夜班」' }).waitFor();
    page.once('dialog', (dialog) => void dialog.accept());
    await page.getByRole('button', { name: '退订「夜班」' }).click();
    await page.getByRole('status').waitFor();
    expect(await page.getByRole('status').textContent()).toContain('已退订「夜班」');
    // 422 is what a form with mistakes answers; Chromium notes that in its console.
    expect(complaints.filter((line) => !line.includes('422'))).toEqual([]);
    await page.context().close();
  });

  it('a mail address is bound by the code that arrives there, and unbound', async () => {
    const asked = await ming.submit('/me/contacts/email', { email: ' ming@example.com ' });
    expect(asked.text).toContain('name="code"');
    ming.cookies.delete('qn_flash');
    expect(await looker.look(ming, '/me/contacts?confirm=email', { name: 'me-contacts-code' })).toEqual([]);
    const wrong = await ming.post('/me/contacts/email/confirm', { code: 'abc' });
    expect([wrong.status, wrong.text.includes('还可以试 4 次')]).toEqual([422, true]);
    const { items } = (await w.sim('/inboxes/mail')).json as { items: { rendered: string }[] };
    const code = /\b\d{6}\b/.exec(items[0]?.rendered ?? '')?.[0] ?? '';
    expect((await ming.submit('/me/contacts/email/confirm', { code })).text).toContain('ming@example.com');
    ming.cookies.delete('qn_flash');
    expect(await looker.look(ming, '/me/contacts', { name: 'me-contacts-bound' })).toEqual([]);
    expect((await ming.submit('/me/contacts/email/remove')).text).toContain('邮箱已解除绑定');
    expect((await ming.post('/me/contacts/email/remove')).status).toBe(404);
    expect((await ming.post('/me/contacts/fax', { fax: '1' })).status).toBe(404);
  });
});

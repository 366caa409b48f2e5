/** An app's pages as people see them: on a desk and in a pocket, in light and dark, empty and full. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { hasBrowser, type Looker, openLooker, SIGHTS } from '#test/support/look.js';
import type { Browser } from '#test/support/sign-in.js';
import { openWorld, type World } from '#test/support/world.js';
import { makeApp, type PageApp } from './cast.js';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

/** Pages that are made of the same parts as others are looked at in the two ways that differ most. */
const FEW = SIGHTS.filter(({ name }) => name === '390-dark' || name === '1280-light');

let w: World;
let ming: Browser;
let app: PageApp;
let topicId: number;

/** An app with everything that a page can show. */
async function fill(): Promise<void> {
  app = await makeApp(ming, '值班报警 🚨', {
    description: '生产环境的报警：服务宕机、磁盘将满、证书到期。白天由值班同事处理，夜里只发最要紧的。',
    contact: '企业微信 @运维值班，电话 010-12345678',
    callbackUrl: w.webhook('hook'),
  });
  await makeApp(ming, 'An_app_whose_name_has_no_place_to_break_it_64_characters_long');
  const topic = await w.core.topics.createTopic(app.id, {
    name: '磁盘与证书',
    alias: 'disk',
    description: '只关心容量的人订阅这个',
  });
  topicId = topic.id;
  await w.core.topics.createTopic(app.id, {
    name: 'a_topic_name_without_any_place_to_break_the_line_in_two_halves_x',
  });
  const { url } = await w.core.qrcodes.getDefault(app.id);
  const shop = await w.core.qrcodes.createParameterised({
    appId: app.id,
    extra: '门店-朝阳大悦城-3F',
    validSeconds: 604_800,
  });
  await w.core.qrcodes.createParameterised({
    appId: app.id,
    extra: 'user_0123456789_0123456789_0123456789',
    validSeconds: 1,
  });
  for (const name of ['Ling', '张伟', 'محمد', 'Ö🙂', 'E', 'F']) {
    await w.phone(name).scans(name < 'L' ? shop.url : url);
  }
  const { items } = await w.core.subscriptions.listSubscriptions({ appId: app.id, skip: 0, take: 10 });
  await w.core.subscribers.setRemark(app.id, items[0]?.id ?? 0, '张伟（运维，夜班）');
  await w.core.subscriptions.setBlocked(app.id, items[1]?.id ?? 0, true);
  await w.phone('张伟').unfollows();
  await w.drain();
  await w.sim('/webhook/hook/answer', { status: 500, body: '<h1>Internal Server Error</h1>' });
  await ming.submit(`${app.path}/callback/test`);
  await w.drain();
  w.clock.advance(26 * 3_600_000);
  await w.phone('G').scans(url);
  await w.drain();
}

describe.skipIf(!hasBrowser)('as people see them', () => {
  let looker: Looker;
  const see = (path: string, options: Parameters<Looker['look']>[2] = {}) => looker.look(ming, path, options);

  beforeAll(async () => {
    w = await openWorld();
    ming = await w.signIn('Ming', { role: 'developer' });
    looker = await openLooker(w.url);
  });
  afterAll(async () => {
    await looker?.close();
    await w?.close();
  });

  it('empty', async () => {
    expect(await see('/console/apps', { name: 'apps-empty' })).toEqual([]);
    expect(await see('/console/apps/new', { name: 'apps-new' })).toEqual([]);
    const bare = await makeApp(ming, '新应用');
    for (const tab of ['callbacks', 'subscribers', 'topics']) {
      expect(await see(`${bare.path}/${tab}`, { name: `apps-empty-${tab}`, sights: FEW })).toEqual([]);
    }
  });

  it('full', async () => {
    await fill();
    expect(await see('/console/apps', { name: 'apps' })).toEqual([]);
    const tabs = [
      '',
      '/token',
      '/callback',
      '/callbacks',
      '/subscribers',
      '/codes',
      '/topics',
      '/topics/new',
    ];
    for (const tab of tabs) {
      expect(await see(`${app.path}${tab}`, { name: `app${tab}` })).toEqual([]);
    }
    for (const tab of ['new', String(topicId), `${topicId}/subscribers`, `${topicId}/codes`]) {
      const name = `app-topics-${tab.replace(String(topicId), 'one')}`;
      expect(await see(`${app.path}/topics/${tab}`, { name, sights: FEW })).toEqual([]);
    }
    const { scene } = await w.core.qrcodes.getDefault(app.id);
    expect(
      await see(`${app.path}/codes/${scene}`, { name: 'app-code', language: 'en-US', sights: FEW }),
    ).toEqual([]);
    expect(
      await see(`${app.path}/callback`, { name: 'app-callback-en', language: 'en-US', sights: FEW }),
    ).toEqual([]);
  });

  it('opened', async () => {
    const openAll = (selector: string) => async (page: import('playwright-core').Page) => {
      await page.locator(selector).first().click();
    };
    expect(
      await see(`${app.path}/callbacks`, { name: 'app-callbacks-open', prepare: openAll('.log summary') }),
    ).toEqual([]);
    expect(
      await see(`${app.path}/subscribers`, {
        name: 'app-subscribers-open',
        prepare: openAll('.manage summary'),
      }),
    ).toEqual([]);
    expect(
      await see(`${app.path}/callbacks`, {
        name: 'app-callbacks-older',
        language: 'en-US',
        sights: FEW,
        prepare: async (page) => {
          await page.locator('.log summary').nth(1).click();
          await page.locator('.log .older summary').click();
        },
      }),
    ).toEqual([]);
    const { items } = await w.core.qrcodeLists.searchCodes({ appId: app.id, topicId: 0 }, { take: 1 });
    expect(
      await see(`${app.path}/codes/${items[0]?.scene}`, {
        name: 'app-code-delete',
        sights: FEW,
        prepare: openAll('details.danger summary'),
      }),
    ).toEqual([]);
    expect(await see(app.path, { name: 'app-delete', prepare: openAll('details.danger summary') })).toEqual(
      [],
    );
  });

  it('a token that is shown once is gone after a reload, and no second app is made', async () => {
    const { page, complaints } = await looker.open(ming, '/console/apps/new');
    await page.fill('#f-name', '浏览器里建的');
    await page.click('button[type=submit].button:has-text("创建应用")');
    await page.waitForSelector('.codeblock');
    expect(await page.textContent('.codeblock')).toMatch(/AT_\w{32}/);
    await page.screenshot({
      path: process.env.LOOK_DIR ? `${process.env.LOOK_DIR}/app-made.png` : '/dev/null',
      type: 'png',
    });
    await page.reload();
    expect(await page.textContent('main')).not.toMatch(/AT_\w{32}/);
    expect(await w.db.app.count({ where: { name: '浏览器里建的' } })).toBe(1);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

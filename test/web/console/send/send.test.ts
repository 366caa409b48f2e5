/** The page that sends: to oneself, to UIDs, to topics; its preview, its commands, and what it refuses. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { hasBrowser, type Looker, openLooker } from '#test/support/look.js';
import type { Browser } from '#test/support/sign-in.js';
import { openWorld, type World } from '#test/support/world.js';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

let w: World;
let ming: Browser;

beforeAll(async () => {
  w = await openWorld();
  ming = await w.signIn('Ming', { role: 'developer' });
});
afterAll(() => w.close());

const PATH = '/console/send';
const run = promisify(execFile);

/** An app of Ming's, with a follower. */
async function ownApp(name: string) {
  const account = await w.db.account.findFirstOrThrow({ where: { role: 'developer' } });
  const app = await w.app(name).made();
  await w.db.app.update({ where: { id: app.id }, data: { accountId: account.id } });
  const ling = w.phone(`Ling of ${name}`);
  await ling.scans(app.qrcodeUrl);
  // The app was cached before its owner changed.
  await w.restart();
  return { app, ling, uid: await ling.uid() };
}

const lastMessage = () => w.db.message.findFirstOrThrow({ orderBy: { id: 'desc' } });
const decode = (html: string) =>
  html
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');

describe('sending', () => {
  it('reaches oneself, with every option', async () => {
    const page = await ming.submit(PATH, {
      app: '0',
      to: 'me',
      title: '你好 <b>',
      summary: 's',
      format: 'html',
      content: '<p>hi</p>',
      url: 'https://example.com/?a=1&b=2',
      urgent: 'on',
      'channels[]': ['wechat'],
    });
    expect(page.text).toContain('消息已接收');
    expect(page.text).toContain('你好 &lt;b&gt;');
    expect(await lastMessage()).toMatchObject({
      source: 'console',
      appId: null,
      title: '你好 <b>',
      format: 'html',
      url: 'https://example.com/?a=1&b=2',
      priority: 1,
      channels: '["wechat"]',
    });
    await w.drain();
    expect((await w.phone('Ming').cards())[0]?.rendered).toContain('你好 <b>');
    const audit = await w.db.auditEntry.findFirstOrThrow({ orderBy: { id: 'desc' } });
    expect(audit).toMatchObject({ action: 'message.send' });
  });

  it('reaches the followers of an own app by UID and by topic, at the time named', async () => {
    const { app, ling, uid } = await ownApp('报警');
    const topic = await w.app('报警2').topic('x');
    const own = await w.core.topics.createTopic(app.id, { name: '值班' });
    await ming.submit(PATH, { app: String(app.id), to: 'uids', uids: ` ${uid}\n${uid},`, content: '内容' });
    await w.drain();
    expect((await ling.cards())[0]?.rendered).toContain('内容');
    const base = { app: String(app.id), to: 'topics', content: 'x' };
    const refused = await ming.post(PATH, { ...base, 'topics[]': [String(topic.id), 'x'] });
    expect([refused.status, refused.text.includes('请选择至少一个主题')]).toEqual([422, true]);
    const page = await ming.submit(PATH, {
      ...base,
      'topics[]': [String(own.id)],
      sendAt: '2026-11-23T12:30',
    });
    expect(page.text).toContain('定时');
    expect((await lastMessage()).sendAt).toEqual(new Date('2026-11-23T04:30:00Z'));
  });

  it.each([
    [{ content: ' ' }, '请填写内容'],
    [{ content: 'x', url: 'javascript:alert(1)' }, '请填写 http 或 https'],
    [{ content: 'x', sendAt: '2026-11-23T11:00' }, '这个时间已经过去了'],
    [{ content: 'x', sendAt: '2027-11-23T11:00' }, '最多定到 30 天以后'],
    [{ content: 'x', sendAt: '2026-02-30T11:00' }, '时间不对'],
    [{ content: 'x', to: 'uids', uids: 'UID_1' }, '发给别人需要先选择应用'],
    [{ content: 'x'.repeat(40_001) }, '消息内容过长'],
    [{ content: 'x', title: 'x'.repeat(257) }, '256'],
  ])('keeps what was typed and says what is wrong with it: %o', async (fields, words) => {
    const before = await w.db.message.count();
    const answer = await ming.post(PATH, { summary: 'kept “我”', ...fields });
    expect(answer.status).toBe(422);
    expect(answer.text).toContain(words);
    expect(answer.text).toContain('value="kept “我”"');
    expect(await w.db.message.count()).toBe(before);
  });

  it('takes megabytes for an answer in words, and nobody else’s app, form or UID', async () => {
    expect((await ming.post(PATH, { content: 'x'.repeat(2_000_000) })).status).toBe(413);
    const foreign = await w.app('别人的').made();
    const fields = { app: String(foreign.id), content: 'x' };
    expect((await ming.get(`${PATH}?app=${foreign.id}`)).status).toBe(404);
    expect((await ming.post(PATH, fields)).status).toBe(404);
    expect((await ming.post(`${PATH}/preview`, fields)).status).toBe(404);
    expect((await ming.post(PATH, { ...fields, csrf: 'x' })).status).toBe(403);
    const { app } = await ownApp('我的');
    await w.phone('Stranger').follows();
    const stranger = await w.phone('Stranger').uid();
    const page = await ming.post(PATH, { app: String(app.id), to: 'uids', uids: stranger, content: 'x' });
    expect(page.text).toContain('不是该应用的订阅者');
  });
});

describe('the preview', () => {
  it('is the card that the phone shows, and says what does not fit', async () => {
    const fields = {
      title: '一二三四五六七八九十一二三四五六七八九十一',
      content: '**粗** <script>alert(1)</script>',
    };
    const { text } = await ming.post(`${PATH}/preview`, fields);
    expect(text).not.toContain('<html');
    expect(text).toContain('<strong>粗</strong>');
    expect(text).not.toContain('<script');
    await ming.submit(PATH, fields);
    await w.drain();
    const [card] = await w.phone('Ming').cards();
    const values = Object.values(card?.data ?? {}).map(({ value }) => value);
    expect(values[0]).toBe('一二三四五六七八九十一二三四五六七八九…');
    for (const value of values) {
      expect(text).toContain(`>${value}</dd>`);
    }
    expect(text).toContain('最多 20 个字');
    expect((await ming.post(`${PATH}/preview`, { title: '短', content: '短' })).text).toContain('全部放得下');
  });

  it('works by its button without scripts, and keeps what was typed', async () => {
    const { status, text } = await ming.post(PATH, { act: 'preview', title: '标题', content: '# 大' });
    expect([status, text.includes('<h1>大</h1>'), text.includes('value="标题"')]).toEqual([200, true, true]);
  });

  it('begins with a sample where one is asked for', async () => {
    expect((await ming.get(`${PATH}?sample=alarm`)).text).toContain('数据库连接数过高');
  });
});

describe('the commands', () => {
  it('send the same message, each by its dialect, whatever is in it', async () => {
    const title = 'It\'s "上线" $HOME `x` \\ ok';
    const { text } = await ming.post(`${PATH}/preview`, {
      title,
      content: "第一行\n'引号' & <b>\n",
      format: 'text',
    });
    const lines = [...text.matchAll(/data-clipboard-text="([^"]*)"/g)].map(([, code = '']) => decode(code));
    expect(lines).toHaveLength(7);
    for (const line of lines) {
      const before = await w.db.message.count();
      await run('sh', ['-c', `${line} -fsS --max-time 20`]);
      expect(await w.db.message.count()).toBe(before + 1);
      const { body } = await lastMessage();
      expect(body).toContain("'引号' & <b>");
    }
    const sources = await w.db.message.findMany({
      orderBy: { id: 'desc' },
      take: 7,
      select: { source: true },
    });
    expect(sources.map(({ source }) => source).reverse()).toEqual([
      'wxpusher',
      'serverchan',
      'pushplus',
      'bark',
      'pushdeer',
      'ntfy',
      'gotify',
    ]);
  });

  it('hold nobody’s key where others receive', async () => {
    const { app, uid } = await ownApp('命令');
    const keys = await Promise.all(
      (['spt', 'sendkey'] as const).map(async (kind) =>
        w.core.keys.showKey((await w.core.people.getByUid(await w.phone('Ming').uid())).personId, kind),
      ),
    );
    const { text } = await ming.post(`${PATH}/preview`, {
      app: String(app.id),
      to: 'uids',
      uids: uid,
      content: 'x',
    });
    expect(text).toContain('AT_xxx');
    expect(text).toContain(uid);
    for (const key of keys) {
      expect(text).not.toContain(key);
    }
  });
});

describe.skipIf(!hasBrowser)('as people see it', () => {
  let looker: Looker;
  beforeAll(async () => {
    looker = await openLooker(w.url);
  });
  afterAll(() => looker?.close());

  it('the form with its live preview', async () => {
    const { app } = await ownApp('值班报警');
    await w.core.topics.createTopic(app.id, { name: '数据库 👩‍💻 on-call' });
    expect(await looker.look(ming, `${PATH}?app=${app.id}&sample=alarm`, { name: 'send' })).toEqual([]);
    expect(await looker.look(ming, PATH, { name: 'send-empty', language: 'en-US' })).toEqual([]);
    const { page, complaints } = await looker.open(ming, `${PATH}?app=${app.id}`);
    await page.fill('[name=title]', '现场输入');
    await page.locator('.wechat-card dd', { hasText: '现场输入' }).waitFor();
    await page.check('[name=to][value=topics]');
    expect(await page.isVisible('[name=uids]')).toBe(false);
    await page.fill('[name=content]', '# 好');
    await page.locator('.preview h1', { hasText: '好' }).waitFor();
    await page.check('[name=to][value=me]');
    await page.click('form#send button:not([name])');
    await page.waitForURL(/\/console\/messages\/\d+$/);
    await page.locator('.steps').waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

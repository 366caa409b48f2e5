/** The page that sends: to oneself, to UIDs, to topics; its preview, its commands, and what it refuses. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { TEMPLATES } from '#src/dialects/pushplus/templates/index.js';
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

/** What the page of a message shows of its body. */
const readBody = (html: string) => /<article[^>]*>([\s\S]*?)<\/article>/.exec(html)?.[1]?.trim();

describe('the templates of PushPlus', () => {
  it('are all offered', async () => {
    const { text } = await ming.get(PATH);
    const offered = [...text.matchAll(/name="format" value="(\w+)"/g)].map(([, name]) => name);
    const own = offered.map((name) => (name === 'text' ? 'txt' : name));
    expect(own.toSorted()).toEqual([...TEMPLATES].toSorted());
  });

  it.each(['json', 'cloudMonitor', 'jenkins', 'route', 'pay', 'alarm'])(
    'draw the sample “%s” in the preview as its reader sees it',
    async (sample) => {
      const begun = await ming.get(`${PATH}?sample=${sample}`);
      const content = decode(
        /<textarea[^>]*name="content"[^>]*>\n?([\s\S]*?)<\/textarea>/.exec(begun.text)?.[1] ?? '',
      );
      const format = sample === 'alarm' ? 'markdown' : sample;
      expect(begun.text).toContain(`value="${format}" checked`);
      const fields = { title: '', content, format };
      const preview = await ming.post(`${PATH}/preview`, fields);
      expect(preview.text).not.toContain('按原文显示');
      await ming.submit(PATH, fields);
      await w.drain();
      const [card] = await w.phone('Ming').cards();
      const page = await w.call(new URL(card?.url ?? '').pathname);
      expect(readBody(preview.text)).toBe(readBody(page.text));
      for (const { value } of Object.values(card?.data ?? {})) {
        expect(decode(preview.text)).toContain(`>${value}</dd>`);
      }
      if (sample !== 'alarm') {
        expect(await lastMessage()).toMatchObject({ format: 'html', summary: expect.stringMatching(/./) });
        expect(readBody(page.text)).toMatch(/<table|<h2/);
        expect(readBody(page.text)).not.toContain('{');
      }
    },
  );

  it('show what is no data as it is, and say so', async () => {
    const fields = { title: 't', content: '不是 JSON <b>', format: 'pay' };
    const { text } = await ming.post(`${PATH}/preview`, fields);
    expect(text).toContain('按原文显示');
    await ming.submit(PATH, fields);
    expect(await lastMessage()).toMatchObject({ format: 'text', body: '不是 JSON <b>' });
    const long = await ming.post(PATH, { ...fields, content: `{"a": "${' '.repeat(40_001)}"}` });
    expect([long.status, long.text.includes('消息内容过长')]).toEqual([422, true]);
  });
});

describe('the choosers', () => {
  const account = () => w.db.account.findFirstOrThrow({ where: { role: 'developer' } });

  it('reach each of more than a hundred apps, by name or number, without scripts', async () => {
    const { id: accountId } = await account();
    const made: number[] = [];
    for (let at = 0; at < 105; at += 1) {
      made.push((await w.core.apps.createApp({ name: `many-${at}.` }, accountId)).app.id);
    }
    const options = (html: string) =>
      [...html.matchAll(/<option value="(\d+)"/g)].map(([, id]) => Number(id));
    const first = await ming.get(PATH);
    expect(first.text).toMatch(/只列出 100 个，共 \d+ 个/);
    expect(options(first.text)).not.toContain(made[0]);
    const byName = await ming.get(`${PATH}?app=${made[104]}&find=many-0.`);
    expect(options(byName.text)).toEqual([0, made[104], made[0]]);
    expect(byName.text).toContain(`<option value="${made[104]}" selected`);
    expect(options((await ming.get(`${PATH}?find=%23${made[1]}`)).text)).toContain(made[1]);
    expect((await ming.get(`${PATH}?find=nowhere`)).text).toContain('没有这样的应用');
    expect((await ming.get(`${PATH}?app=${made[0]}`)).text).toContain(`<option value="${made[0]}" selected`);
  });

  it('reach each of more than a hundred topics, and keep what is chosen and typed', async () => {
    const { app } = await ownApp('百题');
    await w.db.topic.createMany({
      data: Array.from({ length: 130 }, (_, at) => ({
        appId: app.id,
        code: `topics${at}`,
        name: `topic-${at}.`,
        ...(at === 129 ? { alias: 'the-last' } : {}),
        createdAt: new Date(w.clock.now()),
      })),
    });
    const ids = (await w.db.topic.findMany({ where: { appId: app.id }, orderBy: { id: 'asc' } })).map(
      ({ id }) => id,
    );
    const boxes = (html: string) =>
      [...html.matchAll(/name="topics\[\]" value="(\d+)"/g)].map(([, id]) => Number(id));
    const first = await ming.get(`${PATH}?app=${app.id}`);
    expect(boxes(first.text)).toEqual(ids.slice(0, 100));
    expect(first.text).toContain('只列出 100 个，共 130 个');
    const typed = { app: String(app.id), to: 'topics', content: '写了一半', act: 'topics' };
    const found = await ming.post(PATH, { ...typed, findTopic: 'the-last', 'topics[]': [String(ids[3])] });
    expect([found.status, boxes(found.text)]).toEqual([200, [ids[3], ids[129]]]);
    expect(found.text).toContain(`value="${ids[3]}" checked`);
    expect(found.text).toContain('写了一半');
    expect(boxes((await ming.post(PATH, { ...typed, findTopic: `#${ids[120]}` })).text)).toEqual([ids[120]]);
    expect((await ming.post(PATH, { ...typed, findTopic: 'nowhere' })).text).toContain('没有这样的主题');
    const sent = await ming.submit(PATH, {
      ...typed,
      act: '',
      'topics[]': [String(ids[3]), String(ids[129])],
    });
    expect(sent.text).toContain('消息已接收');
    expect(JSON.parse((await lastMessage()).audience)).toMatchObject({ topics: [ids[3], ids[129]] });
  });
});

const SOURCES = ['wxpusher', 'serverchan', 'pushplus', 'wecom-notify', 'bark', 'pushdeer', 'ntfy', 'gotify'];
const WECOM = { corpId: 'wwsim0000000001', agentId: '1000002', secret: 'simwecomsecret', receivers: 'lisi' };

/** The commands that a preview shows, as they are pasted. */
const readCommands = (html: string) =>
  [...html.matchAll(/data-clipboard-text="([^"]*)"/g)].map(([, code = '']) => decode(code));

/** Makes a notify code as the page does for who is signed in. */
async function makeNotifyCode(browser: Browser): Promise<string> {
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const { json } = await w.call('/notify/api/codes', {
    body: { ...WECOM, format: 'text', overflow: 'split' },
    headers: { 'sec-fetch-site': 'same-origin', cookie },
  });
  return (json as { code: string }).code;
}

describe('the commands', () => {
  it('say how to make a notify code where there is none, and show one’s own alone', async () => {
    const { text } = await ming.post(`${PATH}/preview`, { content: 'x' });
    expect(text).toContain('你还没有通知 Code');
    expect(text).toContain('<a href="/notify">');
    expect(readCommands(text)).toHaveLength(7);
    const [own, foreign] = [await makeNotifyCode(ming), await w.core.notifyCodes.createCode(WECOM, null)];
    const shown = (await ming.post(`${PATH}/preview`, { content: 'x' })).text;
    expect(shown).toContain(`/api/notify/${own}`);
    expect(shown).not.toContain(foreign.code);
    const other = await w.signIn('Other', { role: 'developer' });
    expect((await other.post(`${PATH}/preview`, { content: 'x' })).text).not.toContain(own);
    const [row] = await w.db.notifyCode.findMany({ where: { sealed: { not: '' } } });
    expect(JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? 0 : value))).not.toContain(own);
  });

  it.each([
    ['text', "第一行\n'引号' & <b>\n", "'引号' & <b>"],
    ['pay', '{"amount": "20元", "payWay": "微信’s", "name": "it\'s"}', '20元'],
  ])('send the same message, each by its dialect, whatever is in it: %s', async (format, content, words) => {
    await makeNotifyCode(ming);
    const title = 'It\'s "上线" $HOME `x` \\ ok';
    const { text } = await ming.post(`${PATH}/preview`, { title, content, format });
    const lines = readCommands(text);
    expect(lines).toHaveLength(8);
    for (const line of lines) {
      const before = await w.db.message.count();
      await run('sh', ['-c', `${line} -fsS --max-time 20`]);
      expect(await w.db.message.count()).toBe(before + 1);
      const { body, source } = await lastMessage();
      // Its Markdown would take the tag for HTML.
      expect([source, body.replace('\\<', '<')]).toEqual([source, expect.stringContaining(words)]);
    }
    const sent = await w.db.message.findMany({ orderBy: { id: 'desc' }, take: 8, select: { source: true } });
    expect(sent.map(({ source }) => source).reverse()).toEqual(SOURCES);
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

  it('the choosers where there are many apps and topics', async () => {
    const { app } = await ownApp('很多主题的应用');
    const { accountId } = await w.db.app.findUniqueOrThrow({ where: { id: app.id } });
    const createdAt = new Date(w.clock.now());
    const numbers = Array.from({ length: 101 }, (_, at) => at);
    await w.db.app.createMany({
      data: numbers.map((at) => ({ name: `应用 ${at}`, accountId, subscribeCode: `look-${at}`, createdAt })),
    });
    await w.db.topic.createMany({
      data: numbers.map((at) => ({ name: `主题 ${at}`, appId: app.id, code: `look-${at}`, createdAt })),
    });
    const path = `${PATH}?app=${app.id}&find=${encodeURIComponent('应用')}`;
    const prepare = async (page: import('playwright-core').Page) => {
      await page.check('[name=to][value=topics]');
      await page.locator('form#send .search').waitFor();
    };
    expect(await looker.look(ming, path, { name: 'send-many', prepare })).toEqual([]);
    expect(await looker.look(ming, path, { name: 'send-many-en', language: 'en-US', prepare })).toEqual([]);
  });

  it('the form with its live preview', async () => {
    const { app } = await ownApp('值班报警');
    await w.core.topics.createTopic(app.id, { name: '数据库 👩‍💻 on-call' });
    expect(await looker.look(ming, `${PATH}?app=${app.id}&sample=alarm`, { name: 'send' })).toEqual([]);
    expect(await looker.look(ming, PATH, { name: 'send-empty', language: 'en-US' })).toEqual([]);
    for (const sample of ['pay', 'cloudMonitor', 'route'] as const) {
      const language = sample === 'route' ? 'en-US' : 'zh-CN';
      expect(
        await looker.look(ming, `${PATH}?sample=${sample}`, { name: `send-${sample}`, language }),
      ).toEqual([]);
    }
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

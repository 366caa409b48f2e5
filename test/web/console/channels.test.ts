/** The pages about channels, by HTTP and as people see them. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { hasBrowser, type Looker, openLooker } from '#test/support/look.js';
import type { Browser } from '#test/support/sign-in.js';
import { openWorld, type World } from '#test/support/world.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let w: World;

beforeAll(async () => {
  w = await openWorld({ mail: true });
});
afterAll(() => w.close());

/** Makes a webhook channel by the form and gives its number. */
async function addWebhook(
  browser: Browser,
  code: string,
  fields: Record<string, string> = {},
): Promise<number> {
  const place = fields.place ?? 'chain';
  const base = fields.base ?? '/console/channels';
  const list = await browser.submit(`${base}/new/webhook`, {
    preset: 'custom',
    url: w.webhook(code),
    code,
    place,
  });
  const id = new RegExp(`id="channel-(\\d+)">[^<]*<code>${code}<`).exec(list.text)?.[1];
  expect(id).toBeDefined();
  return Number(id);
}

/** The codes in the way of a message, as the page shows it. */
async function readWay(browser: Browser): Promise<string[]> {
  const { text } = await browser.get('/console/channels');
  const list = /<section class="panel way">.*?<\/section>/s.exec(text)?.[0] ?? '';
  return [...list.matchAll(/<li><span>([^<]*)</g)].map(([, step = '']) => step);
}

describe('setting a channel up', () => {
  it('begins with the kinds in groups, each with a sentence, and the ready webhooks', async () => {
    const ming = await w.signIn('Ming', { role: 'developer' });
    expect((await ming.get('/console/channels')).text).toContain('还没有添加通道');
    const { text } = await ming.get('/console/channels/new');
    for (const kind of w.core.channels.listKinds()) {
      expect(text).toContain(`/console/channels/new/${kind.id}`);
    }
    expect(text).toContain('new/webhook?preset=ifttt');
    expect(text).not.toContain('其他</h2>');
    expect(text.match(/<span class="hint">[^<]+</g)?.length).toBeGreaterThan(14);
  });

  it('keeps the names of the forms’ own fields apart from those of all kinds', () => {
    const names = w.core.channels
      .listKinds()
      .flatMap(({ configFields }) => configFields.map(({ name }) => name));
    expect(
      names.filter((name) => ['code', 'place', 'csrf'].includes(name) || name.startsWith('clear-')),
    ).toEqual([]);
  });

  it('draws every kind’s form in both languages and proposes a code', async () => {
    const ming = await w.signIn('Ming', { role: 'developer' });
    for (const { id, configFields } of w.core.channels.listKinds()) {
      for (const language of ['zh', 'en']) {
        const page = await ming.get(`/console/channels/new/${id}?lang=${language}`);
        expect(page.status).toBe(200);
        expect(configFields.filter(({ name }) => !page.text.includes(`name="${name}"`))).toEqual([]);
        expect(page.text).toMatch(/name="code"[^>]* value="[\w-]+"/);
      }
    }
    await ming.get('/console?lang=zh');
    const ifttt = await ming.get('/console/channels/new/webhook?preset=ifttt');
    expect(ifttt.text).toContain('value="https://maker.ifttt.com/trigger/EVENT/with/key/KEY"');
    expect(ifttt.text).toContain('<option value="ifttt" selected>');
    for (const strange of ['nothing', '__proto__', '%3Cscript%3E', 'wechat']) {
      expect((await ming.get(`/console/channels/new/${strange}`)).status).toBe(404);
    }
    expect((await ming.get('/console/channels/new/webhook?preset=__proto__')).status).toBe(200);
  });

  it.each<[string, string, Record<string, string>, string]>([
    ['a missing value', 'bark', { code: 'b' }, '请填写「设备 Key」'],
    [
      'a value that the kind refuses',
      'bark',
      { key: 'no good/key', code: 'b' },
      '设备 Key 是推送地址里服务器后面的那一段',
    ],
    [
      'an address that is none',
      'bark',
      { key: 'abc', server: 'ftp://x', code: 'b' },
      '必须是 http 或 https 开头的网址',
    ],
    ['a choice that is none', 'bark', { key: 'abc', level: 'loud', code: 'b' }, '请从列表里选择'],
    [
      'a number that is none',
      'gotify',
      { server: 'https://a.example', token: 'x', priority: 'high', code: 'g' },
      '必须是数字',
    ],
    ['a code with blanks', 'bark', { key: 'abc', code: '我的 手机' }, '只能是 1 到 40 个字母'],
    ['the code of the account', 'bark', { key: 'abc', code: 'wechat' }, 'wechat 是本站公众号的代码'],
    ['a long value', 'bark', { key: 'a'.repeat(5000), code: 'b' }, '最多 4000 个字符'],
    [
      'a template that makes no JSON',
      'webhook',
      { url: 'https://a.example/', body: '{{title}}', code: 'b' },
      '不是合法的 JSON',
    ],
  ])(
    'says what is wrong with %s beside its field and keeps what was typed',
    async (_, kind, fields, words) => {
      const ming = await w.signIn('Ming', { role: 'developer' });
      const answer = await ming.post(`/console/channels/new/${kind}`, { place: 'first', ...fields });
      expect(answer.status).toBe(422);
      expect(answer.text).toMatch(new RegExp(`class="problem" id="f-\\w+-error">[^<]*${words}`));
      const [, typed = ''] = Object.entries(fields).find(([name]) => name !== 'code') ?? [];
      expect(answer.text).toContain(typed);
      expect(answer.text).toContain('<option value="first" selected>');
    },
  );

  it('answers a pasted megabyte in words', async () => {
    const ming = await w.signIn('Ming', { role: 'developer' });
    const answer = await ming.post('/console/channels/new/webhook', { body: '长'.repeat(400_000) });
    expect(answer.status).toBe(413);
    expect(answer.text).toContain('提交的内容太大');
  });

  it('shows no secret again, keeps it when left empty, and clears it when told', async () => {
    const ling = await w.signIn('Ling', { role: 'developer' });
    const id = await addWebhook(ling, 'secretive');
    const path = `/console/channels/${id}`;
    await ling.submit(path, { code: 'secretive', headers: 'Authorization: Bearer hush-hush' });
    const page = await ling.get(path);
    expect(page.text).not.toContain('hush-hush');
    expect(page.text).not.toContain(w.webhook('secretive'));
    expect(page.text).toContain('已设置，不修改就留空');
    await ling.submit(path, { code: 'renamed', method: 'PUT' });
    const kept = await w.core.channels.findChannel((await who('Ling')).personId, 'renamed');
    expect(kept?.config).toMatchObject({ url: '••••••', headers: '••••••', method: 'PUT' });
    await ling.submit(path, { code: 'renamed', 'clear-headers': 'on', 'clear-url': 'on' });
    const cleared = await w.core.channels.findChannel((await who('Ling')).personId, 'renamed');
    expect(cleared?.config.headers).toBeUndefined();
    expect(cleared?.config.url).toBe('••••••');
    expect((await ling.submit(`${path}/test`)).text).toContain('测试消息已发出');
  });
});

describe('a channel that is there', () => {
  it('is tested in words, and remembers how that went', async () => {
    const hong = await w.signIn('红 🌸', { role: 'developer' });
    const id = await addWebhook(hong, 'hook');
    expect((await hong.get('/console/channels')).text).toContain('还没有用过');
    expect((await hong.submit(`/console/channels/${id}/test`)).text).toContain('正常');
    w.clock.advance(1000);
    await hong.submit(`/console/channels/${id}`, { code: 'hook', url: 'http://127.0.0.1:1/gone' });
    const failed = await hong.submit(`/console/channels/${id}/test`);
    expect(failed.text).toContain('没有发出去');
    expect(failed.text).toMatch(/class="badge bad">失败/);
    w.clock.advance(61_000);
    const answers = [];
    for (let at = 0; at < 11; at += 1) {
      answers.push(
        (await hong.submit(`/console/channels/${id}/test`)).text.includes('通道测试，每人每分钟最多 10'),
      );
    }
    expect(answers).toEqual([...Array<boolean>(10).fill(false), true]);
  });

  it('takes its place: first, in the chain, up and down, or only when named', async () => {
    const wei = await w.signIn('Wei', { role: 'developer' });
    const a = await addWebhook(wei, 'aa');
    const b = await addWebhook(wei, 'bb');
    const c = await addWebhook(wei, 'cc', { place: 'named' });
    const press = (id: number, verb: string) => wei.submit(`/console/channels/${id}/${verb}`);
    expect(await readWay(wei)).toEqual(['微信公众号', 'aa', 'bb']);
    await press(b, 'up');
    expect(await readWay(wei)).toEqual(['微信公众号', 'bb', 'aa']);
    await press(b, 'up');
    await press(a, 'down');
    expect(await readWay(wei)).toEqual(['微信公众号', 'bb', 'aa']);
    await press(c, 'up');
    expect(await readWay(wei)).toEqual(['微信公众号', 'bb', 'aa']);
    await press(c, 'join');
    await press(c, 'join');
    expect(await readWay(wei)).toEqual(['微信公众号', 'bb', 'aa', 'cc']);
    await press(a, 'first');
    expect(await readWay(wei)).toEqual(['aa', 'bb', 'cc']);
    await press(c, 'up');
    await press(a, 'not-first');
    expect(await readWay(wei)).toEqual(['微信公众号', 'cc', 'aa', 'bb']);
    await press(c, 'leave');
    const gone = await press(a, 'delete');
    expect(gone.text).toContain('通道「aa」已删除');
    expect(await readWay(wei)).toEqual(['微信公众号', 'bb']);
  });

  it('does not exist for anybody else, nor without our token', async () => {
    const owner = await w.signIn('Owner', { role: 'developer' });
    const id = await addWebhook(owner, 'mine');
    const other = await w.signIn('Other', { role: 'operator' });
    const verbs = ['', '/test', '/first', '/not-first', '/join', '/leave', '/up', '/down', '/delete'];
    for (const verb of verbs) {
      expect((await other.post(`/console/channels/${id}${verb}`, { code: 'x' })).status).toBe(404);
      expect((await owner.post(`/console/channels/${id}${verb}`, { csrf: 'forged' })).status).toBe(403);
    }
    expect((await other.get(`/console/channels/${id}`)).status).toBe(404);
    for (const strange of ['0', '-1', '2147483648', '99999999999999999999', '1e3']) {
      expect((await owner.post(`/console/channels/${strange}/first`)).status).toBe(404);
    }
    expect(await readWay(owner)).toEqual(['微信公众号', 'mine']);
  });

  it('leaves a line in the audit log without its secrets', async () => {
    const owner = await w.signIn('Auditor', { role: 'developer' });
    const id = await addWebhook(owner, 'watched');
    await owner.submit(`/console/channels/${id}/delete`);
    const rows = await w.db.auditEntry.findMany({ where: { target: { startsWith: `channel ${id} of` } } });
    expect(rows.map(({ action }) => action)).toEqual(['channel.create', 'channel.delete']);
    expect(
      JSON.stringify(rows, (_, value) => (typeof value === 'bigint' ? String(value) : value)),
    ).not.toContain('/webhook/');
  });

  it('belongs to followers too, in their own pages', async () => {
    const follower = await w.signIn('Follower');
    expect((await follower.get('/console/channels')).status).toBe(303);
    const id = await addWebhook(follower, 'pocket', { base: '/me/channels' });
    expect((await follower.submit(`/me/channels/${id}/test`)).text).toContain('测试消息已发出');
    expect((await follower.get('/me/channels/new')).text).toContain('/me/channels/new/bark');
  });
});

async function who(name: string) {
  return w.core.people.getByUid(await w.phone(name).uid());
}

describe.skipIf(!hasBrowser)('as people see it', () => {
  let looker: Looker;

  beforeAll(async () => {
    looker = await openLooker(w.url);
  });
  afterAll(() => looker?.close());

  it('the list, empty and full, the kinds and the forms', async () => {
    const lan = await w.signIn('兰', { role: 'developer' });
    expect(await looker.look(lan, '/console/channels', { name: 'channels-empty' })).toEqual([]);
    await addWebhook(lan, 'home-assistant', { place: 'first' });
    const broken = await addWebhook(lan, 'a_code_as_long_as_codes_may_be_123456789');
    await addWebhook(lan, 'team');
    const idle = await addWebhook(lan, 'archive', { place: 'named' });
    await lan.submit(`/console/channels/${broken}`, {
      code: 'a_code_as_long_as_codes_may_be_123456789',
      url: 'http://127.0.0.1:1/nobody',
    });
    await lan.submit(`/console/channels/${broken}/test`);
    await lan.submit(`/console/channels/${idle}/test`);
    expect(await looker.look(lan, '/console/channels', { name: 'channels' })).toEqual([]);
    expect(await looker.look(lan, '/console/channels/new', { name: 'channels-new' })).toEqual([]);
    expect(await looker.look(lan, '/console/channels/new/bark', { name: 'channels-bark' })).toEqual([]);
    const prepare = async (page: import('playwright-core').Page) => {
      await page.click('main details summary');
    };
    expect(
      await looker.look(lan, '/console/channels/new/webhook', { name: 'channels-webhook', prepare }),
    ).toEqual([]);
    expect(
      await looker.look(lan, `/console/channels/${broken}`, { name: 'channels-edit', language: 'en-US' }),
    ).toEqual([]);
    expect(await looker.look(lan, '/me/channels', { name: 'me-channels' })).toEqual([]);
    expect(await looker.look(lan, '/me/channels/new', { name: 'me-channels-new' })).toEqual([]);
    expect(await looker.look(lan, '/me/channels/new/mail', { name: 'me-channels-mail' })).toEqual([]);
  });

  it('a form with mistakes, beside their fields', async () => {
    const lan = await w.signIn('兰', { role: 'developer' });
    const prepare = async (page: import('playwright-core').Page) => {
      await page.locator('[name=url]').evaluate((field) => field.removeAttribute('required'));
      await page.fill('[name=code]', '不行');
      await page.locator('main form button[type=submit]').first().click();
      await page.locator('.problem').first().waitFor();
    };
    const complaints = await looker.look(lan, '/console/channels/new/webhook?preset=slack', {
      name: 'channels-wrong',
      prepare,
    });
    // The console tells of the form's own status.
    expect(complaints.filter((line) => !line.includes('422'))).toEqual([]);
  });
});

/** The self-check and the template assistant, against a platform that is well and one that is not. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ON_POSTGRES } from '#test/support/database.js';
import { hasBrowser, type Looker, openLooker } from '#test/support/look.js';
import type { Browser } from '#test/support/sign-in.js';
import { openWorld, type World } from '#test/support/world.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

interface Line {
  light: string;
  found: string;
  remedy: string;
  action: string;
}

let w: World;
let boss: Browser;

beforeAll(async () => {
  // Checks ask for tokens past every cache; and the template is the assistant's to choose.
  w = await openWorld({
    mail: true,
    countTokens: false,
    env: { WECHAT_TEMPLATE_ID: '', WECHAT_TEMPLATE_FIELDS: '' },
  });
  // Clocks are compared with this machine's, and an operator's session ends after half a day.
  await putClock(0);
  boss = await w.signIn('Boss', { role: 'operator' });
});
afterAll(() => w.close());

async function check(id: string, browser = boss): Promise<Line> {
  const answer = await browser.post(`/console/self-check/run/${id}`, {}, { accept: 'application/json' });
  expect(answer.status).toBe(200);
  return answer.json as Line;
}

/** Puts our clock so far from the platform's, which is this machine's. */
async function putClock(driftMs: number): Promise<void> {
  const at = Date.parse(String((await fetch(w.url)).headers.get('date')));
  w.clock.advance(at + driftMs - w.clock.now());
}

async function checkClockAfter(driftMs: number): Promise<Line> {
  await putClock(driftMs);
  return check('clock');
}

describe('on a sound installation', () => {
  it('finds each line green, or says what is worth a look', async () => {
    expect((await checkClockAfter(0)).light).toBe('good');
    await w.sim('/account', { name: '青鸟' });
    const lights: Record<string, string> = {};
    const ids = [
      'token',
      'ip',
      'door',
      'callback',
      'template',
      'quota',
      'database',
      'disk',
      'queue',
      'version',
      'mail',
      'sms',
      'wecom',
    ];
    for (const id of ids) {
      lights[id] = (await check(id)).light;
    }
    // The disk of a database server is not ours to see.
    const disk = ON_POSTGRES ? 'off' : 'good';
    expect(lights).toEqual({ ...Object.fromEntries(ids.map((id) => [id, 'good'])), disk });
    expect(await check('public-url')).toMatchObject({
      light: 'warn',
      found: expect.stringContaining('不是 https'),
    });
  });

  it('shows all lines at once without scripts', async () => {
    const page = await boss.post('/console/self-check/run');
    expect(page.status).toBe(200);
    expect(page.text).not.toContain('未检查');
    expect(page.text.match(/class="badge good"/g)?.length).toBeGreaterThan(10);
    expect(page.text).toContain('项要留意');
    expect((await boss.get('/console/self-check')).text).toContain('未检查');
  });

  it('makes the menu that is missing', async () => {
    expect(await check('menu')).toMatchObject({ light: 'warn', action: 'menu' });
    expect((await boss.submit('/console/self-check/menu')).text).toContain('菜单已创建');
    expect(await check('menu')).toMatchObject({ light: 'good', found: expect.stringContaining('我的') });
  });
});

describe('on a broken one', () => {
  it('names the address that WeChat refuses', async () => {
    await w.sim('/account', { allowedIps: ['203.0.113.9'] });
    const ip = await check('ip');
    expect(ip).toMatchObject({ light: 'bad', found: expect.stringContaining('127.0.0.1') });
    expect(ip.remedy).toContain('127.0.0.1');
    expect((await check('token')).light).toBe('warn');
    await w.sim('/account', { allowedIps: null });
    expect((await check('ip')).light).toBe('good');
  });

  it('tells a frozen secret from a refused address', async () => {
    await w.sim('/account', { frozen: true });
    expect(await check('token')).toMatchObject({ light: 'bad', remedy: expect.stringContaining('冻结') });
    expect((await check('ip')).light).toBe('off');
    await w.sim('/account', { frozen: false });
  });

  it('sees a clock that is wrong, in both directions', async () => {
    expect((await checkClockAfter(60_000)).light).toBe('warn');
    expect(await checkClockAfter(600_000)).toMatchObject({
      light: 'bad',
      remedy: expect.stringContaining('NTP'),
    });
    expect((await checkClockAfter(-600_000)).light).toBe('bad');
    await checkClockAfter(0);
  });

  it('sees a public address, a mailer and a secret that are wrong', async () => {
    const broken = await openWorld({
      countTokens: false,
      env: {
        PUBLIC_URL: 'http://127.0.0.1:9',
        SMTP_URL: 'smtp://127.0.0.1:9',
        MAIL_FROM: 'a@example.com',
        WECHAT_TEMPLATE_ID: 'gone',
        WECHAT_TEMPLATE_FIELDS: 'thing1=title',
        WECOM_SECRET: 'wrong',
        SMS_CODE_TEMPLATE: '',
      },
    });
    // A form of ours comes from the public address.
    const operator = await broken.signIn('Boss', { role: 'operator' });
    const run = async (id: string) =>
      (
        await operator.post(
          `/console/self-check/run/${id}`,
          {},
          { accept: 'application/json', origin: 'http://127.0.0.1:9' },
        )
      ).json as Line;
    const lights: Record<string, string> = {};
    for (const id of ['public-url', 'door', 'mail', 'wecom', 'sms', 'template']) {
      lights[id] = (await run(id)).light;
    }
    expect(lights).toEqual({
      'public-url': 'bad',
      door: 'bad',
      mail: 'bad',
      wecom: 'bad',
      sms: 'warn',
      template: 'bad',
    });
    expect((await run('template')).remedy).toContain('WECHAT_TEMPLATE_ID');
    const page = await operator.get('/console/self-check/template?id=sim-category-template');
    expect(page.text).toContain('WECHAT_TEMPLATE_FIELDS=thing1=title,thing2=summary,time3=time');
    const refused = await operator.post(
      '/console/self-check/template',
      { id: 'sim-category-template' },
      { origin: 'http://127.0.0.1:9' },
    );
    expect(refused.status).toBe(422);
    await broken.close();
  });
});

describe('the template assistant', () => {
  const TEMPLATE = {
    templateId: 'ops-template',
    title: '设备告警通知',
    kind: 'category',
    content:
      '告警名称：{{thing2.DATA}}\n告警级别：{{phrase3.DATA}}\n告警时间：{{time5.DATA}}\n设备编号：{{character_string1.DATA}}\n备注：{{thing4.DATA}}',
  };

  it('proposes by labels and kinds, previews what fits, and is in use from the next message on', async () => {
    await w.sim('/templates', TEMPLATE);
    const page = await boss.get('/console/self-check/template?id=ops-template');
    const chosen = [...page.text.matchAll(/name="part-(\w+)"[^>]*>.*?<option value="(\w+)" selected>/gs)];
    expect(chosen.map(([, keyword, part]) => `${keyword}=${part}`)).toEqual([
      'thing2=title',
      'phrase3=title',
      'time5=time',
      'character_string1=app',
      'thing4=summary',
    ]);
    expect(page.text).toContain('<dd>磁盘空间告警</dd>');
    const preview = await boss.post('/console/self-check/template', {
      id: 'ops-template',
      preview: '1',
      'part-thing2': 'app',
      'part-thing4': 'nonsense',
    });
    expect(preview.text).toContain('<dd>机房监控</dd>');
    expect(await w.core.templateChoices.read()).toBeNull();
    await w.phone('Ming').follows();
    const { personId, uid } = await w.core.people.getByUid(await w.phone('Ming').uid());
    const push = async (title: string) => {
      const key = await w.core.keys.showKey(personId, 'sendkey');
      await w.call(`/${key}.send?title=${title}&desp=${uid}`);
      await w.drain();
      const cards = await w.phone('Ming').cards();
      return cards.find(({ rendered }) => rendered.includes(title))?.rendered ?? '';
    };
    expect(await push('first')).toContain('标题：first');
    const saved = await boss.submit('/console/self-check/template', { id: 'ops-template' });
    expect(saved.text).toContain('已启用');
    expect((await check('template')).found).toContain('设备告警通知');
    w.clock.advance(1000);
    expect(await push('second')).toContain('告警名称：second');
    await w.restart();
    expect(await push('third')).toContain('告警名称：third');
    await boss.submit('/console/self-check/template/reset');
    w.clock.advance(1000);
    expect(await push('fourth')).toContain('标题：fourth');
  });

  it('is red where a phone would show nothing, and never puts such a template to use', async () => {
    const bare = await boss.get('/console/self-check/template?id=sim-bare');
    expect(bare.text).toContain('手机上只显示标题栏');
    expect(bare.text).not.toMatch(/<dd>|part-title/);
    const refused = await boss.post('/console/self-check/template', {
      id: 'sim-bare',
      'part-title': 'title',
    });
    expect(refused.status).toBe(422);
    const fields = [{ keyword: 'title', part: 'title' }] as const;
    await w.core.templateChoices.save({ id: 'sim-bare', fields });
    expect(await check('template')).toMatchObject({
      light: 'bad',
      found: expect.stringMatching(/只显示标题栏/),
      remedy: expect.stringMatching(/标题：{{title\.DATA}}/),
    });
    await boss.submit('/console/self-check/template/reset');
  });

  it('draws and fills an industry template as a phone shows it', async () => {
    const page = await boss.get('/console/self-check/template?id=sim-industry');
    const chosen = [...page.text.matchAll(/name="part-(\w+)"[^>]*>.*?<option value="(\w+)" selected>/gs)];
    expect(chosen.map(([, keyword, part]) => `${keyword}=${part}`)).toEqual([
      'keyword1=title',
      'keyword2=time',
    ]);
    const drawn = [...page.text.matchAll(/<dt>(.*?)<\/dt><dd>(.*?)<\/dd>/g)].map(
      ([, label, value]) => `${label}：${value}`,
    );
    expect(page.text).toContain('{{first.DATA}} {{remark.DATA}}');
    await boss.submit('/console/self-check/template', { id: 'sim-industry' });
    expect((await check('template')).light).toBe('good');
    w.clock.advance(1000);
    const ming = w.phone('Ming');
    await ming.follows();
    const { personId } = await w.core.people.getByUid(await ming.uid());
    const key = await w.core.keys.showKey(personId, 'sendkey');
    await w.call(`/${key}.send?title=${encodeURIComponent('磁盘空间告警')}&desp=x`);
    await w.drain();
    const lines = (await ming.cards())[0]?.rendered.split('\n').slice(1) ?? [];
    // The times differ; everything else is what the assistant drew.
    expect(lines.map((line) => line.replace(/\d.*/, ''))).toEqual(
      drawn.map((line) => line.replace(/\d.*/, '')),
    );
    await w.core.templateChoices.save({
      id: 'sim-industry',
      fields: [
        { keyword: 'first', part: 'title' },
        { keyword: 'keyword1', part: 'app' },
        { keyword: 'keyword2', part: 'time' },
      ],
    });
    expect(await check('template')).toMatchObject({
      light: 'bad',
      found: expect.stringContaining('first=title'),
    });
    await boss.submit('/console/self-check/template/reset');
  });

  it('notices that the chosen template has gone or changed', async () => {
    await boss.submit('/console/self-check/template', { id: 'ops-template' });
    await w.sim('/templates', { ...TEMPLATE, content: '新：{{thing2.DATA}}\n另：{{thing9.DATA}}' });
    expect(await check('template')).toMatchObject({ light: 'bad', found: expect.stringContaining('thing9') });
    await boss.submit('/console/self-check/template/reset');
    for (const id of ['nothing', '<script>', '', 'x'.repeat(200)]) {
      expect((await boss.post('/console/self-check/template', { id })).status).toBe(422);
    }
  });
});

it('is for operators, with our token', async () => {
  const ming = await w.signIn('Ming', { role: 'developer' });
  expect((await ming.get('/console')).text).not.toContain('/console/self-check');
  for (const path of ['/console/self-check', '/console/self-check/template']) {
    expect((await ming.get(path)).status).toBe(403);
  }
  for (const path of ['/run', '/run/token', '/menu', '/template', '/template/reset']) {
    expect((await ming.post(`/console/self-check${path}`, { id: 'x' })).status).toBe(403);
    expect((await boss.post(`/console/self-check${path}`, { csrf: 'forged' })).status).toBe(403);
  }
  expect((await boss.post('/console/self-check/run/__proto__')).status).toBe(404);
});

describe.skipIf(!hasBrowser)('as people see it', () => {
  let looker: Looker;

  beforeAll(async () => {
    looker = await openLooker(w.url);
  });
  afterAll(() => looker?.close());

  it('results that appear by themselves, and the assistant', async () => {
    const operator = await w.signIn('Boss', { role: 'operator' });
    const prepare = async (page: import('playwright-core').Page) => {
      await page.locator('#self-check button:not([disabled])').waitFor();
      await page.waitForFunction('!document.querySelector(".badge.running, .badge.waiting")');
    };
    expect(await looker.look(operator, '/console/self-check', { name: 'self-check', prepare })).toEqual([]);
    await w.sim('/account', { allowedIps: ['203.0.113.9'] });
    const english = { name: 'self-check-broken', prepare, language: 'en-US' } as const;
    expect(await looker.look(operator, '/console/self-check', english)).toEqual([]);
    await w.sim('/account', { allowedIps: null });
    const path = '/console/self-check/template?id=sim-category-template';
    expect(await looker.look(operator, path, { name: 'template-assistant' })).toEqual([]);
  });
});

/** The console's apps by HTTP: made, changed, given another token, deleted, and nobody else's. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser } from '#test/support/sign-in.js';
import { openWorld, type World } from '#test/support/world.js';
import { leadsTo, makeApp } from './cast.js';

let w: World;
let ming: Browser;

beforeAll(async () => {
  w = await openWorld();
  ming = await w.signIn('Ming', { role: 'developer' });
  await w.phone('Ling').follows();
});
afterAll(() => w.close());

/** Sends as an app; the HTTP call of its dialect. */
async function sendBy(appToken: string): Promise<string> {
  const body = { appToken, content: 'hello', contentType: 1, uids: [await w.phone('Ling').uid()] };
  return (await w.call('/api/send/message', { body })).text;
}

describe('a new app', () => {
  it('shows its token once, which sends', async () => {
    expect((await ming.get('/console/apps')).text).toContain('还没有应用');
    const app = await makeApp(ming, '值班报警 🚨', { description: 'Für alle — 全员', contact: '@ops' });
    expect(await sendBy(app.token)).toContain('"success":true');
    for (const path of [app.path, `${app.path}/token`, '/console/apps']) {
      const page = await ming.get(path);
      expect([page.status, page.text.includes('值班报警 🚨'), page.text.includes(app.token)]).toEqual([
        200,
        true,
        false,
      ]);
    }
    expect((await ming.get(`${app.path}/token`)).text).toContain(`${app.token.slice(0, 6)}…`);
    expect(await w.db.auditEntry.findFirst({ where: { action: 'app.create' } })).toMatchObject({
      target: `app ${app.id}`,
    });
  });

  it('gets its callback URL with it, or is not made at all', async () => {
    const before = await w.db.app.count();
    const refused = await ming.post('/console/apps', { name: 'x', callbackUrl: 'ftp://dev.example' });
    expect([refused.status, refused.text.includes('value="ftp://dev.example"')]).toEqual([422, true]);
    expect(refused.text).toMatch(/id="f-callbackUrl-error">callbackUrl 必须是/);
    expect(await w.db.app.count()).toBe(before);
    const app = await makeApp(ming, 'with', { callbackUrl: 'https://dev.example/hook' });
    expect((await ming.get(`${app.path}/callback`)).text).toContain('value="https://dev.example/hook"');
  });

  it.each([
    ['no name', { name: '   ' }, 'f-name-error'],
    ['only control characters', { name: '\u0000\u0007' }, 'f-name-error'],
    ['a name of 65 characters', { name: '名'.repeat(65) }, 'f-name-error'],
    ['a long description', { name: 'x', description: 'd'.repeat(1001) }, 'f-description-error'],
    ['a long contact', { name: 'x', contact: 'c'.repeat(201) }, 'f-contact-error'],
  ])('with %s is refused beside the field, and what was typed stays', async (_, fields, mark) => {
    const answer = await ming.post('/console/apps', { contact: '电话 110', ...fields });
    expect([answer.status, answer.text.includes(`id="${mark}"`)]).toEqual([422, true]);
    expect(answer.text).toContain('contact' in fields ? fields.contact : '电话 110');
  });

  it('of megabytes is refused in words', async () => {
    const answer = await ming.post('/console/apps', { name: 'x'.repeat(400_000) });
    expect([answer.status, answer.text.includes('提交的内容太大')]).toEqual([413, true]);
  });
});

describe('the list', () => {
  it('keeps a name that is written from right to left apart from the number behind it', async () => {
    const app = await makeApp(ming, 'تنبيهات الخادم');
    expect((await ming.get(app.path)).text).toContain(`<h1><bdi>تنبيهات الخادم</bdi> <small>#${app.id}`);
  });

  it('finds by name, and escapes what others typed', async () => {
    await makeApp(ming, '<img src=x onerror=alert(1)>');
    const page = await ming.get('/console/apps?q=onerror');
    expect(page.text).toContain('&lt;img src=x onerror=alert(1)&gt;');
    expect(page.text).not.toContain('<img src=x');
    expect(page.text).not.toContain('值班报警');
    expect((await ming.get(`/console/apps?q=${encodeURIComponent('没有%_')}`)).text).toContain(
      '没有名称或编号符合',
    );
    expect((await ming.get('/console/apps?page=99999&lang=en')).status).toBe(200);
    await ming.get('/console/apps?lang=zh');
  });

  it('shows an operator all apps', async () => {
    const boss = await w.signIn('Boss', { role: 'operator' });
    expect((await boss.get('/console/apps')).text).toContain('值班报警');
  });
});

describe('the settings', () => {
  it('are changed, and the secret of the settings page is kept until it is dropped', async () => {
    const app = await makeApp(ming, 'settings');
    const fields = {
      name: 'ok',
      settingUrl: 'https://dev.example/s',
      settingSecret: 'shh-secret',
      followTip: '欢迎',
    };
    const page = await ming.submit(app.path, fields);
    expect(page.text).toContain('已保存');
    expect(page.text).not.toContain('shh-secret');
    await ming.submit(app.path, { ...fields, settingSecret: '' });
    expect(await w.core.apps.readSettingSecret(app.id)).toBe('shh-secret');
    await ming.submit(app.path, { ...fields, settingSecret: '', dropSecret: 'on' });
    expect(await w.core.apps.readSettingSecret(app.id)).toBeNull();
    const wrong = await ming.post(app.path, { ...fields, settingUrl: 'javascript:alert(1)' });
    expect([wrong.status, wrong.text.includes('f-settingUrl-error')]).toEqual([422, true]);
    expect(await w.core.apps.getApp(app.id)).toMatchObject({
      name: 'ok',
      settingUrl: 'https://dev.example/s',
    });
  });
});

describe('another token', () => {
  it('takes a tick, and ends the old one', async () => {
    const app = await makeApp(ming, 'token');
    const unsure = await ming.post(`${app.path}/token`);
    expect([unsure.status, unsure.text.includes('请先勾选确认')]).toEqual([422, true]);
    expect(await sendBy(app.token)).toContain('"success":true');
    const made = await ming.post(`${app.path}/token`, { sure: 'on' });
    const token = /AT_\w{32}/.exec(made.text)?.[0] ?? '';
    expect([made.status, token === app.token]).toEqual([200, false]);
    expect(await sendBy(app.token)).toContain('"success":false');
    expect(await sendBy(token)).toContain('"success":true');
  });
});

describe('the end', () => {
  it('takes the typed name', async () => {
    const app = await makeApp(ming, '要删的 App');
    const wrong = await ming.post(`${app.path}/delete`, { typed: '要删的 app' });
    expect([wrong.status, wrong.text.includes('与名称不一致')]).toEqual([422, true]);
    expect(wrong.text).toContain('value="要删的 app"');
    expect((await ming.submit(`${app.path}/delete`, { typed: ' 要删的 App ' })).text).toContain(
      '「要删的 App」已删除',
    );
    expect((await ming.get(app.path)).status).toBe(404);
    expect(await sendBy(app.token)).toContain('"success":false');
  });
});

describe('somebody else', () => {
  it('finds none of the pages and changes nothing', async () => {
    const app = await makeApp(ming, 'mine', { callbackUrl: 'https://dev.example/hook' });
    const { id: topicId } = await w.core.topics.createTopic(app.id, { name: 'news' });
    const { scene } = await w.core.qrcodes.getDefault(app.id);
    const mallory = await w.signIn('Mallory', { role: 'developer' });
    const own = await makeApp(mallory, 'hers');
    const gets = ['', '/token', '/callback', '/callbacks', '/subscribers', '/subscribers/export', '/codes'];
    const more = [
      `/codes/${scene}`,
      `/codes/${scene}/picture.png`,
      '/topics',
      '/topics/new',
      `/topics/${topicId}`,
    ];
    for (const path of [...gets, ...more]) {
      expect([path, (await mallory.get(`${app.path}${path}`)).status]).toEqual([path, 404]);
      expect([path, (await ming.get(`${app.path}${path}`)).status]).toEqual([path, 200]);
    }
    const posts = [
      '',
      '/token',
      '/delete',
      '/callback',
      '/callback/test',
      '/callback/secret',
      '/callback/secret/replace',
    ];
    const others = [
      '/codes',
      '/topics',
      `/topics/${topicId}`,
      `/topics/${topicId}/delete`,
      '/callbacks/replay-failed',
    ];
    for (const path of [...posts, ...others]) {
      const fields = {
        name: 'stolen',
        typed: 'mine',
        sure: 'on',
        extra: 'x',
        valid: '1800',
        callbackUrl: '',
      };
      expect([path, (await mallory.post(`${app.path}${path}`, fields)).status]).toEqual([path, 404]);
    }
    // One's own app does not open another's topic or code.
    for (const path of [`/topics/${topicId}`, `/topics/${topicId}/codes`, `/codes/${scene}`]) {
      expect((await mallory.get(`${own.path}${path}`)).status).toBe(404);
    }
    expect(await w.core.apps.getApp(app.id)).toMatchObject({ name: 'mine' });
  });

  it('cannot make our browsers send a form', async () => {
    const app = await makeApp(ming, 'csrf');
    const forms = [
      await ming.post(`${app.path}/token`, { sure: 'on', csrf: 'forged' }),
      await ming.post(`${app.path}/delete`, { typed: 'csrf' }, { origin: 'https://evil.example' }),
      await w.browser().post(`${app.path}/delete`, { typed: 'csrf', csrf: await ming.csrf() }),
    ];
    expect(forms.map(({ status }) => status)).toEqual([403, 403, 303]);
    expect(leadsTo(forms[2] ?? { status: 0, headers: new Headers() })).toContain('/sign-in');
    expect(await sendBy(app.token)).toContain('"success":true');
  });

  it.each(['0', '-1', 'x', '1e3', '99999999999', '9007199254740993', 'new/x', '%00'])(
    'is told of no app %s',
    async (id) => {
      expect((await ming.get(`/console/apps/${id}`)).status).toBe(404);
    },
  );
});

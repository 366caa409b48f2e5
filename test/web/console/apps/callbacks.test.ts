/** An app's endpoint and its log on the console: set, tested, signed anew, given up, and what failed sent again. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser } from '#test/support/sign-in.js';
import { openWorld, type World } from '#test/support/world.js';
import { leadsTo, makeApp, type PageApp } from './cast.js';

const DAY_MS = 86_400_000;

let w: World;
let ming: Browser;
let hooks = 0;

beforeAll(async () => {
  w = await openWorld({ countTokens: false });
  ming = await w.signIn('Ming', { role: 'developer' });
});
afterAll(() => w.close());

interface Hooked extends PageApp {
  hook: string;
}

async function hooked(): Promise<Hooked> {
  hooks += 1;
  const hook = `hook-${hooks}`;
  return { hook, ...(await makeApp(ming, hook, { callbackUrl: w.webhook(hook) })) };
}

const answer = (hook: string, status: number, body = '') =>
  w.sim(`/webhook/${hook}/answer`, { status, body });

async function received(hook: string) {
  const { json } = await w.sim(`/inboxes/webhook/${hook}`);
  return (json as { items: { request: { body: string; headers: Record<string, string> } }[] }).items;
}

const decode = (html: string) =>
  html
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');

/** The requests that the page shows, the latest first. */
function readTries(html: string): { head: string; body: string }[] {
  const found = html.matchAll(
    /<code>(POST [^<]*)<\/code><\/pre>\s*<pre[^>]*><code class="sent-body">([^<]*)<\/code>/g,
  );
  return [...found].map(([, head = '', body = '']) => ({ head: decode(head), body: decode(body) }));
}

describe('the endpoint', () => {
  const native = { callbackStyle: 'native' };

  it('is set with its form, and hears of the end of messages when it is told to', async () => {
    const app = await makeApp(ming, 'plain');
    expect((await ming.get(`${app.path}/callback`)).text).toContain('未设置');
    expect((await ming.post(`${app.path}/callback/test`)).status).toBe(409);
    const fields = { callbackUrl: w.webhook('plain'), ...native, callbackCompletions: 'on' };
    expect((await ming.submit(`${app.path}/callback`, fields)).text).toContain('已保存');
    expect(await w.core.callbacks.findCallback(app.id)).toMatchObject({
      url: w.webhook('plain'),
      style: 'native',
      completions: true,
    });
    expect((await ming.get(`${app.path}/callback`)).text).toContain('checked');
    await ming.submit(`${app.path}/callback`, { callbackUrl: w.webhook('plain'), ...native });
    expect(await w.core.callbacks.findCallback(app.id)).toMatchObject({ completions: false });
  });

  it.each([
    ['no address', { callbackUrl: 'hello', ...native }, 'f-callbackUrl-error'],
    ['another scheme', { callbackUrl: 'file:///etc/passwd', ...native }, 'f-callbackUrl-error'],
    [
      'more than 1000 characters',
      { callbackUrl: `https://x.example/${'a'.repeat(1000)}`, ...native },
      'f-callbackUrl-error',
    ],
    ['an unknown form', { callbackUrl: '', callbackStyle: 'evil' }, 'f-callbackStyle-error'],
    [
      'completions that WxPusher has not',
      { callbackUrl: '', callbackStyle: 'wxpusher', callbackCompletions: 'on' },
      'f-callbackCompletions-error',
    ],
  ])('with %s is refused beside the field', async (_, fields, mark) => {
    const app = await hooked();
    const refused = await ming.post(`${app.path}/callback`, fields);
    expect([refused.status, refused.text.includes(`id="${mark}"`)]).toEqual([422, true]);
    expect(refused.text).toContain(fields.callbackUrl);
    expect(await w.core.callbacks.findCallback(app.id)).toMatchObject({ url: w.webhook(app.hook) });
  });

  it('shows its secret when asked, and for a day after a change both sign', async () => {
    const app = await hooked();
    const hidden = await ming.get(`${app.path}/callback`);
    expect(hidden.text).not.toContain('whsec_');
    const first = /whsec_[\w+/=]+/.exec((await ming.post(`${app.path}/callback/secret`)).text)?.[0];
    expect(first).toBe((await w.core.callbacks.findCallback(app.id))?.secret);
    const changed = await ming.post(`${app.path}/callback/secret/replace`);
    const second = /whsec_[\w+/=]+/.exec(changed.text)?.[0];
    expect([second === first, changed.text.includes('旧密钥同时签名到')]).toEqual([false, true]);
    expect(changed.text).toContain(`data-next="${app.path}/callback"`);
    expect((await ming.get(`${app.path}/callback`)).text).not.toContain('whsec_');
    await ming.submit(`${app.path}/callback/test`);
    await w.drain();
    const [request] = (await received(app.hook)).map((item) => item.request);
    expect(request?.headers['webhook-signature']?.split(' ')).toHaveLength(2);
    w.clock.advance(DAY_MS);
    expect((await ming.get(`${app.path}/callback`)).text).not.toContain('旧密钥同时签名到');
    expect(
      await w.db.auditEntry.count({
        where: { target: `app ${app.id}`, action: { startsWith: 'callback.secret' } },
      }),
    ).toBe(2);
  });

  it('that answered 410 says since when and why it is off, and saving switches it on', async () => {
    const app = await hooked();
    await answer(app.hook, 410);
    await ming.submit(`${app.path}/callback/test`);
    await w.drain();
    const off = await ming.get(`${app.path}/callback`);
    expect(off.text).toMatch(/已停用[\s\S]*起停用：/);
    await ming.submit(`${app.path}/callback`, { callbackUrl: w.webhook(app.hook), callbackStyle: 'native' });
    expect((await ming.get(`${app.path}/callback`)).text).toContain('正常');
  });
});

describe('the log', () => {
  it('tells the request, each answer and the next try', async () => {
    const app = await hooked();
    expect((await ming.get(`${app.path}/callbacks`)).text).toContain('还没有回调');
    await answer(app.hook, 500, '<script>alert("no")</script> 出错了');
    expect((await ming.submit(`${app.path}/callback/test`)).text).toContain('测试事件已发出');
    await w.drain();
    const { text } = await ming.get(`${app.path}/callbacks`);
    expect(text).toContain('HTTP 500: &lt;script&gt;alert(&quot;no&quot;)&lt;/script&gt; 出错了');
    expect(text).toMatch(/等待[\s\S]*测试[\s\S]*尝试 1 次[\s\S]*下次尝试 2/);
    expect(text).toContain(`POST ${w.webhook(app.hook)}\ncontent-type: application/json`);
    expect(text).toContain('来自青鸟的测试回调');
    for (const [state, isThere] of [
      ['due', true],
      ['failed', false],
      ['sent', false],
      ['nonsense', true],
    ] as const) {
      const part = await ming.get(`${app.path}/callbacks?state=${state}`);
      expect([state, part.text.includes('来自青鸟的测试回调')]).toEqual([state, isThere]);
    }
  });

  it.each(['native', 'wxpusher', 'pushplus'])('shows the very bytes of each try, as %s', async (style) => {
    const app = await hooked();
    const endpoint = { callbackUrl: w.webhook(app.hook), callbackStyle: style };
    await ming.submit(`${app.path}/callback`, endpoint);
    const { secret } = (await w.core.callbacks.findCallback(app.id)) ?? { secret: '' };
    await answer(app.hook, 500, 'x'.repeat(3000));
    const code = await w.core.qrcodes.createParameterised({
      appId: app.id,
      extra: `<b>"桌号" & '7'\\n\u0000 \ud83d 🍜`,
      validSeconds: 3600,
    });
    const waiting = async () => (await ming.get(`${app.path}/callbacks`)).text;
    await w.phone(`Ling ${style}`).scans(code.url);
    await w.drain();
    // What a body is made of changes: what was sent before does not.
    await w.core.apps.updateApp(app.id, { name: `renamed ${style}` });
    w.clock.advance(10_000);
    await w.drain();
    await ming.submit(`${app.path}/callback`, { ...endpoint, callbackStyle: 'native' });
    const text = await waiting();
    // The latest first, as on the page.
    const seen = (await received(app.hook)).map(({ request }) => request);
    expect(seen).toHaveLength(2);
    const shown = readTries(text);
    expect(shown.map(({ body }) => body)).toEqual(seen.map(({ body }) => body));
    for (const [at, { headers }] of seen.entries()) {
      const { head = '' } = shown[at] ?? {};
      const [line, ...rest] = head.split('\n');
      expect(line).toBe(`POST ${w.webhook(app.hook)}`);
      expect(rest.map((one) => one.split(': ')[0])).toEqual([
        'content-type',
        'user-agent',
        'webhook-id',
        'webhook-timestamp',
        'webhook-signature',
      ]);
      for (const one of rest) {
        const [name = '', value] = one.split(': ');
        expect([name, value]).toEqual([name, headers[name]]);
      }
    }
    expect([text.includes(secret), text.includes('whsec_')]).toEqual([false, false]);
    expect(text).toContain(`HTTP 500: ${'x'.repeat(1024)}<`);
    expect(text).toMatch(/尝试 2 次[\s\S]*下次尝试 2/);
  });

  it('says of an old try, and of one that never went out, that no request was kept', async () => {
    const app = await hooked();
    await ming.submit(`${app.path}/callback/test`);
    const attempts = JSON.stringify([
      { at: w.clock.now(), outcome: 'retry', code: '500', detail: 'HTTP 500' },
    ]);
    await w.drain();
    await w.db.delivery.updateMany({ where: { appId: app.id }, data: { attempts: '[]' } });
    expect((await ming.get(`${app.path}/callbacks`)).text).toMatch(/还没有尝试[\s\S]*要通知的事件/);
    await w.db.delivery.updateMany({ where: { appId: app.id }, data: { attempts } });
    expect((await ming.get(`${app.path}/callbacks`)).text).toContain('没有留下请求');
  });

  it('sends one again, or all that failed, and leads back to where one was', async () => {
    const app = await hooked();
    await answer(app.hook, 410);
    for (const _ of [1, 2, 3]) {
      await ming.submit(`${app.path}/callback/test`);
    }
    await w.drain();
    const log = `${app.path}/callbacks`;
    const failed = await ming.get(`${log}?state=failed`);
    const replays = [...failed.text.matchAll(/action="([^"]+\/replay)"/g)].map(([, path = '']) => path);
    expect(replays).toHaveLength(3);
    await answer(app.hook, 200, 'thank you');
    const before = (await received(app.hook)).length;
    const back = `${log}?state=failed`;
    expect(leadsTo(await ming.post(replays[0] ?? '', { back }))).toBe(`303 ${back}`);
    await w.drain();
    expect((await received(app.hook)).length).toBe(before + 1);
    const { own } = await w.core.callbackLog.listEndpoints(app.id, 1);
    const all = await ming.submit(`${log}/replay-failed`, {
      endpoint: String(own?.id),
      back: 'https://evil.example/',
    });
    expect(all.text).toContain('2 条已重新发送');
    await w.drain();
    expect((await received(app.hook)).length).toBe(before + 3);
    expect((await ming.get(`${log}?state=failed`)).text).toContain('没有这种状态的记录');
    expect((await ming.submit(`${log}/replay-failed`, { endpoint: String(own?.id) })).text).toContain(
      '没有失败的回调',
    );
  });

  it('is of one’s own endpoints alone, and of addresses that messages named', async () => {
    const [app, other] = [await hooked(), await hooked()];
    await answer(other.hook, 410);
    await ming.submit(`${other.path}/callback/test`);
    await w.drain();
    const foreign = await w.core.callbackLog.listEndpoints(other.id, 1);
    const id = foreign.own?.id ?? 0;
    const [line] = foreign.own ? await w.core.callbackLog.listLines(foreign.own, { skip: 0, take: 1 }) : [];
    expect((await ming.get(`${app.path}/callbacks?endpoint=${id}`)).status).toBe(404);
    expect((await ming.get(`${app.path}/callbacks?endpoint=x`)).status).toBe(404);
    expect((await ming.post(`${app.path}/callbacks/replay-failed`, { endpoint: String(id) })).status).toBe(
      404,
    );
    expect((await ming.post(`${app.path}/callbacks/${line?.id}/replay`)).status).toBe(404);
    const named = await w.db.callback.create({
      data: {
        appId: app.id,
        url: 'https://named.example/',
        secret: '',
        style: 'native',
        scope: 'message',
        createdAt: new Date(w.clock.now()),
      },
    });
    expect((await ming.get(`${app.path}/callbacks`)).text).toContain('https://named.example/');
    expect((await ming.get(`${app.path}/callbacks?endpoint=${named.id}`)).status).toBe(200);
  });

  it('goes back page by page', async () => {
    const app = await hooked();
    for (let at = 0; at < 21; at += 1) {
      await ming.post(`${app.path}/callback/test`);
    }
    await w.drain();
    const first = await ming.get(`${app.path}/callbacks?state=sent`);
    expect(first.text.match(/class="badge good">成功/g)).toHaveLength(20);
    expect(first.text).toContain(`href="${app.path}/callbacks?state=sent&amp;page=2"`);
    const second = await ming.get(`${app.path}/callbacks?page=2`);
    expect(second.text.match(/class="badge good">成功/g)).toHaveLength(1);
    expect(second.text).toContain(`rel="prev" href="${app.path}/callbacks"`);
  });
});

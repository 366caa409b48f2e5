/** The subscribe page lets a person see whose messages they get, and subscribe by scan or by one tap inside WeChat. */
import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSecretBox } from '#src/lib/secret-box.js';
import { createSubscribePage, type SubscribeResult, type SubscribeTarget } from '#src/web/pages/index.js';
import { elementsOf, type OpenPages, openPages, policyOf, views } from './open-pages.js';

const WECHAT = 'Mozilla/5.0 (iPhone) AppleWebKit/605 Mobile MicroMessenger/8.0.50';
const target: SubscribeTarget = {
  kind: 'topic',
  name: '值班 <报警>',
  appName: '运维',
  description: '第一行\n第二行',
  contact: 'ops@example.com',
  qrcodeText: 'http://weixin.qq.com/q/02abc',
  expired: false,
};

let pages: OpenPages;
let clockMs: number;
let hasOauth: boolean;
let answer: SubscribeResult;
let subscribed: { code: string; openid: string }[];

beforeEach(async () => {
  clockMs = 1_790_000_000_000;
  hasOauth = true;
  answer = { result: 'subscribed', followTip: '欢迎！\n回复 help' };
  subscribed = [];
  pages = await openPages(
    createSubscribePage({
      view: views.view,
      clock: { now: () => clockMs },
      publicUrl: 'https://push.example.com/',
      signer: { sign, verify },
      box: createSecretBox(Buffer.alloc(32, 5)),
      findSubscribeTarget: async (code) => targets[code] ?? null,
      oauthUrl: ({ redirectUri, state }) =>
        hasOauth
          ? `https://open.example/authorize?redirect_uri=${encodeURIComponent(redirectUri)}&state=${state}`
          : null,
      exchangeOauthCode: async (code) => {
        if (code !== 'good') {
          throw new Error('invalid code');
        }
        return { openid: 'oMing' };
      },
      subscribeByLink: async (input) => {
        subscribed.push(input);
        return answer;
      },
    }),
  );
});

afterEach(() => pages.close());

const targets: Record<string, SubscribeTarget> = {
  duty: target,
  app: { kind: 'app', name: '天气', appName: '天气', qrcodeText: 'http://weixin.qq.com/q/1', expired: false },
  old: { ...target, expired: true },
};

function sign(value: string): string {
  return `${value}~${createHmac('sha256', 'k').update(value).digest('hex')}`;
}

function verify(signed: string): string | null {
  const value = signed.slice(0, Math.max(0, signed.lastIndexOf('~')));
  return value !== '' && sign(value) === signed ? value : null;
}

function get(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${pages.url}${path}`, { headers, redirect: 'manual' });
}

/** Asks WeChat who one is, and gives what the browser now holds. */
async function ask(code = 'duty') {
  const response = await get(`/s/${code}/subscribe`);
  const location = new URL(response.headers.get('location') ?? '');
  const setCookie =
    response.headers.getSetCookie().find((line) => line.startsWith('__Host-qn_subscribe=')) ?? '';
  const state = location.searchParams.get('state') ?? '';
  return { response, location, setCookie, state, cookie: setCookie.split(';')[0] ?? '' };
}

/** Comes back from WeChat and gives what the page's form would send. */
async function comeBack(code = 'duty') {
  const { state, cookie } = await ask(code);
  const response = await get(`/s/${code}/return?code=good&state=${state}`, { cookie });
  const [, ticket = ''] = /name="ticket" value="([^"]+)"/.exec(await response.text()) ?? [];
  const setCookie = response.headers
    .getSetCookie()
    .findLast((line) => line.startsWith('__Host-qn_subscribe='));
  return { ticket, cookie: setCookie?.split(';')[0] ?? '' };
}

/** Taps the button as a browser does. */
function tap(
  { ticket, cookie }: { ticket: string; cookie: string },
  headers: Record<string, string> = { 'sec-fetch-site': 'same-origin', origin: 'https://push.example.com' },
  code = 'duty',
): Promise<Response> {
  const body = new URLSearchParams({ ticket });
  return fetch(`${pages.url}/s/${code}`, { method: 'POST', body, headers: { cookie, ...headers } });
}

describe('the page', () => {
  it('shows name, app, description, contact and the code', async () => {
    const response = await get('/s/duty');
    const html = await response.text();
    expect(response.status).toBe(200);
    expect(html).toContain('<h1>值班 &lt;报警&gt;</h1>');
    expect(html).toContain('来自应用「运维」');
    expect(html).toContain('第一行\n第二行');
    expect(html).toContain('ops@example.com');
    expect(html).toContain('src="/s/duty/qr.png"');
    expect(policyOf(response)).toMatchObject({ 'default-src': "'none'", 'img-src': "'self' data:" });
  });

  it('leaves out what the app does not say', async () => {
    const html = await (await get('/s/app')).text();
    expect(html).not.toContain('联系方式');
    expect(html).not.toContain('class="description"');
  });

  it('puts the one tap first inside WeChat, and the code first elsewhere', async () => {
    const inside = await (await get('/s/duty', { 'User-Agent': WECHAT })).text();
    const outside = await (await get('/s/duty')).text();
    expect(inside.indexOf('/s/duty/subscribe')).toBeLessThan(inside.indexOf('qr.png'));
    expect(inside).toContain('长按识别二维码订阅');
    expect(outside.indexOf('/s/duty/subscribe')).toBeGreaterThan(outside.indexOf('qr.png'));
    expect(outside).toContain('用微信扫描二维码订阅');
  });

  it('has the code as PNG and SVG', async () => {
    const png = await get('/s/duty/qr.png');
    expect(png.headers.get('content-type')).toBe('image/png');
    expect(
      Buffer.from(await png.arrayBuffer())
        .subarray(1, 4)
        .toString(),
    ).toBe('PNG');
    const svg = await get('/s/duty/qr.svg');
    expect(svg.headers.get('content-type')).toContain('image/svg+xml');
    expect(svg.headers.get('content-security-policy')).toContain('sandbox');
  });

  it.each([
    ['/s/unknown', 404, '没有这个订阅页'],
    ['/s/a%20b', 404, '没有这个订阅页'],
    ['/s/unknown/qr.png', 404, '没有这个订阅页'],
    ['/s/unknown/subscribe', 404, '没有这个订阅页'],
    ['/s/old', 410, '二维码已过期'],
    ['/s/old/qr.svg', 410, '二维码已过期'],
    ['/s/old/subscribe', 410, '二维码已过期'],
    ['/s/old/return?code=good&state=x', 410, '二维码已过期'],
  ])('%s is %i: %s', async (path, status, words) => {
    const response = await get(path);
    expect(response.status).toBe(status);
    expect(await response.text()).toContain(words);
  });
});

describe('one tap', () => {
  it('goes to WeChat with a fresh state that only this browser holds', async () => {
    const { response, location, setCookie, state } = await ask();
    expect(response.status).toBe(302);
    expect(location.searchParams.get('redirect_uri')).toBe('https://push.example.com/s/duty/return');
    expect(state).toMatch(/^[A-Za-z0-9]{32}$/);
    expect(setCookie).toContain('; Path=/; Max-Age=600; HttpOnly; SameSite=Lax; Secure');
    expect((await ask()).state).not.toBe(state);
  });

  it('subscribes nobody by coming back: that shows the button, without the openid', async () => {
    const { state, cookie } = await ask();
    const response = await get(`/s/duty/return?code=good&state=${state}`, { cookie });
    const html = await response.text();
    expect([response.status, response.headers.get('referrer-policy')]).toEqual([200, 'same-origin']);
    expect(html).toContain('确认订阅');
    expect(html).not.toContain('oMing');
    expect(subscribed).toEqual([]);
  });

  it('subscribes by the button, and shows the follow tip', async () => {
    const response = await tap(await comeBack());
    const html = await response.text();
    expect(response.status).toBe(200);
    expect(html).toContain('订阅成功');
    expect(html).toContain('欢迎！\n回复 help');
    expect(subscribed).toEqual([{ code: 'duty', openid: 'oMing' }]);
    expect(response.headers.getSetCookie().join()).toContain('__Host-qn_subscribe=; Path=/; Max-Age=0');
  });

  it.each([
    ['already', '你已经订阅过了'],
    ['must_follow', '还差一步：关注公众号'],
    ['blocked', '不能订阅'],
  ] as const)('that ends as %s says: %s', async (result, words) => {
    answer = { result };
    const html = await (await tap(await comeBack())).text();
    expect(html).toContain(words);
    expect(html.includes('src="/s/duty/qr.svg"')).toBe(result === 'must_follow');
    expect(html.includes('ops@example.com')).toBe(result === 'blocked');
  });

  it('shows the code instead when the account has no OAuth', async () => {
    hasOauth = false;
    const response = await get('/s/duty/subscribe');
    expect(response.status).toBe(200);
    expect(
      elementsOf(await response.text()).some(({ attributes }) => attributes.src === '/s/duty/qr.svg'),
    ).toBe(true);
  });
});

describe('coming back without the right to', () => {
  it.each([
    ['without the cookie', async () => ({ state: (await ask()).state, cookie: '' })],
    [
      'with the state of another attempt',
      async () => ({ state: (await ask()).state, cookie: (await ask()).cookie }),
    ],
    [
      'with the cookie of another code',
      async () => {
        const other = await ask('app');
        return { state: other.state, cookie: other.cookie };
      },
    ],
    [
      'with a forged cookie',
      async () => ({
        state: 'a'.repeat(32),
        cookie: `__Host-qn_subscribe=${'a'.repeat(32)}.9999999999999.duty~00`,
      }),
    ],
    ['with a broken cookie', async () => ({ state: '', cookie: '__Host-qn_subscribe=%E0%A4%A' })],
    [
      'after ten minutes',
      async () => {
        const made = await ask();
        clockMs += 600_000;
        return made;
      },
    ],
  ])('%s subscribes nobody', async (_name, attempt) => {
    const { state, cookie } = await attempt();
    const response = await get(`/s/duty/return?code=good&state=${state}`, { cookie });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('请再点一次订阅');
    expect(subscribed).toEqual([]);
  });

  it('because the person refused says that nothing happened', async () => {
    const { state, cookie } = await ask();
    const html = await (await get(`/s/duty/return?state=${state}`, { cookie })).text();
    expect(html).toContain('你没有同意授权');
    expect(subscribed).toEqual([]);
  });

  it('because WeChat does not know the code says so and tells the operator', async () => {
    const { state, cookie } = await ask();
    const response = await get(`/s/duty/return?code=bad&state=${state}`, { cookie });
    expect(response.status).toBe(502);
    expect(await response.text()).not.toContain('invalid code');
    expect(pages.errors).toHaveLength(1);
  });
});

describe('a tap that is none', () => {
  it.each([
    ['of another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
    ['of another site that says less', { origin: 'https://evil.example' }],
    [
      'of a neighbour on the same site',
      { 'sec-fetch-site': 'same-site', origin: 'https://push.example.com' },
    ],
    ['of a frame without a name', { origin: 'null' }],
    ['with two words that disagree', { 'sec-fetch-site': 'same-origin', origin: 'https://evil.example' }],
  ])('%s subscribes nobody', async (_, headers) => {
    const made = await comeBack();
    const response = await tap(made, headers as Record<string, string>);
    expect(response.status).toBe(403);
    expect(await response.text()).toContain('不是从本站页面发出的');
    expect(subscribed).toEqual([]);
  });

  it.each([
    ['without the cookie', async () => ({ ...(await comeBack()), cookie: '' })],
    ['with a stranger’s ticket', async () => ({ ...(await comeBack()), ticket: (await comeBack()).ticket })],
    ['with a forged ticket', async () => ({ ...(await comeBack()), ticket: 'v1.AAAA' })],
    ['without a ticket', async () => ({ ...(await comeBack()), ticket: '' })],
    ['with the ticket of another code', async () => comeBack('app')],
    [
      'after ten minutes',
      async () => {
        const made = await comeBack();
        clockMs += 600_000;
        return made;
      },
    ],
  ])('%s subscribes nobody', async (_, attempt) => {
    const response = await tap(await attempt());
    expect(response.status).toBe(400);
    expect(subscribed).toEqual([]);
  });

  it('is one for browsers inside old apps, which say nothing of where it comes from', async () => {
    expect((await tap(await comeBack(), {})).status).toBe(200);
    expect(subscribed).toHaveLength(1);
  });
});

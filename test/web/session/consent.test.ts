/** Nobody's browser is let in before the person who scanned has said yes: questions, answers, and those who try to do without. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Phone } from '#test/support/phone.js';
import { type Browser, readShownCode, signIn } from '#test/support/sign-in.js';
import { openWorld, type World } from '#test/support/world.js';

const MINUTE = 60_000;
const EVIL = { 'user-agent': 'Mozilla/5.0 (Windows) Chrome/120' };

let w: World;
let browser: Browser;
let ming: Phone;

beforeEach(async () => {
  w = await openWorld();
  browser = w.browser();
  ming = w.phone('Ming');
});
afterEach(() => w.close());

/** Scans what this browser shows; returns the question. */
async function scan(by = ming, shownBy = browser) {
  return by.scans(await readShownCode(w.core, shownBy, EVIL));
}

const stateOf = async (of = browser) => (await of.get('/sign-in/state')).json;
const numberIn = (text: string): string => /数字是 (\d\d) 吗/.exec(text)?.[1] ?? '';
const pageIn = (text: string): string => /\/sign-in\/question\/\w+/.exec(text)?.[0] ?? '';
const isIn = async (of = browser) =>
  (await of.get('/sign-in?next=/me')).headers.get('location') === '/me' && of.cookies.has('qn_session');

/** Somebody with an account of this role, by their phone. */
async function become(role: 'operator' | 'developer'): Promise<void> {
  await ming.follows();
  const { personId } = await w.core.people.getByUid(await ming.uid());
  const createdAt = new Date(w.clock.now());
  await w.db.account.create({ data: { personId: BigInt(personId), role, createdAt } });
}

describe('a scan', () => {
  it.each([
    ['operator', /管理员，可以管理整个服务器/],
    ['developer', /开发者，可以管理你的应用/],
    [null, /用户，可以看你的消息和密钥/],
  ] as const)(
    'signs nobody in, not an %s either: it asks which browser, from where, as which role',
    async (role, words) => {
      if (role) {
        await become(role);
      }
      const asked = await scan();
      asked.seesReply(words).seesReply(/Chrome · Windows · 127\.0\.0\.1/);
      expect(await stateOf()).toEqual({ state: 'asked', number: Number(numberIn(asked.text)) });
      expect((await browser.get('/sign-in')).text).toContain(`id="number">${numberIn(asked.text)}<`);
      expect(await isIn()).toBe(false);
      expect((await browser.get('/console/accounts')).status).toBe(303);
      expect(await w.db.session.count()).toBe(0);
      expect(Buffer.byteLength(asked.text)).toBeLessThan(2048);
    },
  );

  it.each([
    ['1', true],
    ['确认', true],
    ['Confirm', true],
    ['确认登录NN', true],
    ['确认 NN。', true],
    ['2', false],
    ['拒绝', false],
    ['拒绝登录', false],
    ['取消', false],
    ['reject', false],
  ])('is answered by %j', async (word, lets) => {
    const asked = await scan();
    const said = await ming.says(word.replace('NN', numberIn(asked.text)));
    said.seesReply(lets ? /已确认，网页已登录/ : /已拒绝/);
    expect(await isIn()).toBe(lets);
    const actions = (await w.db.auditEntry.findMany({ orderBy: { id: 'asc' } })).map((row) => ({
      action: row.action,
      target: row.target,
      address: row.address,
    }));
    expect(actions).toContainEqual(
      lets
        ? { action: 'session.begin', target: expect.any(String), address: '127.0.0.1' }
        : { action: 'session.reject', target: 'Chrome · Windows', address: '127.0.0.1' },
    );
  });

  it('that is refused ends the code, and the browser says so once', async () => {
    await scan();
    await ming.says('2');
    expect((await browser.get('/sign-in')).text).toContain('手机上没有同意这次登录');
    expect(browser.cookies.has('qn_sign_in')).toBe(false);
    (await ming.says('1')).seesReply(/已拒绝/);
    expect(await isIn()).toBe(false);
  });

  it('is answered on its own page by a button, and by no GET, no other site and no other key', async () => {
    const path = pageIn((await scan()).text);
    const page = await w.call(path);
    expect(page.text).toMatch(/Chrome · Windows[\s\S]*127\.0\.0\.1[\s\S]*\d\d[\s\S]*method="post"/);
    expect(page.headers.get('referrer-policy')).toBe('same-origin');
    const post = (at: string, headers: Record<string, string>, answer = 'confirm') =>
      w.call(at, {
        method: 'POST',
        body: `answer=${answer}`,
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      });
    const own = { origin: w.url };
    expect((await post(path, { origin: 'https://evil.example' })).status).toBe(403);
    expect((await post(path, {})).status).toBe(403);
    expect((await post(path, { ...own, 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await post(path, own, 'maybe')).status).toBe(403);
    expect(
      (
        await post(
          path.replace(/.$/, (end) => (end === '0' ? '1' : '0')),
          own,
        )
      ).status,
    ).toBe(404);
    expect((await w.call(`${path.slice(0, -56)}${'a'.repeat(56)}`)).status).toBe(404);
    for (const answer of ['confirm', 'reject']) {
      await w.call(`${path}?answer=${answer}`);
    }
    expect(await stateOf()).toMatchObject({ state: 'asked' });
    const yes = await post(path, own);
    expect([yes.status, yes.text]).toEqual([200, expect.stringContaining('已确认')]);
    expect(await isIn()).toBe(true);
    expect((await w.call(path)).text).toContain('已确认');
  });
});

describe('an answer', () => {
  it('with another number lets nobody in', async () => {
    const asked = await scan();
    const other = numberIn(asked.text) === '47' ? '48' : '47';
    (await ming.says(`确认登录${other}`)).seesReply(/数字和刚才问的不一样/);
    expect(await isIn()).toBe(false);
  });

  it('that comes too late lets nobody in, and goes to no app', async () => {
    const app = await w.app('机房', { callbackUrl: w.webhook('hook') }).made();
    await ming.scans(app.qrcodeUrl);
    const asked = await scan();
    w.clock.advance(3 * MINUTE);
    (await ming.says('1')).seesReply(/已过期，没有登录/);
    (await ming.says(`确认登录${numberIn(asked.text)}`)).seesReply(/已过期，没有登录/);
    expect(await stateOf()).toEqual({ state: 'dead' });
    expect((await w.call(pageIn(asked.text))).status).toBe(410);
    w.clock.advance(2 * MINUTE);
    // By now a number is an ordinary text again; the whole word never is.
    (await ming.says('1')).seesReply(/已发送给/);
    (await ming.says('确认登录47')).seesReply(/没有等你确认的登录/);
    expect(await w.db.event.count({ where: { type: 'upstream.received' } })).toBe(1);
  });

  it('that is repeated, by hand or by the platform, opens no second browser', async () => {
    const [first, again] = ['7001', '7002'];
    const asked = await scan();
    await ming.says('1', first);
    expect(await isIn()).toBe(true);
    (await ming.says('1', again)).seesReply(/已确认/);
    const second = w.browser();
    await scan(ming, second);
    const other = numberIn(asked.text) === '47' ? 48 : 47;
    await w.db.signInCode.updateMany({ where: { usedAt: null }, data: { number: other } });
    await ming.says('1', first);
    (await ming.says(`确认登录${numberIn(asked.text)}`)).seesReply(/数字和刚才问的不一样/);
    expect(await isIn(second)).toBe(false);
    expect(await w.db.session.count()).toBe(1);
  });

  it('to an app’s question that came after it is no answer to the sign-in', async () => {
    for (const name of ['机房', '值班']) {
      await ming.scans((await w.app(name, { callbackUrl: w.webhook('hook') }).made()).qrcodeUrl);
    }
    await ming.says('重启');
    await scan();
    // The scan dropped the older question.
    (await ming.says('重启')).seesReply(/要发给哪个应用/);
    (await ming.says('1')).seesReply(/已发送给/);
    expect(await stateOf()).toMatchObject({ state: 'asked' });
    (await ming.says('确认')).seesReply(/已确认/);
  });

  it('may be taken back while no browser has used it, and not later', async () => {
    await scan();
    await ming.says('1');
    (await ming.says('2')).seesReply(/已拒绝/);
    expect(await isIn()).toBe(false);
    w.clock.advance(1000);
    await scan();
    await ming.says('1');
    expect(await isIn()).toBe(true);
    (await ming.says('2')).seesReply(/已经登录了[\s\S]*退出登录/);
  });
});

describe('somebody else', () => {
  it('who scans second gets nothing and takes nothing away', async () => {
    await scan();
    const { url } = await w.db.signInCode.findFirstOrThrow();
    const mallory = w.phone('Mallory');
    (await mallory.scans(url)).seesReply(/已被别人扫过/);
    (await mallory.says('1')).seesReply(/还没有订阅/);
    await ming.says('1');
    expect(await isIn()).toBe(true);
    expect((await browser.get('/me')).text).toContain(await ming.uid());
    const fail = await w.db.auditEntry.findFirstOrThrow({ where: { action: 'session.fail' } });
    expect([fail.actor, fail.detail]).toEqual([await mallory.uid(), 'taken']);
  });

  it('who forges a scan or an answer is refused', async () => {
    await become('operator');
    await readShownCode(w.core, browser);
    const { scene } = await w.db.signInCode.findFirstOrThrow();
    const openid = await ming.openid();
    const push = (body: string) =>
      w.call(`/wechat?signature=${'0'.repeat(40)}&timestamp=${Math.floor(w.clock.now() / 1000)}&nonce=n1`, {
        method: 'POST',
        body: `<xml><ToUserName>gh_x</ToUserName><FromUserName>${openid}</FromUserName><CreateTime>1</CreateTime>${body}</xml>`,
        headers: { 'content-type': 'text/xml' },
      });
    const scanned = `<MsgType>event</MsgType><Event>SCAN</Event><EventKey>${scene}</EventKey>`;
    expect((await push(scanned)).status).toBeGreaterThanOrEqual(400);
    await scan();
    const yes = '<MsgType>text</MsgType><Content>1</Content><MsgId>9</MsgId>';
    expect((await push(yes)).status).toBeGreaterThanOrEqual(400);
    expect(await stateOf()).toMatchObject({ state: 'asked' });
  });

  it('gets no link into the question by what the browser says of itself', async () => {
    const url = await readShownCode(w.core, browser, { 'user-agent': '<a href="http://evil.example">x</a>' });
    const asked = await ming.scans(url);
    expect(asked.text).not.toMatch(/<a href="http/);
  });
});

describe('many', () => {
  it('browsers at once: one question a person, the newest, and the others say so', async () => {
    const others = [w.browser(), w.browser()];
    for (const other of [...others, browser]) {
      await scan(ming, other);
    }
    for (const other of others) {
      expect(await stateOf(other)).toEqual({ state: 'rejected' });
    }
    await ming.says('1');
    expect([await isIn(), await isIn(others[0]), await isIn(others[1])]).toEqual([true, false, false]);
  });

  it('holders of one browser’s cookie at once get one session', async () => {
    await scan();
    await ming.says('1');
    const twins = Array.from({ length: 5 }, () => w.browser());
    for (const twin of twins) {
      twin.cookies.set('qn_sign_in', browser.cookies.get('qn_sign_in') ?? '');
    }
    const entered = await Promise.all(twins.map((twin) => isIn(twin)));
    expect(entered.filter(Boolean)).toHaveLength(1);
    expect(await w.db.session.count()).toBe(1);
  });

  it('codes, ten thousand of them, flood neither a person nor the server', async () => {
    const expiresAt = new Date(w.clock.now() + 5 * MINUTE);
    const rows = Array.from({ length: 10_000 }, (_, at) => ({
      scene: `signin-${String(at).padStart(24, 'x')}`,
      hash: `hash${at}`,
      url: `http://weixin.qq.com/q/${at}`,
      number: 10 + (at % 90),
      expiresAt,
    }));
    for (let at = 0; at < rows.length; at += 1000) {
      await w.db.signInCode.createMany({ data: rows.slice(at, at + 1000) });
    }
    await ming.follows();
    const { personId } = await w.core.people.getByUid(await ming.uid());
    for (const { scene } of rows.slice(0, 50)) {
      expect(await w.core.signIn.scanCode(scene, personId)).toMatchObject({ result: 'asked' });
    }
    const open = { personId: BigInt(personId), rejectedAt: null };
    expect(await w.db.signInCode.count({ where: open })).toBe(1);
    const before = (await ming.inbox()).length;
    await scan();
    await ming.says('1');
    expect(await isIn()).toBe(true);
    // An answer for each act, and nothing that codes send by themselves.
    expect((await ming.inbox()).length - before).toBeLessThanOrEqual(4);
    w.clock.advance(1440 * MINUTE + 9 * MINUTE);
    await w.upkeep.removeOld();
    expect(await w.db.signInCode.count()).toBe(0);
  });
});

it('a member of WeCom answers in the same words', async () => {
  const member = w.wecomMember('zhangsan');
  const { personId } = await w.core.people.getByUid(await member.uid());
  await readShownCode(w.core, browser);
  const { scene } = await w.db.signInCode.findFirstOrThrow();
  await w.core.signIn.scanCode(scene, personId);
  (await member.says('1')).seesReply(/已确认/);
  expect(await isIn()).toBe(true);
});

it('is what the test’s own way to sign in goes through', async () => {
  const helped = await signIn(
    { url: w.url, core: w.core, phone: w.phone, setRole: async () => {} },
    'Ling',
    'follower',
  );
  expect(helped.cookies.has('qn_session')).toBe(true);
  expect(await w.db.signInCode.count({ where: { confirmedAt: { not: null } } })).toBe(1);
});

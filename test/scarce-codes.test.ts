/** QR codes are scarce: what followers, visitors and developers may have made of them, over HTTP and as WeChat sees it. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { networkOf } from '#src/lib/client-address.js';
import { openWorld, type World } from '#test/support/world.js';

let w: World;
beforeEach(async () => {
  w = await openWorld({ env: { TRUST_PROXY: '1' } });
});
afterEach(() => w.close());

/** How many codes of each kind the account has been asked for. */
async function countMade(): Promise<{ lasting: number; temporary: number }> {
  const [lasting, temporary] = await Promise.all(
    [true, false].map((permanent) => w.db.qrCode.count({ where: { permanent } })),
  );
  return { lasting: lasting ?? 0, temporary: temporary ?? 0 };
}

/** A developer's personal token, as a header. */
async function signTokenOf(name: string): Promise<Record<string, string>> {
  await w.phone(name).follows();
  const made = await w.admin(`/users/${await w.phone(name).uid()}/keys`, { kind: 'personal' });
  return { authorization: `Bearer ${(made.json as { key: string }).key}` };
}

/** Asks for a sign-in code as a page of ours does, from an address. */
async function askCode(from: string) {
  return w.call('/sign-in/code', {
    method: 'POST',
    body: '',
    headers: { origin: w.url, accept: 'application/json', 'x-forwarded-for': from },
  });
}

describe('sign-in codes', () => {
  it('cost nothing by GET, and are bounded for each address, IPv6 by its network', async () => {
    await w.core.limits.saveLimits({ 'sign-in-code-address-minute': 3 });
    for (let at = 0; at < 20; at += 1) {
      const page = await w.call('/sign-in', { headers: { 'x-forwarded-for': `203.0.113.${at}` } });
      expect(page.headers.get('referrer-policy')).toBe('same-origin');
    }
    expect(await w.db.signInCode.count()).toBe(0);
    const statuses: number[] = [];
    for (let at = 1; at <= 5; at += 1) {
      statuses.push((await askCode(`2001:db8:7:7:${at}::${at}`)).status);
    }
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
    const refused = await askCode('2001:db8:7:7::9');
    expect(refused.headers.get('retry-after')).toBe('60');
    expect(refused.text).toMatch(/每个来访地址每分钟最多 3，一分钟后再试。管理员可在控制台「限额」里修改/);
    expect((await askCode('2001:db8:7:8::1')).status).toBe(200);
    expect((await askCode('198.51.100.7')).status).toBe(200);
    w.clock.advance(60_000);
    expect((await askCode('2001:db8:7:7::9')).status).toBe(200);
  });

  it('asked for from ever new addresses leave the platform half of its day for apps and operators', async () => {
    await w.core.limits.saveLimits({ 'qr-code-all-day': 40, 'sign-in-code-all-minute': 0 });
    const statuses: number[] = [];
    for (let at = 0; at < 30; at += 1) {
      statuses.push((await askCode(`198.51.100.${at}`)).status);
    }
    expect(statuses.filter((status) => status === 200)).toHaveLength(20);
    expect(statuses.slice(20)).toEqual(Array.from({ length: 10 }, () => 429));
    expect((await w.admin('/apps', { name: 'still made' })).status).toBe(201);
  });

  it.each([
    ['a minute', { 'sign-in-code-all-minute': 20 }, 16],
    ['a day', { 'qr-code-all-day': 40, 'sign-in-code-all-minute': 0 }, 20],
  ])(
    'asked for so leave some of %s for networks that an operator signed in from',
    async (_, limits, most) => {
      for (const [role, address] of [
        ['operator', '203.0.113.5'],
        ['developer', '203.0.113.6'],
      ] as const) {
        await w.signIn(role, { role });
        const { personId } = await w.core.people.getByUid(await w.phone(role).uid());
        await w.db.session.updateMany({ where: { personId: BigInt(personId) }, data: { address } });
      }
      w.clock.advance(60_000);
      await w.core.limits.saveLimits(limits);
      let made = 0;
      for (let at = 0; at < 30; at += 1) {
        made += (await askCode(`2001:db8:${at}::1`)).status === 200 ? 1 : 0;
      }
      expect(made).toBeLessThanOrEqual(most);
      expect((await askCode('203.0.113.6')).status).toBe(429);
      expect((await askCode('203.0.113.5')).status).toBe(200);
    },
  );
});

it('made-up codes of WeChat’s sign-in are asked about so often for each address, at both doors together', async () => {
  await w.core.limits.saveLimits({ 'oauth-call-address-minute': 4 });
  const app = await w.app('机房').made();
  const page = new URL(app.subscribeUrl).pathname;
  const statuses: number[] = [];
  for (const begin of [
    '/me/enter',
    `${page}/subscribe`,
    '/me/enter',
    `${page}/subscribe`,
    '/me/enter',
    `${page}/subscribe`,
  ]) {
    const visitor = w.browser();
    const { headers } = await visitor.get(begin);
    const asked = new URL(headers.get('location') ?? '').searchParams;
    const back = new URL(asked.get('redirect_uri') ?? '');
    back.searchParams.set('state', asked.get('state') ?? '');
    back.searchParams.set('code', 'made-up');
    statuses.push((await visitor.get(`${back.pathname}${back.search}`)).status);
  }
  expect(statuses).toEqual([502, 502, 502, 502, 429, 429]);
});

describe('a follower without account', () => {
  it('gets no group and no code out of the open API while registration is closed, also not by their own keys', async () => {
    await w.phone('Mallory').follows();
    await w.phone('Mallory').says('密钥');
    const { personId } = await w.core.people.getByUid(await w.phone('Mallory').uid());
    const token = await w.core.keys.showKey(personId, 'pushplus');
    const { secret: secretKey } = await w.core.openAccess.getRules(personId);
    const asked = await w.call('/api/common/openApi/getAccessKey', { body: { token, secretKey } });
    const key = (asked.json as { data: { accessKey: string } }).data.accessKey;
    const open = (path: string, body?: object) =>
      w.call(`/api/open${path}`, { headers: { 'access-key': key }, ...(body ? { body } : {}) });
    const group = { topicCode: 'a', topicName: 'a', contact: 'c', introduction: 'i' };
    const before = await countMade();
    for (const answer of [await open('/topic/add', group), await open('/friend/getQrCode')]) {
      expect(answer.status).toBe(200);
      expect(answer.json).toMatchObject({ msg: expect.stringContaining('没有开放注册') });
    }
    expect(await countMade()).toEqual(before);
    expect(await w.db.topic.count()).toBe(0);
    await w.core.accounts.saveRegistration('open');
    expect((await open('/topic/add', group)).json).toMatchObject({ code: 200 });
  });
});

describe('developers', () => {
  it('make app after app without one permanent code, and have the same temporary one again', async () => {
    const headers = await signTokenOf('Dev');
    const made: { id: number; qrcodeUrl: string }[] = [];
    for (let at = 0; at < 150; at += 1) {
      const answer = await w.call('/api/v1/apps', { body: { name: `app ${at}` }, headers });
      expect(answer.status).toBe(201);
      made.push(answer.json as (typeof made)[number]);
    }
    expect(await countMade()).toEqual({ lasting: 0, temporary: 150 });
    const [first] = made;
    const shown = await w.call(`/api/v1/apps/${first?.id}`, { headers });
    expect(shown.json).toMatchObject({ qrcodeUrl: first?.qrcodeUrl });
    expect(await countMade()).toEqual({ lasting: 0, temporary: 150 });
    await w.phone('Fan').scans(first?.qrcodeUrl ?? '');
    expect(await w.db.subscription.count({ where: { appId: first?.id ?? 0 } })).toBe(1);
  });

  it('ask for a printable code, which is the one from then on, so many a day', async () => {
    await w.core.limits.saveLimits({ 'printable-code-person-day': 1 });
    const headers = await signTokenOf('Dev');
    const make = async (name: string) =>
      (await w.call('/api/v1/apps', { body: { name }, headers })).json as { id: number };
    const [first, second] = [await make('a'), await make('b')];
    const print = (id: number) => w.call(`/api/v1/apps/${id}/qrcode`, { body: {}, headers });
    const printed = await print(first.id);
    expect(printed.json).toMatchObject({ qrcodeExpiresAt: null });
    expect((await print(first.id)).json).toEqual(printed.json);
    expect((await w.call(`/api/v1/apps/${first.id}`, { headers })).json).toMatchObject(
      printed.json as object,
    );
    const refused = await print(second.id);
    expect(refused).toMatchObject({ status: 429, json: { error: { code: 'limit_reached' } } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(60);
    expect((await w.admin(`/apps/${second.id}/qrcode`, {})).status).toBe(429);
    expect(await countMade()).toMatchObject({ lasting: 1 });
  });
});

it.each([
  ['203.0.113.9', '203.0.113.9'],
  ['::ffff:203.0.113.9', '203.0.113.9'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['2001:0DB8:0:0:1:2:3:4', '2001:db8:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['', ''],
  ['nobody', 'nobody'],
])('the network of %j is %j', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

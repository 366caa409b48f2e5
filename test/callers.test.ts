/** Where callers come from: behind TRUST_PROXY proxies what those wrote, without any the peer, everywhere the same. */
import { afterEach, describe, expect, it } from 'vitest';
import { type Browser, confirmSignIn, readShownCode } from '#test/support/sign-in.js';
import { openWorld, type World } from '#test/support/world.js';

let w: World;
afterEach(() => w.close());

const CALLER = '203.0.113.9';
const SPOOFED = `10.1.2.3, ${CALLER}`;
/** How many proxies are set, what arrives, and who the caller is then. */
const ROWS: [string, string, string][] = [
  ['0', SPOOFED, '127.0.0.1'],
  ['0', CALLER, '127.0.0.1'],
  ['1', SPOOFED, CALLER],
  ['1', '127.0.0.1, not an address', '127.0.0.1'],
  ['2', `10.1.2.3, ${CALLER}, 172.16.0.1`, CALLER],
];

describe.each(ROWS)('with TRUST_PROXY=%s, X-Forwarded-For: %s', (proxies, forwarded, address) => {
  it(`the caller is ${address} for sign-ins, the audit log, messages and lists of addresses`, async () => {
    w = await openWorld({ env: { TRUST_PROXY: proxies } });
    const headers = { 'x-forwarded-for': forwarded, 'x-forwarded-host': 'evil.example' };

    const browser = await signInFrom(headers);
    expect((await browser.get('/console/sessions', headers)).text).toContain(address);

    await w.call('/api/v1/apps', {
      body: { name: '机房' },
      headers: { ...headers, authorization: `Bearer ${w.adminToken}` },
    });
    const entry = await w.db.auditEntry.findFirst({ where: { action: 'api.createApp' } });
    expect(entry?.address).toBe(address);

    const { personId } = await w.core.people.getByUid(await w.phone('Ming').uid());
    const sendkey = await w.core.keys.showKey(personId, 'sendkey');
    await w.call(`/${sendkey}.send?title=hello`, { headers });
    const { extras } = await w.db.message.findFirstOrThrow({ where: { source: 'serverchan' } });
    expect(JSON.parse(String(extras)).serverchan.ip).toBe(address);

    await w.core.openAccess.setAllowedIps(personId, [address]);
    expect(await askAccess(personId, headers)).toBe(200);
    await w.core.openAccess.setAllowedIps(personId, ['10.1.2.3']);
    expect(await askAccess(personId, headers)).toBe(403);
  });
});

it.each(['0', '1'])('with TRUST_PROXY=%s nobody reads /metrics by a header', async (proxies) => {
  w = await openWorld({ env: { TRUST_PROXY: proxies } });
  for (const forwarded of ['127.0.0.1', `${CALLER}, 127.0.0.1`, '::1']) {
    expect((await w.call('/metrics', { headers: { 'x-forwarded-for': forwarded } })).status).toBe(401);
  }
  expect((await w.call('/metrics')).status).toBe(200);
});

/** Signs a developer in; the chat must have named the address. */
async function signInFrom(headers: Record<string, string>): Promise<Browser> {
  const browser = w.browser();
  await w.phone('Ming').scans(await readShownCode(w.core, browser, headers));
  await confirmSignIn(w.phone('Ming'));
  const { personId } = await w.core.people.getByUid(await w.phone('Ming').uid());
  await w.db.account.create({
    data: { personId: BigInt(personId), role: 'developer', createdAt: new Date(w.clock.now()) },
  });
  await browser.get('/sign-in?next=/console', headers);
  return browser;
}

async function askAccess(personId: number, headers: Record<string, string>): Promise<number> {
  const token = await w.core.keys.showKey(personId, 'pushplus');
  const { secret } = await w.core.openAccess.getRules(personId);
  const body = { token, secretKey: secret };
  const answer = await w.call('/api/common/openApi/getAccessKey', { body, headers });
  return (answer.json as { code: number }).code;
}

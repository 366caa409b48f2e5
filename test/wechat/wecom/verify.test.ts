/** Who may talk to the WeCom app's server URL: the check on saving it, and everything that is refused there. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeAesKey, encryptMessage } from '#src/lib/message-crypto.js';
import { buildXml } from '#src/lib/xml.js';
import { PUSH_WINDOW_MS } from '#src/wechat/verify.js';
import {
  APP,
  type MemberDoor,
  type MemberSeal,
  memberText,
  openMemberDoor,
  sealMemberPush,
  shownTo,
  signMemberQuery,
} from './wecom-door.js';

let door: MemberDoor;
beforeAll(async () => {
  door = await openMemberDoor();
});
afterAll(() => door.close());

/** The check's query: a clear text, sealed. */
function checkOf(message: string, own: { corpId?: string; aesKey?: string } = {}): string {
  const aesKey = decodeAesKey(own.aesKey ?? APP.aesKey);
  const encrypted = encryptMessage({ message, receiverId: own.corpId ?? APP.corpId, aesKey });
  return `${signMemberQuery(encrypted, door.clock.now())}&echostr=${encodeURIComponent(encrypted)}`;
}

describe('the check of the server URL', () => {
  it('opens the published echo', async () => {
    const published = await openMemberDoor({
      settings: {
        token: '123456',
        aesKey: 'kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR',
        corpId: 'wx49f0ab532d5d035a',
      },
    });
    const echo = '4ByGGj+sVCYcvGeQYhaKIk1o0pQRNbRjxybjTGblXrBaXlTXeOo1+bXFXDQQb1o6co6Yh9Bv41n7hOchLF6p+Q==';
    const signed =
      'msg_signature=dd6b9c95b495b3f7e2901bfbc76c664930ffdb96&timestamp=1411443780&nonce=437374425&echostr=';
    const answer = await published.get(signed + encodeURIComponent(echo));
    expect(answer).toMatchObject({ status: 200, text: '5927782489442352469' });
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
    // Plus signs that nobody encoded arrive as blanks.
    expect(await published.get(signed + echo.replaceAll('=', '%3D'))).toMatchObject({
      status: 200,
      text: '5927782489442352469',
    });
    expect((await published.get(signed + encodeURIComponent(echo.replace('4By', '5By')))).status).toBe(401);
    await published.close();
  });

  it.each([
    ['a wrong signature', (good: string) => good.replace(/msg_signature=./, 'msg_signature=x')],
    ['no signature', (good: string) => good.replace(/msg_signature=[^&]+&/, '')],
    ['a signature given twice', (good: string) => `${good}&msg_signature=${'0'.repeat(40)}`],
    ['another nonce', (good: string) => good.replace('nonce123', 'nonce124')],
    ['nothing to echo', (good: string) => good.replace(/&echostr=.*/, '')],
    ['a clear echo', (good: string) => good.replace(/&echostr=.*/, '&echostr=42')],
    ['an echo for another corp', () => checkOf('42', { corpId: 'wwother' })],
    ['an echo by another key', () => checkOf('42', { aesKey: 'A'.repeat(43) })],
    ['nothing at all', () => ''],
  ])('refuses %s', async (_what, spoil) => {
    const good = checkOf('42');
    expect(await door.get(good)).toMatchObject({ status: 200, text: '42' });
    expect(await door.get(spoil(good))).toMatchObject({ status: 401, text: '' });
  });
});

describe('a push', () => {
  it.each([
    ['a signature over other text', 401, { query: () => sealed().query }],
    ['no signature', 401, { query: (good: string) => good.replace(/msg_signature=[^&]+&/, '') }],
    [
      'an official account’s signature only',
      401,
      { query: (good: string) => good.replace('msg_signature', 'signature') },
    ],
    ['another token', 401, { seal: { token: 'other' } }],
    ['another key', 401, { seal: { aesKey: 'A'.repeat(43) } }],
    ['another corp', 401, { seal: { corpId: 'wwother' } }],
    ['an old time', 401, { late: -PUSH_WINDOW_MS - 1_000 }],
    ['a time to come', 401, { late: PUSH_WINDOW_MS + 1_000 }],
    ['clear fields', 401, { body: buildXml(memberText('help')) }],
    ['an unreadable envelope', 401, { body: '<xml><Encrypt>' }],
    ['a DOCTYPE around it', 401, { body: '<!DOCTYPE x [<!ENTITY a "b">]><xml><Encrypt>&a;</Encrypt></xml>' }],
    ['an empty body', 401, { body: '' }],
    ['a body of 1 MB', 413, { body: 'x'.repeat(1024 * 1024) }],
    ['bytes that are no UTF-8', 401, { body: Buffer.from([0x3c, 0x78, 0xff, 0xfe]) }],
    ['a DOCTYPE inside', 400, { seal: { message: `<!DOCTYPE a>${buildXml(memberText('help'))}` } }],
  ] as [
    string,
    number,
    {
      seal?: Partial<MemberSeal>;
      late?: number;
      query?: (good: string) => string;
      body?: string | Uint8Array;
    },
  ][])('with %s is refused without a word', async (_what, status, { seal, late = 0, query, body }) => {
    await door.idle();
    const before = await door.db.inbound.count();
    const push = sealed({ nowMs: door.clock.now() + late, ...seal });
    const answer = await door.post(query?.(push.query) ?? push.query, body ?? push.body);
    expect(answer).toMatchObject({ status, text: '' });
    expect(await door.db.inbound.count()).toBe(before);
    expect(await shownTo(await door.push(memberText('help')))).toMatch(/使用帮助/);
  });

  it('is taken within its late tries', async () => {
    const { query, body } = sealed({ nowMs: door.clock.now() - 15_000 });
    expect((await door.post(query, body)).status).toBe(200);
  });

  it('that is refused leaves neither member nor words in the log', async () => {
    const { query } = sealed();
    await door.post(query, buildXml(memberText('my secret text', { FromUserName: 'secretperson' })));
    const log = door.lines.join('\n');
    expect(log).toMatch(/refused/);
    expect(log).not.toMatch(/secretperson|my secret text|msg_signature/);
  });

  function sealed(own: Partial<MemberSeal> = {}) {
    return sealMemberPush({ message: buildXml(memberText('help')), nowMs: door.clock.now(), ...own });
  }
});

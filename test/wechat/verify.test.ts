/** Who may talk to the server URL in plaintext mode, and everything that is refused there. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildXml } from '#src/lib/xml.js';
import { PLAIN_WINDOW } from '#src/wechat/verify.js';
import {
  ACCOUNT,
  countClaims,
  type DoorWorld,
  openDoor,
  sealPush,
  shown,
  signQuery,
  textOf,
} from './door-world.js';

let door: DoorWorld;
beforeAll(async () => {
  door = await openDoor();
});
afterAll(() => door.close());

describe('the handshake', () => {
  it.each([
    ['a wrong signature', (good: string) => good.replace(/signature=./, 'signature=x')],
    ['no signature', (good: string) => good.replace(/signature=[^&]+&/, '')],
    ['a signature given twice', (good: string) => `${good}&signature=${'0'.repeat(40)}`],
    ['another nonce', (good: string) => good.replace(/nonce=\w+/, 'nonce=other')],
    ['nothing to echo', (good: string) => good.replace('&echostr=42', '')],
    ['nothing at all', () => ''],
  ])('refuses %s', async (_what, spoil) => {
    const good = `${signQuery(ACCOUNT.token, door.clock.now())}&echostr=42`;
    expect(await door.get(good)).toMatchObject({ status: 200, text: '42' });
    expect(await door.get(spoil(good))).toMatchObject({ status: 401, text: '' });
  });
});

describe('plaintext mode', () => {
  it.each([
    ['a wrong signature', 401, { query: (good: string) => good.replace(/signature=./, 'signature=x') }],
    ['no query', 401, { query: () => '' }],
    ['another token', 401, { query: (_: string, now: number) => signQuery('other', now) }],
    [
      'an old push',
      401,
      { query: (_: string, now: number) => signQuery('simtoken', now - PLAIN_WINDOW.pastMs - 1_000) },
    ],
    [
      'a push of the future',
      401,
      { query: (_: string, now: number) => signQuery('simtoken', now + PLAIN_WINDOW.futureMs + 1_000) },
    ],
    ['a body of 1 MB', 413, { body: 'x'.repeat(1024 * 1024) }],
    ['a DOCTYPE', 400, { body: '<!DOCTYPE x [<!ENTITY a "b">]><xml><MsgType>text</MsgType></xml>' }],
    [
      'a field given twice',
      400,
      {
        body: '<xml><FromUserName>o1</FromUserName><FromUserName>o2</FromUserName><MsgType>text</MsgType></xml>',
      },
    ],
  ] as [string, number, { query?: (good: string, now: number) => string; body?: string | Uint8Array }][])(
    'refuses %s without a word',
    async (_what, status, { query, body }) => {
      await door.idle();
      const before = await countClaims(door.db);
      const good = signQuery(ACCOUNT.token, door.clock.now());
      const answer = await door.post(
        query?.(good, door.clock.now()) ?? good,
        body ?? buildXml(textOf('help')),
      );
      expect(answer).toMatchObject({ status, text: '' });
      expect(await countClaims(door.db)).toBe(before);
      expect(await shown(await door.push(textOf('help')))).toMatch(/使用帮助/);
    },
  );

  it('takes the late tries of a push', async () => {
    const query = signQuery(ACCOUNT.token, door.clock.now() - 15_000);
    expect((await door.post(query, buildXml(textOf('help')))).status).toBe(200);
  });

  it('logs neither openid nor content nor signature of what it refuses', async () => {
    await door.post('signature=0123456789abcdef0123456789abcdef01234567', buildXml(textOf('my secret text')));
    const log = door.lines.join('\n');
    expect(log).toMatch(/refused/);
    expect(log).not.toMatch(/oSIM1|my secret text|0123456789abcdef/);
  });

  it('reads the clear fields of a compatible push when no key is set here', async () => {
    const sealed = sealPush({ message: '<xml></xml>', nowMs: door.clock.now(), visible: textOf('help') });
    expect(await shown(await door.post(sealed.query, sealed.body))).toMatch(/使用帮助/);
  });

  it('says what is missing when a safe push comes and no key is set here', async () => {
    const sealed = sealPush({ message: buildXml(textOf('help')), nowMs: door.clock.now() });
    expect(await door.post(sealed.query, sealed.body)).toMatchObject({ status: 200, text: 'success' });
    expect(door.lines.at(-1)).toMatch(/EncodingAESKey/);
  });

  it('reads and answers JSON, keeping every digit of an id', async () => {
    const post = (id: string) =>
      door.post(
        signQuery(ACCOUNT.token, door.clock.now()),
        `{"ToUserName":"gh_sim","FromUserName":"oSIM1","CreateTime":1700000000,"MsgType":"text","Content":"1234567890123456789 help","MsgId":${id}}`,
      );
    const answer = await post('23876543210987654');
    expect(answer.json).toMatchObject({ ToUserName: 'oSIM1', FromUserName: 'gh_sim', MsgType: 'text' });
    await post('23876543210987655');
    await door.idle();
    const keys = (await door.db.inbound.findMany()).map((row) => row.key.split('|').at(-1));
    expect(keys).toEqual(expect.arrayContaining(['23876543210987654', '23876543210987655']));
  });
});

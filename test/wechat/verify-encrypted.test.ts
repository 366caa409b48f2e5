/** The compatible and the safe mode: only what is encrypted and signed counts. */
import { createCipheriv } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeAesKey, signatureOf } from '#src/lib/message-crypto.js';
import { buildXml } from '#src/lib/xml.js';
import { PUSH_WINDOW_MS } from '#src/wechat/verify.js';
import {
  ACCOUNT,
  AES_KEY,
  type DoorWorld,
  eventOf,
  OLD_AES_KEY,
  openDoor,
  openReply,
  sealPush,
  signQuery,
  textOf,
} from './door-world.js';

let door: DoorWorld;
beforeAll(async () => {
  door = await openDoor({ settings: { aesKey: AES_KEY, previousAesKey: OLD_AES_KEY } });
});
afterAll(() => door.close());

describe('encrypted modes', () => {
  it.each([
    ['safe', {}],
    ['compatible', textOf('something else in clear')],
  ])('reads only what is encrypted in a %s push', async (_mode, visible) => {
    const sealed = sealPush({ message: buildXml(textOf('help')), nowMs: door.clock.now(), visible });
    const answer = await door.post(sealed.query, sealed.body);
    expect((await openReply(answer.text)).get('Content')).toMatch(/使用帮助/);
  });

  it('answers with the key that opened the push', async () => {
    const sealed = sealPush({
      message: buildXml(textOf('help')),
      nowMs: door.clock.now(),
      aesKey: OLD_AES_KEY,
    });
    const answer = await door.post(sealed.query, sealed.body);
    expect((await openReply(answer.text, OLD_AES_KEY)).get('Content')).toMatch(/使用帮助/);
  });

  it('answers a push without a reply with a plain success', async () => {
    const sealed = sealPush({ message: buildXml(eventOf('VIEW')), nowMs: door.clock.now() });
    expect(await door.post(sealed.query, sealed.body)).toMatchObject({ status: 200, text: 'success' });
  });

  it.each([
    [
      'a plaintext push with a right signature',
      401,
      (now: number) => ({ query: signQuery(ACCOUNT.token, now), body: buildXml(textOf('help')) }),
    ],
    [
      'encrypt_type raw',
      401,
      (now: number) => ({
        query: `${signQuery(ACCOUNT.token, now)}&encrypt_type=raw`,
        body: buildXml(textOf('help')),
      }),
    ],
    [
      'clear fields without Encrypt',
      401,
      (now: number) => ({ ...sealed(now), body: buildXml(textOf('help')) }),
    ],
    // Each sealing has its own random bytes, so this is another Encrypt.
    [
      'a signature over other text',
      401,
      (now: number) => ({ query: sealed(now).query, body: sealed(now).body }),
    ],
    [
      'an empty message signature',
      401,
      (now: number) => ({
        ...sealed(now),
        query: sealed(now).query.replace(/msg_signature=.*/, 'msg_signature='),
      }),
    ],
    ['an unknown key', 401, (now: number) => sealed(now, { aesKey: `${'Z'.repeat(42)}E` })],
    ['another account', 401, (now: number) => sealed(now, { appId: 'wx0000000000000002' })],
    ['an old push', 401, (now: number) => sealed(now - PUSH_WINDOW_MS - 1_000)],
    [
      'an unreadable envelope of a stranger',
      401,
      () => ({ query: 'encrypt_type=aes&msg_signature=00&timestamp=1&nonce=2', body: '<xml' }),
    ],
    [
      'a DOCTYPE inside',
      400,
      (now: number) => sealed(now, { message: `<!DOCTYPE a>${buildXml(textOf('help'))}` }),
    ],
    ['a body of 1 MB', 413, (now: number) => ({ ...sealed(now), body: 'x'.repeat(1024 * 1024) })],
  ] as [string, number, (now: number) => { query: string; body: string }][])(
    'refuse %s',
    async (_what, status, make) => {
      await door.idle();
      const before = await door.db.inbound.count();
      const { query, body } = make(door.clock.now());
      expect(await door.post(query, body)).toMatchObject({ status, text: '' });
      expect(await door.db.inbound.count()).toBe(before);
    },
  );

  it('acknowledge an envelope of the platform that nobody can read', async () => {
    const answer = await door.post(sealed(door.clock.now()).query, '<xml');
    expect(answer).toMatchObject({ status: 200, text: 'success' });
  });

  it('acknowledge a message whose bytes are no UTF-8', async () => {
    const good = sealPush({ message: buildXml(textOf('help')), nowMs: door.clock.now() });
    const encrypted = sealBytes(Buffer.from([0xff, 0xfe]));
    const [timestamp, nonce] = ['timestamp', 'nonce'].map((name) =>
      new URLSearchParams(good.query).get(name),
    );
    const signature = signatureOf(ACCOUNT.token, timestamp ?? '', nonce ?? '', encrypted);
    const query = good.query.replace(/msg_signature=.*/, `msg_signature=${signature}`);
    expect(await door.post(query, buildXml({ Encrypt: encrypted }))).toMatchObject({
      status: 200,
      text: 'success',
    });
  });

  function sealed(nowMs: number, own: { aesKey?: string; appId?: string; message?: string } = {}) {
    return sealPush({ message: buildXml(textOf('help')), nowMs, ...own });
  }
});

/** Encrypts bytes that are no text, which no ordinary way of sealing allows. */
function sealBytes(bytes: Buffer): string {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  const plain = Buffer.concat([Buffer.alloc(16, 7), length, bytes, Buffer.from(ACCOUNT.appId)]);
  const key = decodeAesKey(AES_KEY);
  const pad = 32 - (plain.length % 32);
  const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
  return Buffer.concat([
    cipher.update(Buffer.concat([plain, Buffer.alloc(pad, pad)])),
    cipher.final(),
  ]).toString('base64');
}

/** The published crypto vectors, and everything that an encrypted message must not get away with. */
import { createCipheriv } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  decodeAesKey,
  decryptMessage,
  encryptMessage,
  MessageCryptoError,
  signatureOf,
  signaturesMatch,
} from '#src/lib/message-crypto.js';

const OFFICIAL = { token: 'AAAAA', key: decodeAesKey('A'.repeat(43)), appId: 'wxba5fad812f8e6fb9' };
const OURS = {
  token: 'simtoken',
  key: decodeAesKey('0123456789abcdefghijklmnopqrstuvwxyzABCDEFE'),
  appId: 'wx0000000000000001',
};
const OFFICIAL_PUSH =
  '+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVzazhZv6JsXUnnR8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNqJ4M8EajAsjLY2km32IIjdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04=';
const OFFICIAL_PUSH_TEXT =
  '{"ToUserName":"gh_97417a04a28d","FromUserName":"o9AgO5Kd5ggOC-bXrbNODIiE3bGY","CreateTime":1714112445,"MsgType":"event","Event":"debug_demo","debug_str":"hello world"}';
const OFFICIAL_REPLY =
  'ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ==';
const OUR_SUCCESS =
  'x12/5hCt8WSD9FOFHMV9L0s1B71VdmUlBzx9dmk/cGQlg2lgHnIX7A5NEEquDGz8f5ZnPfePeUTrrpPPwbL7Zw==';
const OUR_TEXT =
  '<xml><ToUserName><![CDATA[gh_sim]]></ToUserName><FromUserName><![CDATA[oSIM1]]></FromUserName><CreateTime>1700000000</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[你好]]></Content><MsgId>23876543210987654</MsgId></xml>';

describe('signatures', () => {
  it.each([
    [
      'the official GET handshake',
      ['AAAAA', '1714036504', '1514711492'],
      'f464b24fc39322e44b38aa78f5edd27bd1441696',
    ],
    [
      'the official plaintext push',
      ['AAAAA', '1714037059', '486452656'],
      '899cf89e464efb63f54ddac96b0a0a235f53aa78',
    ],
    [
      'the official safe push',
      ['AAAAA', '1714112445', '415670741'],
      '6c5c811b55cc85e0e1b54100749188c20beb3f5d',
    ],
    [
      'the official message signature',
      ['AAAAA', '1714112445', '415670741', OFFICIAL_PUSH],
      '046e02f8204d34f8ba5fa3b1db94908f3df2e9b3',
    ],
    [
      'the official reply signature',
      ['AAAAA', '1713424427', '415670741', OFFICIAL_REPLY],
      '1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1',
    ],
    [
      'our own plain signature',
      ['simtoken', '1700000000', 'nonce123'],
      '1adac743bcd498ba019f541d0378232e187cec7b',
    ],
    [
      'our own message signature',
      ['simtoken', '1700000000', 'nonce123', OUR_SUCCESS],
      '91d21c31d3809f51e36b711f99e61edc5795d6f6',
    ],
  ])('reproduces %s', (_name, parts, expected) => {
    expect(signatureOf(...parts)).toBe(expected);
    expect(signatureOf(...[...parts].reverse())).toBe(expected);
  });

  it('matches only the whole and exact signature', () => {
    const expected = signatureOf('a', 'b');
    expect(signaturesMatch(expected, expected)).toBe(true);
    expect(signaturesMatch(expected, `${expected.slice(0, -1)}x`)).toBe(false);
    expect(signaturesMatch(expected, expected.slice(0, -1))).toBe(false);
    expect(signaturesMatch(expected, `${expected}0`)).toBe(false);
    expect(signaturesMatch(expected, '')).toBe(false);
    expect(signaturesMatch(expected, undefined)).toBe(false);
    expect(signaturesMatch('', '')).toBe(false);
  });
});

describe('AES keys', () => {
  it('decodes 43 characters to 32 bytes', () => {
    expect(OURS.key.toString('hex')).toBe('d35db7e39ebbf3d69b71d79f8218a39259a7a29aabb2dbafc31cb30010831051');
    expect(OFFICIAL.key.equals(Buffer.alloc(32))).toBe(true);
  });

  it('drops the low two bits of the last character', () => {
    const [one, other] = ['E', 'F'].map((last) => decodeAesKey(`${'x'.repeat(42)}${last}`));
    expect(one).toEqual(other);
  });

  it.each([
    '',
    'A'.repeat(42),
    'A'.repeat(44),
    `${'A'.repeat(42)}-`,
    `${'A'.repeat(42)}=`,
    `${'A'.repeat(42)}中`,
  ])('refuses %j', (key) => {
    expect(() => decodeAesKey(key)).toThrow(RangeError);
  });
});

describe('decryption', () => {
  it('reads the official push', () => {
    const input = { encrypted: OFFICIAL_PUSH, receiverId: OFFICIAL.appId, aesKey: OFFICIAL.key };
    expect(decryptMessage(input)).toBe(OFFICIAL_PUSH_TEXT);
  });

  it('refuses another receiver, another key, changed and broken text', () => {
    const input = { encrypted: OUR_SUCCESS, receiverId: OURS.appId, aesKey: OURS.key };
    expect(decryptMessage(input)).toBe('success');
    expect(reasonOf({ ...input, receiverId: 'wx0000000000000002' })).toBe('receiver');
    expect(reasonOf({ ...input, receiverId: '' })).toBe('receiver');
    expect(reasonOf({ ...input, aesKey: OFFICIAL.key })).toBe('padding');
    expect(reasonOf({ ...input, encrypted: '' })).toBe('base64');
    expect(reasonOf({ ...input, encrypted: '*not base64*' })).toBe('base64');
    expect(reasonOf({ ...input, encrypted: OUR_SUCCESS.slice(0, 44) })).toBe('length');
    expect(reasonOf({ ...input, encrypted: `${OUR_SUCCESS.slice(0, 43)}=` })).toBe('padding');
  });

  it('refuses a length that points outside, a too short text and broken UTF-8', () => {
    const input = { receiverId: OURS.appId, aesKey: OURS.key };
    const endless = Buffer.concat([
      Buffer.alloc(16),
      Buffer.from([0x7f, 0xff, 0xff, 0xff]),
      Buffer.alloc(11, 1),
    ]);
    const cases: [Buffer, string][] = [
      [pad(endless), 'length'],
      [pad(Buffer.alloc(19)), 'length'],
      [
        pad(Buffer.concat([Buffer.alloc(16), Buffer.from([0, 0, 0, 1, 0xff]), Buffer.from(OURS.appId)])),
        'utf8',
      ],
      [Buffer.alloc(32), 'padding'],
      [Buffer.alloc(32, 33), 'padding'],
      [Buffer.concat([Buffer.alloc(31, 7), Buffer.from([8])]), 'padding'],
    ];
    for (const [plain, reason] of cases) {
      expect(reasonOf({ ...input, encrypted: encryptRaw(plain) })).toBe(reason);
    }
  });

  it('says nothing about the content in its error', () => {
    const input = { encrypted: OUR_SUCCESS, receiverId: 'someone else', aesKey: OURS.key };
    expect(() => decryptMessage(input)).toThrow(/^The encrypted message failed its receiver check\.$/);
  });
});

describe('encryption', () => {
  it('makes the official reply', () => {
    const random = Buffer.from('707722b803182950');
    const message = '{"demo_resp":"good luck"}';
    const input = { message, receiverId: OFFICIAL.appId, aesKey: OFFICIAL.key, random };
    expect(encryptMessage(input)).toBe(OFFICIAL_REPLY);
  });

  it('makes the official push again from its parts', () => {
    const random = Buffer.from('a8eedb185eb2fecf');
    const input = { message: OFFICIAL_PUSH_TEXT, receiverId: OFFICIAL.appId, aesKey: OFFICIAL.key, random };
    expect(encryptMessage(input)).toBe(OFFICIAL_PUSH);
  });

  it('makes our vectors, counting bytes and not characters', () => {
    const shared = { receiverId: OURS.appId, aesKey: OURS.key, random: Buffer.from('0123456789abcdef') };
    expect(encryptMessage({ ...shared, message: 'success' })).toBe(OUR_SUCCESS);
    const encrypted = encryptMessage({ ...shared, message: OUR_TEXT });
    expect(Buffer.from(encrypted, 'base64')).toHaveLength(288);
    expect(signatureOf(OURS.token, '1700000000', 'nonce123', encrypted)).toBe(
      '23ace06bddb94071b0fadbe7efd446f2d7233bc1',
    );
  });

  it('makes the vector that the public SDKs share', () => {
    const input = {
      message: '我是中文abcd123',
      receiverId: 'wxb11529c136998cb6',
      aesKey: decodeAesKey('abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG'),
      random: Buffer.from('aaaabbbbccccdddd'),
    };
    expect(encryptMessage(input)).toBe(
      'jn1L23DB+6ELqJ+6bruv21Y6MD7KeIfP82D6gU39rmkgczbWwt5+3bnyg5K55bgVtVzd832WzZGMhkP72vVOfg==',
    );
  });

  it('goes there and back for every length around the padding block, with fresh random bytes', () => {
    const shared = { receiverId: OURS.appId, aesKey: OURS.key };
    const seen = new Set<string>();
    for (let length = 0; length <= 70; length += 1) {
      const message = '\u{1F426}'.repeat(length % 3) + 'x'.repeat(length);
      const encrypted = encryptMessage({ ...shared, message });
      expect(decryptMessage({ ...shared, encrypted })).toBe(message);
      seen.add(encrypted.slice(0, 20));
    }
    expect(seen.size).toBe(71);
  });
});

function reasonOf(input: Parameters<typeof decryptMessage>[0]): string {
  try {
    return `read: ${decryptMessage(input)}`;
  } catch (error) {
    return error instanceof MessageCryptoError ? error.reason : `another error: ${String(error)}`;
  }
}

function pad(plain: Buffer): Buffer {
  const count = 32 - (plain.length % 32);
  return Buffer.concat([plain, Buffer.alloc(count, count)]);
}

function encryptRaw(plain: Buffer): string {
  const cipher = createCipheriv('aes-256-cbc', OURS.key, OURS.key.subarray(0, 16)).setAutoPadding(false);
  return Buffer.concat([cipher.update(plain), cipher.final()]).toString('base64');
}

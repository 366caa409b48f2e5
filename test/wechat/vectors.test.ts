/** The published vectors of signatures and encryption, all the way through the door. */
import { afterEach, describe, expect, it } from 'vitest';
import { decodeAesKey, encryptMessage } from '#src/lib/message-crypto.js';
import { buildXml, parseFlatXml } from '#src/lib/xml.js';
import { sealReply } from '#src/wechat/replies.js';
import { createVerifier } from '#src/wechat/verify.js';
import {
  ACCOUNT,
  AES_KEY,
  type DoorOptions,
  type DoorWorld,
  eventOf,
  openDoor,
  openReply,
} from './door-world.js';

const OFFICIAL = { token: 'AAAAA', appId: 'wxba5fad812f8e6fb9' };
const OFFICIAL_KEY = 'A'.repeat(43);
const OFFICIAL_PUSH =
  '+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVzazhZv6JsXUnnR8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNqJ4M8EajAsjLY2km32IIjdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04=';

const doors: DoorWorld[] = [];
async function open(options?: DoorOptions): Promise<DoorWorld> {
  const door = await openDoor(options);
  doors.push(door);
  return door;
}
afterEach(async () => {
  await Promise.all(doors.splice(0).map((door) => door.close()));
});

describe('the published vectors', () => {
  it('echo the handshake, raw', async () => {
    const door = await open({ settings: OFFICIAL, now: 1_714_036_504_000 });
    const answer = await door.get(
      'signature=f464b24fc39322e44b38aa78f5edd27bd1441696&timestamp=1714036504&nonce=1514711492&echostr=4375120948345356249',
    );
    expect(answer).toMatchObject({ status: 200, text: '4375120948345356249' });
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
  });

  it('take the plaintext push', async () => {
    const door = await open({ settings: OFFICIAL, now: 1_714_037_059_000 });
    const answer = await door.post(
      'signature=899cf89e464efb63f54ddac96b0a0a235f53aa78&timestamp=1714037059&nonce=486452656&openid=o1',
      buildXml(eventOf('debug_demo')),
    );
    expect(answer).toMatchObject({ status: 200, text: 'success' });
  });

  it('take the safe push, whose message is JSON', async () => {
    const door = await open({ settings: { ...OFFICIAL, aesKey: OFFICIAL_KEY }, now: 1_714_112_445_000 });
    const query =
      'signature=6c5c811b55cc85e0e1b54100749188c20beb3f5d&timestamp=1714112445&nonce=415670741&encrypt_type=aes&msg_signature=046e02f8204d34f8ba5fa3b1db94908f3df2e9b3';
    const body = JSON.stringify({ ToUserName: 'gh_97417a04a28d', Encrypt: OFFICIAL_PUSH });
    expect(await door.post(query, body)).toMatchObject({ status: 200, text: 'success' });
    const changed = body.replace('+qdx1', '+qdx2');
    expect(await door.post(query, changed)).toMatchObject({ status: 401, text: '' });
  });

  it('write the encrypted reply', () => {
    const verifier = createVerifier({ ...OFFICIAL, aesKey: OFFICIAL_KEY, previousAesKey: null });
    const reply = sealReply({
      verifier,
      opened: { form: 'json', nonce: '415670741' },
      aesKey: decodeAesKey(OFFICIAL_KEY),
      message: '{"demo_resp":"good luck"}',
      timestamp: 1_713_424_427,
      random: Buffer.from('707722b803182950'),
    });
    expect(JSON.parse(reply)).toEqual({
      Encrypt: 'ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ==',
      MsgSignature: '1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1',
      TimeStamp: 1_713_424_427,
      Nonce: '415670741',
    });
  });

  it('take our own text in safe mode and answer it encrypted', async () => {
    const door = await open({ settings: { aesKey: AES_KEY }, now: 1_700_000_000_000 });
    const message =
      '<xml><ToUserName><![CDATA[gh_sim]]></ToUserName><FromUserName><![CDATA[oSIM1]]></FromUserName><CreateTime>1700000000</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[你好]]></Content><MsgId>23876543210987654</MsgId></xml>';
    const encrypted = encryptMessage({
      message,
      receiverId: ACCOUNT.appId,
      aesKey: decodeAesKey(AES_KEY),
      random: Buffer.from('0123456789abcdef'),
    });
    const answer = await door.post(
      `signature=1adac743bcd498ba019f541d0378232e187cec7b&timestamp=1700000000&nonce=nonce123&encrypt_type=aes&msg_signature=23ace06bddb94071b0fadbe7efd446f2d7233bc1`,
      buildXml({ ToUserName: 'gh_sim', Encrypt: encrypted }),
    );
    const reply = await openReply(answer.text);
    expect(reply.get('ToUserName')).toBe('oSIM1');
    expect(reply.get('FromUserName')).toBe('gh_sim');
    expect(reply.get('Content')).toMatch(/还没有订阅/);
    expect((await parseFlatXml(answer.text)).get('Nonce')).toBe('nonce123');
  });
});

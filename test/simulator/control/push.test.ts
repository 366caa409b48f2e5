/** Pushes that somebody wrote: any body, signed and in the account's mode, as often as asked. */
import { describe, expect, it } from 'vitest';
import { decodeAesKey, decryptMessage, signatureOf } from '#src/lib/message-crypto.js';
import { parseFlatXml } from '#src/lib/xml.js';
import { PUSH_MODES, simulatedWecom, simulatorDefaults } from '#src/simulator/index.js';
import { openServerUrl, openSim, type Push } from '../sim-world.js';

const XML = '<xml><MsgType><![CDATA[ odd ]]></MsgType></xml>';

function opened(encrypted: string, receiverId: string, key: string): string {
  return decryptMessage({ encrypted, receiverId, aesKey: decodeAesKey(key) });
}

function signed({ query }: Push, name: string, ...more: string[]): boolean {
  const token = name === 'wecom' ? simulatorDefaults.wecomToken : simulatorDefaults.token;
  const parts = [token, query.get('timestamp') ?? '', query.get('nonce') ?? '', ...more];
  return query.get(more.length > 0 ? 'msg_signature' : 'signature') === signatureOf(...parts);
}

describe('a push of one’s own', () => {
  it.each(PUSH_MODES)('is signed, and sealed as the account’s %s mode has it', async (mode) => {
    const server = await openServerUrl();
    const sim = await openSim({ pushTo: server.url, mode });
    const answer = await sim.api('POST', '/push', { to: 'wechat', xml: XML });
    expect(answer.body).toEqual({ status: 200, body: 'success', tookMs: expect.any(Number) });
    const [push] = server.pushes;
    expect(push && signed(push, 'wechat')).toBe(true);
    if (mode === 'plain') {
      expect(push?.body).toBe(XML);
      return;
    }
    const outer = await parseFlatXml(push?.body ?? '');
    const encrypted = outer.get('Encrypt') ?? '';
    expect(push && signed(push, 'wechat', encrypted)).toBe(true);
    expect(opened(encrypted, simulatorDefaults.appId, simulatorDefaults.aesKey)).toBe(XML);
    expect(outer.get('MsgType')).toBe(mode === 'compatible' ? ' odd ' : undefined);
  });

  it('is always sealed for the WeCom app', async () => {
    const server = await openServerUrl();
    const sim = await openSim({ wecomPushTo: server.url });
    await sim.api('POST', '/push', { to: 'wecom', xml: XML });
    const [push] = server.pushes;
    const encrypted = (await parseFlatXml(push?.body ?? '')).get('Encrypt') ?? '';
    expect(push && signed(push, 'wecom', encrypted)).toBe(true);
    expect(opened(encrypted, simulatedWecom.corpId, simulatorDefaults.wecomAesKey)).toBe(XML);
  });

  it('in JSON has a JSON envelope', async () => {
    const server = await openServerUrl();
    const sim = await openSim({ pushTo: server.url, mode: 'safe' });
    await sim.api('POST', '/push', { to: 'wechat', json: { MsgType: 'event', List: [1, 2] } });
    const { Encrypt } = JSON.parse(server.pushes[0]?.body ?? '');
    expect(JSON.parse(opened(Encrypt, simulatorDefaults.appId, simulatorDefaults.aesKey))).toEqual({
      MsgType: 'event',
      List: [1, 2],
    });
  });

  it('comes as often as asked, each time freshly signed, and tells each answer', async () => {
    const server = await openServerUrl((_push, nth) => (nth === 2 ? 503 : 'success'));
    const sim = await openSim({ pushTo: server.url });
    const { body } = await sim.api('POST', '/push', { to: 'wechat', xml: XML, times: 3, everyMs: 5_000 });
    expect(body).toMatchObject({
      status: 200,
      all: [{ status: 200 }, { status: 503, body: '' }, { status: 200 }],
    });
    expect(new Set(server.pushes.map(({ query }) => query.get('nonce'))).size).toBe(3);
  });

  it('may be bytes that are no text', async () => {
    const server = await openServerUrl();
    const sim = await openSim({ pushTo: server.url });
    await sim.api('POST', '/push', { to: 'wechat', base64: Buffer.from('<a/>').toString('base64') });
    expect(server.pushes[0]?.body).toBe('<a/>');
  });

  it.each([
    [{ to: 'wechat' }, 400],
    [{ to: 'wechat', xml: '', json: {} }, 400],
    [{ to: 'mail', xml: '' }, 400],
    [{ to: 'wechat', xml: '', times: 0 }, 400],
    [{ to: 'wecom', xml: '' }, 409],
  ])('asked for with %j is refused', async (body, status) => {
    const server = await openServerUrl();
    const sim = await openSim({ pushTo: server.url });
    expect((await sim.api('POST', '/push', body)).status).toBe(status);
    expect(server.pushes).toHaveLength(0);
  });
});

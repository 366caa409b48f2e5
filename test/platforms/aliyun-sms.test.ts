/** Aliyun's SMS call: the signature its documentation shows, and the form that goes out. */
import { afterEach, describe, expect, it } from 'vitest';
import { createSmsPlatform, signRpc } from '#src/platforms/aliyun-sms.js';
import { answering, type Cleanups, cleanUp, openPeer, type PeerAnswer } from '#test/channels/http-peer.js';
import { createTestClock } from '#test/support/clock.js';

const cleanups: Cleanups = [];
afterEach(() => cleanUp(cleanups));

const CREDENTIALS = { accessKeyId: 'simkey', accessKeySecret: 'simsmssecret' };
const REQUEST = {
  phone: '13800138000',
  signName: '青鸟',
  templateCode: 'SMS_1',
  templateParam: { title: "机房 (A)*'!~ + & =" },
  outId: '77',
};

async function call(answer: PeerAnswer) {
  const { url, seen } = await openPeer(cleanups, answer);
  const platform = createSmsPlatform({
    base: `${url}/simulator/sms`,
    clock: createTestClock(),
    makeNonce: () => 'nonce-1',
  });
  cleanups.push(() => platform.close());
  return { answer: await platform.sendSms(CREDENTIALS, REQUEST), request: seen[0] };
}

it('signs the example of the documentation as it does', () => {
  const example = {
    AccessKeyId: 'testId',
    Action: 'SendSms',
    Format: 'XML',
    OutId: '123',
    PhoneNumbers: '15300000001',
    RegionId: 'cn-hangzhou',
    SignName: '阿里云短信测试专用',
    SignatureMethod: 'HMAC-SHA1',
    SignatureNonce: '45e25e9b-0a6f-4070-8c85-2956eda1b466',
    SignatureVersion: '1.0',
    TemplateCode: 'SMS_71390007',
    TemplateParam: '{"customer":"test"}',
    Timestamp: '2017-07-12T02:42:19Z',
    Version: '2017-05-25',
  };
  expect(signRpc(example, { method: 'GET', accessKeySecret: 'testSecret' })).toBe(
    'zJDF+Lrzhj/ThnlvIToysFRq6t4=',
  );
});

it('posts the parameters as a form with a signature over all of them', async () => {
  const { answer, request } = await call(answering(200, { Code: 'OK', Message: 'OK', BizId: '9006^0' }));
  expect(answer).toEqual({ kind: 'answer', status: 200, code: 'OK', message: 'OK', bizId: '9006^0' });
  expect(request).toMatchObject({ method: 'POST', path: '/simulator/sms/' });
  const { Signature, ...rest } = Object.fromEntries(new URLSearchParams(request?.body));
  expect(rest).toEqual({
    Action: 'SendSms',
    Version: '2017-05-25',
    Format: 'JSON',
    RegionId: 'cn-hangzhou',
    AccessKeyId: 'simkey',
    SignatureMethod: 'HMAC-SHA1',
    SignatureVersion: '1.0',
    SignatureNonce: 'nonce-1',
    Timestamp: '2026-11-23T04:00:00Z',
    PhoneNumbers: '13800138000',
    SignName: '青鸟',
    TemplateCode: 'SMS_1',
    TemplateParam: JSON.stringify(REQUEST.templateParam),
    OutId: '77',
  });
  expect(Signature).toBe(signRpc(rest, { method: 'POST', accessKeySecret: 'simsmssecret' }));
  expect(request?.body).not.toContain('simsmssecret');
});

describe('an answer', () => {
  it('of the gateway has a status of its own', async () => {
    const { answer } = await call(answering(403, { Code: 'Throttling.User', Message: 'slow down' }));
    expect(answer).toMatchObject({ kind: 'answer', status: 403, code: 'Throttling.User' });
  });

  it.each([
    ['is no JSON', answering(502, '<html>'), 'decode', 502, false],
    ['says that a gateway waited in vain', answering(504, '<html>'), 'decode', 504, true],
    ['has no code', answering(200, {}), 'decode', 200, true],
    ['breaks off', (res) => res.destroy(), 'network', null, true],
  ] satisfies [string, PeerAnswer, string, number | null, boolean][])(
    'that %s is none',
    async (_, given, reason, status, sent) => {
      const { answer } = await call(given);
      expect(answer).toEqual({ kind: 'no_answer', reason, status, sent });
    },
  );
});

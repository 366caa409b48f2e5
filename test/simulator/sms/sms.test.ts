/** The simulated SMS vendor: its signature, its refusals with their codes, its limits, and the phones' inbox. */
import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { stringToSign } from '#src/simulator/sms/signature.js';
import { type Answer, ask, itemsOf, openSim, type SimWorld } from '../sim-world.js';

let lastNonce = 0;

function toFields(sim: SimWorld, changes: Record<string, string | null> = {}): Record<string, string> {
  lastNonce += 1;
  const fields: Record<string, string | null> = {
    Action: 'SendSms',
    Version: '2017-05-25',
    Format: 'JSON',
    AccessKeyId: 'simkey',
    SignatureMethod: 'HMAC-SHA1',
    SignatureVersion: '1.0',
    SignatureNonce: `n${lastNonce}`,
    Timestamp: new Date(sim.now()).toISOString().replace(/\.\d+/, ''),
    PhoneNumbers: '13800000000',
    SignName: '青鸟',
    TemplateCode: 'SMS_1',
    TemplateParam: '{"title":"磁盘 95% *(急)"}',
    ...changes,
  };
  return Object.fromEntries(
    Object.entries(fields).filter((pair): pair is [string, string] => pair[1] !== null),
  );
}

/** Signs by its own few lines, so that the vendor's side is checked by another hand. */
function sign(method: string, fields: Record<string, string>, secret = 'simsmssecret'): string {
  const encode = (text: string) =>
    new URLSearchParams([['', text]])
      .toString()
      .slice(1)
      .replaceAll('+', '%20')
      .replaceAll('*', '%2A')
      .replaceAll('%7E', '~');
  const query = Object.keys(fields)
    .sort()
    .map((name) => `${encode(name)}=${encode(fields[name] ?? '')}`)
    .join('&');
  return createHmac('sha1', `${secret}&`)
    .update(`${method}&%2F&${encode(query)}`)
    .digest('base64');
}

function call(
  sim: SimWorld,
  changes: Record<string, string | null> = {},
  signature?: string,
): Promise<Answer> {
  const fields = toFields(sim, changes);
  const body = new URLSearchParams({ ...fields, Signature: signature ?? sign('POST', fields) });
  return ask(`${sim.base}/sms/`, { method: 'POST', body });
}

async function inbox(sim: SimWorld): Promise<Record<string, unknown>[]> {
  return itemsOf(await sim.api('GET', '/inboxes/sms'));
}

it('signs as the vendor documents it', () => {
  // The worked example of the vendor's documentation of RPC signatures, with its public test key.
  const fields = {
    AccessKeyId: 'testid',
    Action: 'DescribeRegions',
    Format: 'XML',
    SignatureMethod: 'HMAC-SHA1',
    SignatureNonce: '3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf',
    SignatureVersion: '1.0',
    Timestamp: '2016-02-23T12:46:24Z',
    Version: '2014-05-26',
  };
  expect(stringToSign('GET', fields)).toBe(
    'GET&%2F&AccessKeyId%3Dtestid%26Action%3DDescribeRegions%26Format%3DXML%26SignatureMethod%3DHMAC-SHA1%26SignatureNonce%3D3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf%26SignatureVersion%3D1.0%26Timestamp%3D2016-02-23T12%253A46%253A24Z%26Version%3D2014-05-26',
  );
  expect(sign('GET', fields, 'testsecret')).toBe('OLeaidS1JvxuMvnyHOwuJ+uX5qY=');
});

describe('refusals by the gateway', () => {
  const rows: [name: string, changes: Record<string, string | null>, status: number, code: string][] = [
    ...['Action', 'Version', 'AccessKeyId', 'SignatureNonce', 'Timestamp'].map(
      (name): [string, Record<string, string | null>, number, string] => [
        `a call without ${name}`,
        { [name]: null },
        400,
        `Missing${name}`,
      ],
    ),
    ['another action', { Action: 'DescribeRegions' }, 404, 'InvalidAction.NotFound'],
    ['another version', { Version: '2016-01-01' }, 400, 'InvalidVersion'],
    ['an unknown key', { AccessKeyId: 'nobody' }, 404, 'InvalidAccessKeyId.NotFound'],
    ['another signature method', { SignatureMethod: 'HMAC-MD5' }, 400, 'InvalidParameter.SignatureMethod'],
    ['a time in another form', { Timestamp: '2026-11-23 12:00:00' }, 400, 'InvalidTimeStamp.Format'],
    ['a time sixteen minutes ago', { Timestamp: '2026-11-23T03:44:00Z' }, 400, 'IllegalTimestamp'],
    ['a time sixteen minutes ahead', { Timestamp: '2026-11-23T04:16:00Z' }, 400, 'IllegalTimestamp'],
    ['no phone', { PhoneNumbers: null }, 400, 'MissingPhoneNumbers'],
    ['no signature name', { SignName: null }, 400, 'MissingSignName'],
    ['no template', { TemplateCode: null }, 400, 'MissingTemplateCode'],
  ];
  it.each(rows)('answers %s', async (_, changes, status, code) => {
    const sim = await openSim();
    expect(await call(sim, changes)).toMatchObject({
      status,
      body: { Code: code, Message: expect.any(String), RequestId: expect.stringMatching(/^[0-9A-F]{32}$/) },
    });
    expect(await inbox(sim)).toEqual([]);
  });

  it('answers a wrong signature with what it signed itself', async () => {
    const sim = await openSim();
    const { status, body } = await call(sim, {}, 'AAAA');
    expect([status, body.Code]).toEqual([400, 'SignatureDoesNotMatch']);
    expect(body.Message).toContain('POST&%2F&AccessKeyId%3Dsimkey%26Action%3DSendSms');
  });

  it.each(['GET', 'other secret', 'changed field'])('finds the signature wrong for %s', async (kind) => {
    const sim = await openSim();
    const fields = toFields(sim);
    const Signature = sign(
      kind === 'GET' ? 'GET' : 'POST',
      fields,
      kind === 'other secret' ? 'x' : undefined,
    );
    const sent = kind === 'changed field' ? { ...fields, PhoneNumbers: '13900000000' } : fields;
    const body = new URLSearchParams({ ...sent, Signature });
    expect((await ask(`${sim.base}/sms/`, { method: 'POST', body })).body.Code).toBe('SignatureDoesNotMatch');
  });

  it('takes a nonce once', async () => {
    const sim = await openSim();
    expect((await call(sim, { SignatureNonce: 'same' })).body.Code).toBe('OK');
    expect((await call(sim, { SignatureNonce: 'same' })).body.Code).toBe('SignatureNonceUsed');
  });

  it('has one address', async () => {
    const sim = await openSim();
    expect(await ask(`${sim.base}/sms/other`)).toMatchObject({
      status: 404,
      body: { Code: 'InvalidAction.NotFound' },
    });
  });
});

describe('refusals by the product, with HTTP 200', () => {
  const rows: [changes: Record<string, string | null>, code: string][] = [
    [{ PhoneNumbers: '12345' }, 'isv.MOBILE_NUMBER_ILLEGAL'],
    [{ PhoneNumbers: '13800000000,x' }, 'isv.MOBILE_NUMBER_ILLEGAL'],
    [{ PhoneNumbers: Array(1001).fill('13800000000').join(',') }, 'isv.MOBILE_COUNT_OVER_LIMIT'],
    [{ SignName: '未审核的签名' }, 'isv.SMS_SIGNATURE_ILLEGAL'],
    [{ TemplateCode: 'SMS_2' }, 'isv.SMS_TEMPLATE_ILLEGAL'],
    [{ TemplateParam: '{' }, 'isv.INVALID_JSON_PARAM'],
    [{ TemplateParam: '{"title":5}' }, 'isv.INVALID_JSON_PARAM'],
    [{ TemplateParam: null }, 'isv.TEMPLATE_MISSING_PARAMETERS'],
    [{ TemplateParam: `{"title":"${'长'.repeat(36)}"}` }, 'isv.PARAM_LENGTH_LIMIT'],
    [{ TemplateParam: '{"title":"见 https://example.com"}' }, 'isv.PARAM_NOT_SUPPORT_URL'],
  ];
  it.each(rows)('answers %j with %s', async (changes, code) => {
    const sim = await openSim();
    expect(await call(sim, changes)).toMatchObject({ status: 200, body: { Code: code } });
    expect(await inbox(sim)).toEqual([]);
  });

  it('sends nothing when the account has run out of money', async () => {
    const sim = await openSim();
    await sim.api('POST', '/sms/settings', { isEmpty: true });
    expect((await call(sim)).body).toMatchObject({ Code: 'isv.AMOUNT_NOT_ENOUGH', Message: '账户余额不足' });
    await sim.api('POST', '/sms/settings', { isEmpty: false });
    expect((await call(sim)).body.Code).toBe('OK');
  });

  it('sends one a minute, five an hour and ten a day to a phone while limits are on', async () => {
    const sim = await openSim();
    await sim.api('POST', '/quota', { on: true });
    const steps: [advanceMs: number, code: string, words?: string][] = [
      [0, 'OK'],
      [59_000, 'isv.BUSINESS_LIMIT_CONTROL', '触发分钟级流控Permits:1'],
      ...Array(4).fill([61_000, 'OK']),
      [61_000, 'isv.BUSINESS_LIMIT_CONTROL', '触发小时级流控Permits:5'],
      [3_600_000, 'OK'],
      ...Array(4).fill([61_000, 'OK']),
      [3_600_000, 'isv.BUSINESS_LIMIT_CONTROL', '触发天级流控Permits:10'],
    ];
    for (const [advanceMs, Code, Message = 'OK'] of steps) {
      sim.advance(advanceMs);
      expect((await call(sim)).body).toMatchObject({ Code, Message });
    }
    expect((await call(sim, { PhoneNumbers: '13900000000' })).body.Code).toBe('OK');
  });
});

it('sends the filled-in template with the signature to each phone', async () => {
  const sim = await openSim();
  await sim.api('POST', '/sms/templates', { code: 'SMS_9', text: `\${who}说：\${what}` });
  const changes = {
    TemplateCode: 'SMS_9',
    TemplateParam: '{"who":"小明","what":"好"}',
    PhoneNumbers: '13800000000,+8613900000000',
  };
  expect((await call(sim, changes)).body).toMatchObject({
    Code: 'OK',
    Message: 'OK',
    BizId: expect.any(String),
  });
  expect(await inbox(sim)).toMatchObject([
    { to: '+8613900000000', rendered: '【青鸟】小明说：好' },
    { to: '13800000000', rendered: '【青鸟】小明说：好', templateCode: 'SMS_9' },
  ]);
});

it('takes GET with everything in the query', async () => {
  const sim = await openSim();
  const fields = toFields(sim);
  const query = new URLSearchParams({ ...fields, Signature: sign('GET', fields) });
  expect((await ask(`${sim.base}/sms?${query}`)).body.Code).toBe('OK');
  expect((await inbox(sim))[0]?.rendered).toBe('【青鸟】您有一条新消息：磁盘 95% *(急)');
});

/** The SMS channel: what is asked of the vendor, and what each of its codes means. */
import { describe, expect, it } from 'vitest';
import { createSmsChannel } from '#src/channels/sms/index.js';
import { SMS_CODES, toSmsOutcome } from '#src/channels/sms/outcome.js';
import type { SmsAnswer, SmsPlatform } from '#src/platforms/aliyun-sms.js';
import { messageOf, NOBODY, wrongFields } from '#test/channels/http-peer.js';
import { createTestClock } from '#test/support/clock.js';

const SETTINGS = {
  accessKeyId: 'simkey',
  accessKeySecret: 'simsmssecret',
  signName: '青鸟',
  templateCode: 'SMS_1',
  phone: '138-0013-8000',
};
/** 2026-11-23 12:00 in China. */
const clock = createTestClock();
const NOW = clock.now();

/** The outer wall: the vendor's one call, recorded. */
function fakeVendor(answer: Partial<Extract<SmsAnswer, { kind: 'answer' }>> = {}) {
  const calls: Parameters<SmsPlatform['sendSms']>[] = [];
  const channel = createSmsChannel({
    platform: {
      sendSms: async (...call) => {
        calls.push(call);
        return { kind: 'answer', status: 200, code: 'OK', message: 'OK', bizId: '9006^0', ...answer };
      },
    },
  });
  const send = (settings: Record<string, string> = SETTINGS, title = 'CPU\n> 90%', address = '') =>
    channel.send(
      channel.render(messageOf({ title })),
      settings,
      { ...NOBODY, address },
      {
        deliveryId: 77,
        clock,
        http: { fetch: () => Promise.reject(new Error('not used')) },
      },
    );
  return { channel, calls, send };
}

describe('a short message', () => {
  it('is refused in plain words where the server has no account', async () => {
    const { calls, send } = fakeVendor();
    expect(await send({}, 'CPU', '13800138000')).toMatchObject({ kind: 'refused', code: 'no_account' });
    expect(calls).toEqual([]);
  });

  it('is the title in the template, and nothing else', async () => {
    const { calls, send } = fakeVendor();
    expect(await send()).toEqual({ kind: 'sent', ref: '9006^0' });
    expect(calls).toEqual([
      [
        { accessKeyId: 'simkey', accessKeySecret: 'simsmssecret' },
        {
          phone: '13800138000',
          signName: '青鸟',
          templateCode: 'SMS_1',
          templateParam: { title: 'CPU > 90%' },
          outId: '77',
        },
      ],
    ]);
  });

  it.each([
    [{}, 35],
    [{ maxLength: '20' }, 20],
  ])('is cut to what the variable holds', async (changed, length) => {
    const { calls, send } = fakeVendor();
    await send({ ...SETTINGS, templateParamName: 'what', ...changed }, '长'.repeat(50));
    expect(calls[0]?.[1].templateParam).toEqual({ what: `${'长'.repeat(length - 1)}…` });
  });

  it('goes to the bound phone where the settings name none, and nowhere without one', async () => {
    const { calls, send } = fakeVendor();
    await send({ ...SETTINGS, phone: '' }, 'x', '+8613900139000');
    expect(calls[0]?.[1].phone).toBe('13900139000');
    expect(await send({ ...SETTINGS, phone: '' })).toMatchObject({ kind: 'refused', code: 'no_phone' });
    expect(calls).toHaveLength(1);
  });
});

/** `try` again; `rest`: nothing of the account would go through now; `end` this delivery. */
const MEANING = {
  rest: [
    'isv.BUSINESS_LIMIT_CONTROL',
    'isv.DAY_LIMIT_CONTROL',
    'isv.MONTH_LIMIT_CONTROL',
    'isv.AMOUNT_NOT_ENOUGH',
    'isv.OUT_OF_SERVICE',
    'isv.ACCOUNT_ABNORMAL',
    'isv.ACCOUNT_NOT_EXISTS',
    'isv.PRODUCT_UN_SUBSCRIPT',
    'isv.PRODUCT_UNSUBSCRIBE',
    'isp.RAM_PERMISSION_DENY',
    'isv.RAM_PERMISSION_DENY',
    'isv.DENY_IP_RANGE',
    'SignatureDoesNotMatch',
    'InvalidAccessKeyId.NotFound',
    'InvalidAccessKeyId.Inactive',
    'Forbidden.RAM',
  ],
  end: [
    'isv.SMS_SIGNATURE_ILLEGAL',
    'isv.SIGN_NAME_ILLEGAL',
    'isv.SIGN_STATE_ILLEGAL',
    'isv.SMS_TEMPLATE_ILLEGAL',
    'isv.SMS_SIGNATURE_SCENE_ILLEGAL',
    'isv.TEMPLATE_MISSING_PARAMETERS',
    'isv.TEMPLATE_PARAMS_ILLEGAL',
    'isv.INVALID_JSON_PARAM',
    'isv.INVALID_PARAMETERS',
    'isv.PARAM_LENGTH_LIMIT',
    'isv.PARAM_NOT_SUPPORT_URL',
    'isv.BLACK_KEY_CONTROL_LIMIT',
    'isv.SMS_CONTENT_ILLEGAL',
    'isv.MOBILE_NUMBER_ILLEGAL',
    'isv.MOBILE_COUNT_OVER_LIMIT',
    'isv.SOMETHING_NEW',
  ],
  try: [
    'isp.SYSTEM_ERROR',
    'isv.SYSTEM_ERROR',
    'isp.GATEWAY_ERROR',
    'SignatureNonceUsed',
    'ServiceUnavailable',
    'InternalError',
    'Throttling',
    'Throttling.User',
    'Throttling.Api',
    'IllegalTimestamp',
    'InvalidTimeStamp.Expired',
  ],
};

const outcomeOf = (code: string, message = 'said so', status = 200) =>
  toSmsOutcome({ kind: 'answer', status, code, message, bizId: '' }, NOW);

it.each(Object.entries(MEANING).flatMap(([meaning, codes]) => codes.map((code) => [code, meaning] as const)))(
  '%s means to %s, and says what to do',
  (code, meaning) => {
    const outcome = outcomeOf(code);
    const isRest = outcome.kind === 'retry' && outcome.scope === 'queue';
    expect(isRest ? 'rest' : outcome.kind === 'retry' ? 'try' : 'end').toBe(meaning);
    expect(outcome).toMatchObject({ code, why: expect.stringMatching(/said so；.*\p{Script=Han}{2}/u) });
  },
);

it('has an opinion on every code of the table', () => {
  const known = Object.values(MEANING).flat();
  expect(Object.keys(SMS_CODES).filter((code) => !known.includes(code))).toEqual([]);
});

it.each([
  ['触发分钟级流控Permits:1', NOW + 60_000],
  ['触发小时级流控Permits:5', NOW + 3_600_000],
  ['触发天级流控Permits:10', Date.parse('2026-11-24T00:00:00+08:00')],
])('a limit lets the phone rest as long as it says: %s', (message, until) => {
  expect(outcomeOf('isv.BUSINESS_LIMIT_CONTROL', message)).toMatchObject({ afterMs: until - NOW });
});

it('tries again what a failing server said, and what got no answer', () => {
  expect(outcomeOf('Strange', 'x', 503)).toMatchObject({ kind: 'retry', code: 'Strange' });
  expect(
    toSmsOutcome({ kind: 'no_answer', reason: 'timeout', status: null, sent: false }, NOW),
  ).toMatchObject({
    kind: 'retry',
    code: 'timeout',
  });
});

it.each([
  [{}, []],
  [{ phone: '' }, []],
  [{ phone: '+8613800138000' }, []],
  [{ phone: '12345' }, ['phone']],
  [{ templateCode: '1' }, ['templateCode']],
  [{ templateParamName: '标题' }, ['templateParamName']],
  [{ maxLength: '0' }, ['maxLength']],
])('the settings with %j have these faults: %j', (changed, faults) => {
  expect(wrongFields(fakeVendor().channel, { ...SETTINGS, ...changed })).toEqual(faults);
});

it('counts each phone of an access key as an account of its own', () => {
  const { channel } = fakeVendor();
  const [a, b] = ['13800138000', '13900139000'].map((phone) =>
    channel.accountOf({ ...SETTINGS, phone }, NOBODY),
  );
  expect(a).not.toBe(b);
});

/** What each answer of Aliyun's SMS API means for a delivery. */
import { quote } from '#src/channels/http-answer.js';
import type { Outcome } from '#src/core/types.js';
import { nextChinaMidnight } from '#src/lib/china-time.js';
import type { SmsAnswer } from '#src/platforms/aliyun-sms.js';

/**
 * `later`: this message again; `limit`: a quota that comes back by itself; `account`: the person must mend the account,
 * nothing else would go through; `end`: this message or these settings can never go through.
 */
type Meaning = 'later' | 'limit' | 'account' | 'end';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** How long an account rests that its owner must mend. */
const ACCOUNT_REST_MS = 10 * MINUTE_MS;

const KEY = '请检查通道设置里的 AccessKey ID 与 Secret check the access key';
const SIGN_NAME =
  '请检查短信签名是否已审核通过、拼写一致 check that the signature is approved and spelt alike';
const TEMPLATE =
  '请检查模板是否已审核通过、变量名是否对应 check that the template is approved and its variable fits';
const TEXT = '标题里有短信不允许的内容，请改写 the title holds what an SMS may not';
const PHONE = '请检查手机号 check the phone number';
const PERMISSION = '请在阿里云 RAM 控制台授予 AliyunDysmsFullAccess grant the access key the SMS permission';
const PAY = '阿里云账户余额不足或已欠费，请充值 the Aliyun account is out of money: top it up';
const AUTOMATIC = '通常会自行恢复 that mostly passes by itself';

/** The codes of Aliyun's public list of SendSms errors and of its gateway. */
export const SMS_CODES: Readonly<Record<string, readonly [Meaning, advice: string]>> = {
  'isv.BUSINESS_LIMIT_CONTROL': [
    'limit',
    '触发了阿里云的发送频率限制，稍后解除 a sending limit, which ends later',
  ],
  'isv.DAY_LIMIT_CONTROL': [
    'limit',
    '触发了账户的日发送限额，零点后解除 the daily limit, which ends at midnight',
  ],
  'isv.MONTH_LIMIT_CONTROL': [
    'account',
    '触发了账户的月发送限额，请在控制台调整 the monthly limit: raise it in the console',
  ],
  'isv.AMOUNT_NOT_ENOUGH': ['account', PAY],
  'isv.OUT_OF_SERVICE': ['account', PAY],
  'isv.ACCOUNT_ABNORMAL': [
    'account',
    '阿里云账户异常，请登录控制台查看 the account is restricted: see the console',
  ],
  'isv.ACCOUNT_NOT_EXISTS': ['account', '请确认阿里云账户已开通短信服务 open the SMS service first'],
  'isv.PRODUCT_UN_SUBSCRIPT': ['account', '请先在阿里云开通短信服务 open the SMS service first'],
  'isv.PRODUCT_UNSUBSCRIBE': ['account', '请先在阿里云开通短信服务 open the SMS service first'],
  'isp.RAM_PERMISSION_DENY': ['account', PERMISSION],
  'isv.RAM_PERMISSION_DENY': ['account', PERMISSION],
  SignatureDoesNotMatch: ['account', KEY],
  'InvalidAccessKeyId.NotFound': ['account', KEY],
  'InvalidAccessKeyId.Inactive': [
    'account',
    'AccessKey 已被停用，请检查通道设置 the access key is disabled: check the channel',
  ],
  'Forbidden.RAM': ['account', PERMISSION],
  'isv.SMS_SIGNATURE_ILLEGAL': ['end', SIGN_NAME],
  'isv.SIGN_NAME_ILLEGAL': ['end', SIGN_NAME],
  'isv.SIGN_STATE_ILLEGAL': ['end', SIGN_NAME],
  'isv.SMS_TEMPLATE_ILLEGAL': ['end', TEMPLATE],
  'isv.SMS_SIGNATURE_SCENE_ILLEGAL': ['end', SIGN_NAME],
  'isv.TEMPLATE_MISSING_PARAMETERS': ['end', TEMPLATE],
  'isv.TEMPLATE_PARAMS_ILLEGAL': ['end', TEXT],
  'isv.INVALID_JSON_PARAM': ['end', TEMPLATE],
  'isv.INVALID_PARAMETERS': ['end', TEMPLATE],
  'isv.PARAM_LENGTH_LIMIT': [
    'end',
    '标题超过了模板变量的长度，请把通道的最大字数改小 the title is longer than the variable: set a smaller maximum',
  ],
  'isv.PARAM_NOT_SUPPORT_URL': ['end', '短信变量里不能有网址 an SMS variable may hold no address'],
  'isv.BLACK_KEY_CONTROL_LIMIT': ['end', TEXT],
  'isv.SMS_CONTENT_ILLEGAL': ['end', TEXT],
  'isv.MOBILE_NUMBER_ILLEGAL': ['end', PHONE],
  'isv.MOBILE_COUNT_OVER_LIMIT': ['end', PHONE],
  'isv.DENY_IP_RANGE': [
    'account',
    '源 IP 所在地区被禁用，请在控制台调整 calls from this region are switched off',
  ],
  'isp.SYSTEM_ERROR': ['later', AUTOMATIC],
  'isv.SYSTEM_ERROR': ['later', AUTOMATIC],
  'isp.GATEWAY_ERROR': ['later', AUTOMATIC],
  SignatureNonceUsed: ['later', AUTOMATIC],
  ServiceUnavailable: ['later', AUTOMATIC],
  InternalError: ['later', AUTOMATIC],
  Throttling: ['later', AUTOMATIC],
  'Throttling.User': ['later', AUTOMATIC],
  IllegalTimestamp: ['later', '请校准服务器时间，与阿里云相差不能超过 15 分钟 set the server’s clock right'],
  'InvalidTimeStamp.Expired': [
    'later',
    '请校准服务器时间，与阿里云相差不能超过 15 分钟 set the server’s clock right',
  ],
};

/** The outcome of a call. `now` in milliseconds since the epoch. */
export function toSmsOutcome(answer: SmsAnswer, now: number): Outcome {
  if (answer.kind === 'no_answer') {
    const status = answer.status === null ? '' : ` (HTTP ${answer.status})`;
    return {
      kind: answer.sent ? 'unknown' : 'retry',
      code: answer.reason,
      why: `短信 SMS: 阿里云没有给出可用的应答 no usable answer${status}`,
    };
  }
  if (answer.code === 'OK') {
    return { kind: 'sent', ref: answer.bizId };
  }
  const [meaning, advice] = meaningOf(answer.code, answer.status);
  const { code } = answer;
  const why = `短信 SMS: ${code}${quote(answer.message)}${advice === '' ? '' : `；${advice}`}`;
  switch (meaning) {
    case 'later':
      return { kind: 'retry', code, why };
    case 'limit':
      return { kind: 'retry', scope: 'queue', afterMs: limitMs(answer.message, code, now), code, why };
    case 'account':
      return { kind: 'retry', scope: 'queue', afterMs: ACCOUNT_REST_MS, code, why };
    case 'end':
      return { kind: 'refused', code, why };
  }
}

function meaningOf(code: string, status: number): readonly [Meaning, string] {
  const known = Object.hasOwn(SMS_CODES, code) ? SMS_CODES[code] : undefined;
  if (known) {
    return known;
  }
  if (code.startsWith('Throttling') || status >= 500) {
    return ['later', AUTOMATIC];
  }
  return ['end', '请查阅阿里云短信服务的错误码 see Aliyun’s list of SMS errors'];
}

/** The message names the level, as in "触发小时级流控Permits:5". */
function limitMs(message: string, code: string, now: number): number {
  if (/天级|日级/.test(message) || code === 'isv.DAY_LIMIT_CONTROL') {
    return nextChinaMidnight(now) - now;
  }
  return /分钟级/.test(message) ? MINUTE_MS : HOUR_MS;
}

/** What the SMS vendor checks before it sends: who asks, then what is asked for; each refusal with its code. */
import { equalsInConstantTime } from '#src/lib/hash.js';
import { parseRecord } from '../call.js';
import { signCall, stringToSign } from './signature.js';

const TIME_ALLOWED_MS = 15 * 60_000;
const PHONE = /^(?:\+?86)?1[3-9]\d{9}$/;
const MOST_PHONES = 1_000;

/** The account every simulator has. */
export const SMS_ACCOUNT = { accessKeyId: 'simkey', secret: 'simsmssecret' } as const;

/** A template: its text has `${names}`. */
export interface SmsTemplate {
  code: string;
  text: string;
}

/** A refusal; the gateway answers with an HTTP error, the SMS product itself with 200. */
export interface SmsRefusal {
  status: number;
  code: string;
  message: string;
}

type Fields = Readonly<Record<string, string>>;

/** Common parameters and signature; null when the call is the account's own. */
export function checkCaller(
  { method, fields }: { method: string; fields: Fields },
  { nowMs, isNonceNew }: { nowMs: number; isNonceNew: (nonce: string) => boolean },
): SmsRefusal | null {
  const missing = REQUIRED.find((name) => !fields[name]);
  if (missing) {
    return gateway(400, `Missing${missing}`, `${missing} is mandatory for this action.`);
  }
  if (fields.Action !== 'SendSms') {
    return gateway(
      404,
      'InvalidAction.NotFound',
      'Specified api is not found, please check your url and method.',
    );
  }
  if (fields.Version !== '2017-05-25') {
    return gateway(400, 'InvalidVersion', 'Specified parameter Version is not valid.');
  }
  if (fields.AccessKeyId !== SMS_ACCOUNT.accessKeyId) {
    return gateway(404, 'InvalidAccessKeyId.NotFound', 'Specified access key is not found.');
  }
  if (fields.SignatureMethod !== 'HMAC-SHA1' || fields.SignatureVersion !== '1.0') {
    return gateway(
      400,
      'InvalidParameter.SignatureMethod',
      'The signature method or version is not supported.',
    );
  }
  const late = checkTime(fields.Timestamp ?? '', nowMs);
  if (late) {
    return late;
  }
  const text = stringToSign(method, fields);
  if (!equalsInConstantTime(fields.Signature ?? '', signCall(SMS_ACCOUNT.secret, text))) {
    const words = `Specified signature is not matched with our calculation. server string to sign is:${text}`;
    return gateway(400, 'SignatureDoesNotMatch', words);
  }
  return isNonceNew(fields.SignatureNonce ?? '')
    ? null
    : gateway(400, 'SignatureNonceUsed', 'Specified signature nonce was used already.');
}

/** The sending itself: the phones and the text to send, or the refusal. */
export function checkSms(
  fields: Fields,
  templates: ReadonlyMap<string, SmsTemplate>,
): { phones: string[]; text: string } | SmsRefusal {
  const missing = ['PhoneNumbers', 'SignName', 'TemplateCode'].find((name) => !fields[name]);
  if (missing) {
    return gateway(400, `Missing${missing}`, `${missing} is mandatory for this action.`);
  }
  const phones = (fields.PhoneNumbers ?? '').split(',').map((phone) => phone.trim());
  if (phones.length > MOST_PHONES) {
    return refusal('isv.MOBILE_COUNT_OVER_LIMIT', `手机号码数量超过限制，最多支持${MOST_PHONES}条`);
  }
  const wrong = phones.find((phone) => !PHONE.test(phone));
  if (wrong !== undefined) {
    return refusal('isv.MOBILE_NUMBER_ILLEGAL', `${wrong}不是合法的手机号`);
  }
  if (/^(?:simbad|未审核)/.test(fields.SignName ?? '')) {
    return refusal('isv.SMS_SIGNATURE_ILLEGAL', '账号下找不到该签名');
  }
  const template = templates.get(fields.TemplateCode ?? '');
  if (!template) {
    return refusal('isv.SMS_TEMPLATE_ILLEGAL', '模板不合法(不存在或被拉黑)');
  }
  const text = fillIn(template, fields.TemplateParam ?? '');
  return typeof text === 'string' ? { phones, text: `【${fields.SignName}】${text}` } : text;
}

/** A refusal by the SMS product: HTTP 200 with a code that is not OK. */
export function refusal(code: string, message: string): SmsRefusal {
  return { status: 200, code, message };
}

const REQUIRED = [
  'Action',
  'Version',
  'AccessKeyId',
  'SignatureMethod',
  'SignatureVersion',
  'SignatureNonce',
  'Timestamp',
  'Signature',
];

function gateway(status: number, code: string, message: string): SmsRefusal {
  return { status, code, message };
}

function checkTime(timestamp: string, nowMs: number): SmsRefusal | null {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(timestamp)) {
    return gateway(
      400,
      'InvalidTimeStamp.Format',
      'Specified time stamp or date value is not well formatted.',
    );
  }
  const isNear = Math.abs(Date.parse(timestamp) - nowMs) <= TIME_ALLOWED_MS;
  return isNear
    ? null
    : gateway(
        400,
        'IllegalTimestamp',
        'The input parameter "Timestamp" that is mandatory for processing this request is not supplied or expired.',
      );
}

/** Values must be texts of at most 35 characters, and web addresses may not be among them. */
function fillIn(template: SmsTemplate, json: string): string | SmsRefusal {
  const names = [...template.text.matchAll(/\$\{(\w+)\}/g)].map((match) => match[1] ?? '');
  const given = json === '' ? {} : parseRecord(json);
  if (!given || Object.values(given).some((value) => typeof value !== 'string')) {
    return refusal('isv.INVALID_JSON_PARAM', 'JSON参数不合法，只接受字符串值');
  }
  const values = given as Record<string, string>;
  if (names.some((name) => !values[name])) {
    return refusal('isv.TEMPLATE_MISSING_PARAMETERS', '模板变量缺少对应参数值');
  }
  if (names.some((name) => [...(values[name] ?? '')].length > 35)) {
    return refusal('isv.PARAM_LENGTH_LIMIT', '参数超过长度限制');
  }
  if (names.some((name) => /https?:\/\/|\b\d{1,3}(?:\.\d{1,3}){3}\b/i.test(values[name] ?? ''))) {
    return refusal('isv.PARAM_NOT_SUPPORT_URL', '变量不支持传入URL');
  }
  return template.text.replace(/\$\{(\w+)\}/g, (_, name: string) => values[name] ?? '');
}

/** The official account's error numbers with the text that the platform sends, and how a call is refused with one. */
import { randomHex } from '#src/lib/ids.js';

/** Number to text, as the platform words them. `{…}` is filled in per call. */
export const WECHAT_ERRORS: Readonly<Record<number, string>> = {
  [-1]: 'system error',
  40001: 'invalid credential, access_token is invalid or not latest',
  40002: 'invalid grant_type',
  40003: 'invalid openid',
  40007: 'invalid media_id',
  40008: 'invalid message type',
  40013: 'invalid appid',
  40014: 'invalid access_token',
  40016: 'invalid button size',
  40017: 'invalid button type',
  40018: 'invalid button name size',
  40019: 'invalid button key size',
  40020: 'invalid button url size',
  40022: 'invalid sub button level',
  40023: 'invalid sub button size',
  40024: 'invalid sub button type',
  40025: 'invalid sub button name size',
  40026: 'invalid sub button key size',
  40027: 'invalid sub button url size',
  40029: 'invalid code',
  40032: 'invalid openid list size',
  40036: 'invalid template_id size',
  40037: 'invalid template_id',
  40053: 'invalid action info',
  40054: 'invalid sub button url domain',
  40055: 'invalid button url domain',
  40066: 'invalid url',
  40125: 'invalid appsecret',
  40163: 'code been used',
  40164: 'invalid ip {ip} ipv6 ::ffff:{ip}, not in whitelist',
  40201: 'invalid callback url',
  40202: 'invalid action',
  40203: 'invalid check_operator',
  40243: 'invalid appsecret, the AppSecret has been frozen',
  41001: 'access_token missing',
  41002: 'appid missing',
  41004: 'appsecret missing',
  41008: 'missing code',
  42001: 'access_token expired',
  43001: 'require GET method',
  43002: 'require POST method',
  43004: 'require subscribe',
  43101: 'user refuse to accept the msg',
  43116: 'the template is restricted for abuse',
  44002: 'empty post data',
  44003: 'empty news data',
  44004: 'empty content',
  45002: 'content size out of limit',
  45008: 'article size out of limit',
  45009: 'reach max api daily quota limit',
  45011: 'api minute-quota reach limit, must slower, retry next minute',
  45015: 'response out of time limit or subscription is canceled',
  45026: 'template size out of limit',
  45029: 'qrcode count out of limit',
  45047: 'out of response count limit',
  45109: 'this api has been withdrawn',
  46003: 'menu no exist',
  47001: 'data format error',
  47003: 'argument invalid! data.{field}.value invalid',
  48001: 'api unauthorized',
  48002: 'user block receive message',
  48004: 'api forbidden for irregularities, view detail on mp.weixin.qq.com',
  48006: 'forbid to clear quota because of reaching the limit',
  50004: 'user not allow to use accesstoken, maybe for punishment',
  76021: 'cgi_path not found, please check',
  89503: 'this ip has not been confirmed by the administrator',
  89506: 'the administrator refused this ip twice, try again after 24 hours',
  89507: 'the administrator refused this ip, try again after 1 hour',
};

/** A call that the platform refuses with an error number. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  constructor(
    readonly errcode: number,
    /** Fills the `{…}` of the text. */
    readonly params: Readonly<Record<string, string>> = {},
  ) {
    super(`errcode ${errcode}`);
  }
}

/** The body of a refusal. Its text ends with a request id whose first group is the hex Unix time of the call. */
export function refusalBody(
  errcode: number,
  nowMs: number,
  params: Readonly<Record<string, string>> = {},
): { errcode: number; errmsg: string } {
  const text = (WECHAT_ERRORS[errcode] ?? 'unknown error').replace(
    /\{(\w+)\}/g,
    (_, name) => params[name] ?? '',
  );
  const seconds = Math.floor(nowMs / 1000).toString(16);
  const rid = randomHex(8);
  return { errcode, errmsg: `${text} rid: ${seconds}-${rid.slice(0, 8)}-${rid.slice(8)}` };
}

/** WeCom's error numbers with the texts that the platform sends, and how a call is refused with one. */
import { randomInt } from 'node:crypto';

/** Number to text, as the platform words them. */
const TEXTS: Readonly<Record<number, string>> = {
  [-1]: 'system busy',
  40001: 'invalid credential',
  40003: 'invalid userid',
  40004: 'invalid media type',
  40007: 'invalid media_id',
  40008: 'invalid message type',
  40013: 'invalid corpid',
  40014: 'invalid access_token',
  40031: 'invalid userid list',
  40032: 'userid list too long',
  40056: 'invalid agentid',
  40058: 'invalid Request Parameter',
  40066: 'invalid url',
  40091: 'secret is not of this corp',
  41001: 'access_token missing',
  41002: 'corpid missing',
  41004: 'corpsecret missing',
  41005: 'missing media data',
  41011: 'agentid missing',
  41016: 'missing title',
  41033: 'missing description',
  42001: 'access_token expired',
  43001: 'require GET method',
  43002: 'require POST method',
  44004: 'empty content',
  45002: 'content size out of limit',
  45009: 'api freq out of limit',
  45033: 'api concurrent out of limit',
  48002: 'api forbidden',
  50003: 'app is disabled',
  60003: 'department not found',
  60011: 'no privilege to access/modify contact/party/agent',
  60020: 'not allow to access from your ip',
  60111: 'userid not found',
  81013: 'user & party & tag all invalid',
  82001: 'user & party & tag all invalid',
  82002: 'party list too long',
  82003: 'tag list too long',
  93000: 'invalid webhook url',
  301002: 'not allow operate another agent with this accesstoken',
};

/** A call that WeCom refuses; always HTTP 200. */
export class WecomRefusal extends Error {
  override readonly name = 'WecomRefusal';
  constructor(
    readonly errcode: number,
    /** Stands before the number's own text: which field, which limit. */
    readonly detail?: string,
  ) {
    super(`errcode ${errcode}`);
  }
}

/** When and from where the refused call came. */
export interface RefusedCall {
  nowMs: number;
  ip: string;
}

/** The body of a refusal. Its text ends with a hint that starts with the Unix time, the caller's address and a page. */
export function refusalBody(
  { errcode, detail }: Pick<WecomRefusal, 'errcode' | 'detail'>,
  { nowMs, ip }: RefusedCall,
): { errcode: number; errmsg: string } {
  const text = [detail, TEXTS[errcode] ?? 'unknown error'].filter((part) => part).join('. ');
  const hint = `${Math.floor(nowMs / 1000)}${randomInt(1e7, 9e7)}${randomInt(1e6, 9e6)}`;
  const page = `https://open.work.weixin.qq.com/devtool/query?e=${errcode}`;
  return { errcode, errmsg: `${text}, hint: [${hint}], from ip: ${ip}, more info at ${page}` };
}

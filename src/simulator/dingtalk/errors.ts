/** The robot's error numbers with the texts that DingTalk sends, and how a call is refused with one. */

const MORE = ', more: [https://ding-doc.dingtalk.com/doc#/serverapi2/qf2nxq]';

/** Number to text. 310000 has several, given per call. */
const TEXTS: Readonly<Record<number, string>> = {
  [-1]: '系统繁忙',
  40035: '不合法的参数',
  43002: '需要POST请求',
  130101: 'send too fast, exceed 20 times per minute',
  300005: 'token is not exist',
  310000: 'sign not match',
  400013: '群已被解散',
  400101: 'access_token不存在',
  400102: '机器人已停用',
  410100: '发送速度太快而限流',
  430101: '含有不合适的内容',
  460101: 'message too long, exceed 20000 bytes',
};

/** A call that DingTalk refuses; always HTTP 200. */
export class DingtalkRefusal extends Error {
  override readonly name = 'DingtalkRefusal';
  constructor(
    readonly errcode: number,
    /** Takes the place of the number's own text. */
    readonly text?: string,
  ) {
    super(`errcode ${errcode}`);
  }
}

/** The body of a refusal. */
export function refusalBody(errcode: number, text = TEXTS[errcode] ?? 'unknown error'): object {
  return { errcode, errmsg: errcode === 310000 ? `${text}${MORE}` : text };
}

/** Why deliveries fail, in words for the operator: our own codes, and those of WeChat. */
import { inLanguage } from '#src/lib/in-language.js';
import { describeCode } from '#src/platforms/wechat/index.js';

/** Chinese first, then English. */
export type Remedy = readonly [zh: string, en: string];

const OWN: Readonly<Record<string, Remedy>> = {
  unfollowed: [
    '接收者没有关注（或已取消关注）公众号。',
    'The receiver does not follow the account, or does no more.',
  ],
  expired: [
    '没来得及发出就过了有效期：看看队列是否在休息。',
    'It expired before its turn: see whether a queue rests.',
  ],
  no_channel: ['接收者的通道已被移除。', 'The receiver has removed the channel.'],
  sealed: [
    '密钥无法解密：SECRET_KEY（secret.key）被换过。',
    'Secrets cannot be opened: SECRET_KEY (secret.key) was changed.',
  ],
  internal: [
    '服务器内部错误，请看日志里 level 为 error 的行。',
    'An internal error: see the lines of level error in the log.',
  ],
  lost: [
    '服务中断时正在发送，没有看到应答。',
    'The server stopped while it was on its way, and saw no answer.',
  ],
  retry: ['对方一直没有应答，重试的期限已过。', 'The other side never answered while we tried.'],
  refused: [
    '对方拒收。打开消息的投递记录看原话。',
    'The other side refused: open a message’s trace for its words.',
  ],
  gone: ['收件地址已不存在。', 'The receiving address is no more.'],
  other: ['其他原因。', 'Other reasons.'],
};

/** What a failure on a channel means and what to do; null where only the other side knows. */
export function explainFailure(channel: string, code: string): Remedy | null {
  const own = OWN[code];
  if (own) {
    return own;
  }
  if (channel !== 'wechat' || !/^-?\d{1,6}$/.test(code)) {
    return null;
  }
  const { advice } = describeCode(Number(code), 'template/send');
  return [inLanguage(advice, 'zh'), inLanguage(advice, 'en')];
}

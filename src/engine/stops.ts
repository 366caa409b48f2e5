/** Why a delivery cannot go out, or not now: what happened to the message, the person or the endpoint meanwhile. */
import { chinaDayStart } from '#src/lib/china-time.js';
import type { Address } from '#src/store/addresses.js';

/** A reason that ends a delivery, or one step of its route. */
export interface Stop {
  state: 'failed' | 'cancelled';
  code: string;
  why: string;
}

/** What is remembered of a message. */
export interface MessageFacts {
  deleted: boolean;
  /** Somebody has stopped it. */
  cancelled: boolean;
  expiresAt: number | null;
}

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;

/** The message was taken back. */
export const DELETED: Stop = {
  state: 'cancelled',
  code: 'deleted',
  why: '消息已被发送者删除 The sender deleted the message',
};
/** The message was stopped on its way. */
const CANCELLED: Stop = {
  state: 'cancelled',
  code: 'cancelled',
  why: '消息已取消发送 The message was cancelled',
};
/** The receiver is no more. */
export const ERASED: Stop = {
  state: 'cancelled',
  code: 'erased',
  why: '接收者的数据已删除 The receiver’s data were erased',
};
/** The developer whose app or key sent it, or whose endpoint it is, was disabled. */
export const DISABLED: Stop = {
  state: 'cancelled',
  code: 'developer_disabled',
  why: '开发者已被停用 The developer is disabled',
};
/** The endpoint is no more. */
export const REMOVED: Stop = {
  state: 'cancelled',
  code: 'removed',
  why: '回调地址已被移除 The endpoint was removed',
};
/** The secret key has changed. */
export const SEALED: Stop = {
  state: 'failed',
  code: 'sealed',
  why: '签名密钥无法解密，请确认 SECRET_KEY 没有更换 The signing secret cannot be opened: has SECRET_KEY changed?',
};

/** The channel's settings are no more. */
export const CHANNEL_REMOVED: Stop = {
  state: 'failed',
  code: 'no_channel',
  why: '通道已被移除 The channel was removed',
};

/** Why a message cannot go to a person on a channel any more; null when it can. */
export function stopOf(
  message: MessageFacts | undefined,
  to: Address | undefined,
  at: { channel: string; now: number },
): Stop | null {
  if (message && !to) {
    return ERASED;
  }
  if (!message || message.deleted) {
    return DELETED;
  }
  if (message.cancelled) {
    return CANCELLED;
  }
  if (message.expiresAt !== null && message.expiresAt <= at.now) {
    const why = '消息已过期 The message expired before it could be sent';
    return { state: 'failed', code: 'expired', why };
  }
  if (at.channel === 'wechat' && !to?.following) {
    const why = '接收者没有关注公众号 The person does not follow the account';
    return { state: 'failed', code: 'unfollowed', why };
  }
  if (to?.paused) {
    return { state: 'cancelled', code: 'paused', why: '接收者已暂停接收 The person has paused all messages' };
  }
  return null;
}

/** When a person's quiet hours end, in milliseconds since the epoch; null where it is not quiet now. */
export function quietUntil(quiet: { from: number; to: number } | null, now: number): number | null {
  if (!quiet || quiet.from === quiet.to) {
    return null;
  }
  const dayStart = chinaDayStart(now);
  const minute = (now - dayStart) / MINUTE_MS;
  const isOverMidnight = quiet.from > quiet.to;
  const isQuiet = isOverMidnight
    ? minute >= quiet.from || minute < quiet.to
    : minute >= quiet.from && minute < quiet.to;
  if (!isQuiet) {
    return null;
  }
  const endsTomorrow = isOverMidnight && minute >= quiet.from;
  return dayStart + (quiet.to + (endsTomorrow ? DAY_MINUTES : 0)) * MINUTE_MS;
}

/** Why an endpoint is not called; null when it is. */
export function stopCallback(endpoint: { url: string; disabledAt: Date | null } | undefined): Stop | null {
  if (!endpoint || endpoint.url === '') {
    return REMOVED;
  }
  const why = '回调地址已停用，改正后请重放 The endpoint is switched off; replay once it is mended';
  return endpoint.disabledAt ? { state: 'failed', code: 'disabled', why } : null;
}

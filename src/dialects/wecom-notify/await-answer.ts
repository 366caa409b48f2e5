/** Waits a moment for WeCom's own answer to a message that is committed already, and writes the notify API's answer. */
import type { NotifyAnswer, NotifyCodes } from '#src/core/notify-codes.js';
import type { Clock } from '#src/lib/clock.js';
import { Refusal } from './refusals.js';

/** Waits so many milliseconds. */
export type Delay = (ms: number) => Promise<unknown>;

/** Tells how far a message has come. */
export interface AnswerSource {
  clock: Clock;
  notifyCodes: Pick<NotifyCodes, 'readAnswer'>;
}

type Waiting = Extract<NotifyAnswer, { kind: 'waiting' }>;

/** By its contract the answer waits up to five seconds for WeCom. */
const PATIENCE_MS = 5000;
/** Between two looks: short at first, since WeCom mostly answers within a tenth of a second. */
const LOOKS_MS = [15, 25, 40, 60, 80, 100];
/** WeCom wants the server's address allowed first: somebody has to act, so the caller must hear of it. */
const ADDRESS_CODE = '60020';

/** The body of the answer. Throws Refusal (500) with WeCom's reason. What is only late is answered as queued. */
export async function awaitAnswer(source: AnswerSource, messageId: number, delay: Delay): Promise<object> {
  const { notifyCodes, clock } = source;
  let left = PATIENCE_MS;
  for (let look = 0; ; look += 1) {
    const answer = await notifyCodes.readAnswer(messageId);
    if (answer.kind === 'sent') {
      return toSent(answer.msgIds, answer.missed);
    }
    if (answer.kind === 'failed') {
      throw new Refusal(500, answer.why || '消息发送失败');
    }
    if (left <= 0 || answer.until - clock.now() > left) {
      return toQueued(answer);
    }
    const ms = Math.min(left, LOOKS_MS[look] ?? 150);
    await delay(ms);
    left -= ms;
  }
}

function toSent(msgIds: readonly string[], missed: string): object {
  const response = {
    errcode: 0,
    errmsg: 'ok',
    msgid: msgIds[0] ?? '',
    ...(msgIds.length > 1 ? { msgids: msgIds } : {}),
  };
  return { message: '发送成功', response, ...(missed === '' ? {} : { warning: missed }) };
}

function toQueued({ code, why }: Waiting): object {
  if (code === ADDRESS_CODE) {
    throw new Refusal(500, `${why}（消息已保存，放行后自动发送 kept, and sent once the address is allowed）`);
  }
  const reason = why === '' ? '' : `: ${why}`;
  return {
    message: '已受理，稍后自动发送',
    response: { errcode: 0, errmsg: `queued 排队中${reason}`, msgid: '' },
  };
}

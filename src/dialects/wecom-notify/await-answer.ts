/** Waits a moment for WeCom's own answer to a message that is committed already, and writes the notify API's answer. */
import type { Messages } from '#src/core/messages.js';
import type { NotifyAnswer, NotifyCodes } from '#src/core/notify-codes.js';
import type { Clock } from '#src/lib/clock.js';
import type { Logger } from '#src/lib/logger.js';
import { Refusal } from './refusals.js';

/** Waits so many milliseconds. */
export type Delay = (ms: number) => Promise<unknown>;

/** Tells how far a message has come, and ends one. */
export interface AnswerSource {
  clock: Clock;
  notifyCodes: Pick<NotifyCodes, 'readAnswer' | 'tryNow'>;
  messages: Pick<Messages, 'withdraw'>;
}

/** What waiting takes besides. */
export interface Waiting {
  delay: Delay;
  log: Logger | undefined;
}

/** By its contract the answer waits up to five seconds for WeCom. */
const PATIENCE_MS = 5000;
/** Between two looks: short at first, since WeCom mostly answers within a tenth of a second. */
const LOOKS_MS = [15, 25, 40, 60, 80, 100];
const LAST_LOOK_MS = 150;
/** WeCom wants the server's address allowed first: somebody has to act, so the caller must hear of it. */
const ADDRESS_CODE = '60020';
const WITHDRAWN = '已答复调用者失败，不再发送 its sender was told that it failed: not sent';

/**
 * The body of the answer. Throws Refusal (500) with WeCom's reason, after which the message goes out never: whoever hears of
 * a failure sends again. What is late, or what nobody can tell of, is answered as queued.
 */
export async function awaitAnswer(
  source: AnswerSource,
  messageId: number,
  { delay, log }: Waiting,
): Promise<object> {
  try {
    return await lookOn(source, messageId, createPatience(delay));
  } catch (error) {
    if (error instanceof Refusal) {
      throw error;
    }
    log?.error('nobody can tell what became of a notify message; it stays queued', { messageId, error });
    return toQueued('');
  }
}

async function lookOn(source: AnswerSource, messageId: number, patience: Patience): Promise<object> {
  const { notifyCodes, clock } = source;
  for (;;) {
    const answer = await notifyCodes.readAnswer(messageId);
    switch (answer.kind) {
      case 'sent':
        return toSent(answer);
      case 'unknown':
        return toUnknown(answer.why);
      case 'failed':
        throw new Refusal(500, answer.why || '消息发送失败');
      case 'waiting':
        if (answer.code === ADDRESS_CODE && (answer.isTried || patience.leftMs() <= 0)) {
          return refuse(source, messageId, { why: answer.why, patience });
        }
        if (answer.code === ADDRESS_CODE) {
          // What it waits for was said of an earlier message; the address may be allowed by now.
          await notifyCodes.tryNow(messageId);
        } else if (answer.until - clock.now() > patience.leftMs()) {
          return toQueued(answer.why);
        }
    }
    if (!(await patience.wait())) {
      return toQueued(answer.why);
    }
  }
}

/** Ends the message and says why; where a channel has it in hand already, that one's word is awaited first. */
async function refuse(
  { messages, notifyCodes }: AnswerSource,
  messageId: number,
  { why, patience }: { why: string; patience: Patience },
): Promise<object> {
  const withdraw = () => messages.withdraw(messageId, WITHDRAWN).catch((error: unknown) => ({ error }));
  for (let end = await withdraw(); end !== 'ended'; end = await withdraw()) {
    if (!(await patience.wait())) {
      return toQueued(why);
    }
  }
  const answer = await notifyCodes.readAnswer(messageId);
  if (answer.kind === 'sent') {
    return toSent(answer);
  }
  if (answer.kind === 'unknown') {
    return toUnknown(answer.why);
  }
  throw new Refusal(500, why);
}

interface Patience {
  leftMs(): number;
  /** Waits until the next look; false once there is none. */
  wait(): Promise<boolean>;
}

function createPatience(delay: Delay): Patience {
  let left = PATIENCE_MS;
  let look = 0;
  return {
    leftMs: () => left,
    async wait() {
      if (left <= 0) {
        return false;
      }
      const ms = Math.min(left, LOOKS_MS[look] ?? LAST_LOOK_MS);
      look += 1;
      left -= ms;
      await delay(ms);
      return true;
    },
  };
}

function toSent({ msgIds, missed }: Extract<NotifyAnswer, { kind: 'sent' }>): object {
  const response = {
    errcode: 0,
    errmsg: 'ok',
    msgid: msgIds[0] ?? '',
    ...(msgIds.length > 1 ? { msgids: msgIds } : {}),
  };
  return { message: '发送成功', response, ...(missed === '' ? {} : { warning: missed }) };
}

/** It may have arrived and is not sent again: a program that hears of a failure would send it twice. */
function toUnknown(why: string): object {
  return {
    message: '已发出，没有收到企业微信的应答，可能已经送达',
    response: { errcode: 0, errmsg: `unknown 结果未知: ${why}`, msgid: '' },
  };
}

function toQueued(why: string): object {
  const reason = why === '' ? '' : `: ${why}`;
  return {
    message: '已受理，稍后自动发送',
    response: { errcode: 0, errmsg: `queued 排队中${reason}`, msgid: '' },
  };
}

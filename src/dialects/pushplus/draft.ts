/** Turns the parameters that say what is sent into the domain's words. */
import { checkContent, MESSAGE_LIMITS } from '#src/core/publish.js';
import type { PublishCommand } from '#src/core/types.js';
import { fitBody, fitTitle, toOneLine } from '#src/dialects/fit-texts.js';
import { countCodePoints, takeCodePoints } from '#src/lib/text.js';
import { invalid } from './envelope.js';
import { PLANS, type Plan } from './plans.js';
import type { SendInput } from './read-input.js';
import { drawTemplate } from './templates/index.js';

/** What a message says, and until when it is worth saying. */
export type Draft = Required<Pick<PublishCommand, 'title' | 'body' | 'format' | 'bodyLimit'>> &
  Pick<PublishCommand, 'summary' | 'expiresAt' | 'callbackUrl'> & { template: string };

/** A content of a member's, which is the longest that PushPlus takes. */
const MAX_CONTENT = PLANS.member.characters.content;
const DEFAULT_TEMPLATE = 'html';
/** The last moment that a Date can hold (ECMAScript, time values). */
const MAX_TIME = 8.64e15;

/** Reads what is sent. Throws Refusal, AppError bad_field, content_too_long. */
export function readDraft(input: SendInput, plan: Plan | null, now: number): Draft {
  const { content = '', template = DEFAULT_TEMPLATE, callbackUrl, timestamp } = input;
  if (content === '') {
    throw invalid('消息内容不能为空');
  }
  // Code that works on the content at PushPlus: sent without it, it would be another message.
  if (input.pre !== undefined) {
    throw invalid('不支持预处理编码(pre)，请去掉该参数');
  }
  const title = toOneLine(input.title ?? '');
  checkLengths({ title, content }, plan);
  const { summary, ...drawn } = drawTemplate(template, content, new Date(now));
  checkContent({ body: drawn.body, bodyLimit: MAX_CONTENT });
  const fitted = fitTitle({ title, ...drawn });
  const draft: Draft = {
    ...fitted,
    body: fitBody(fitted.body, MAX_CONTENT),
    bodyLimit: MAX_CONTENT,
    template,
    ...(summary === undefined ? {} : { summary: takeCodePoints(summary, MESSAGE_LIMITS.summary, '…') }),
    ...(timestamp === undefined ? {} : { expiresAt: readTimestamp(timestamp) }),
    ...(callbackUrl === undefined ? {} : { callbackUrl }),
  };
  return draft;
}

function checkLengths(texts: { title: string; content: string }, plan: Plan | null): void {
  for (const name of ['title', 'content'] as const) {
    const limit = plan?.characters[name] ?? Number.POSITIVE_INFINITY;
    if (countCodePoints(texts[name]) > limit) {
      throw invalid(`${name} 过长，最多 ${limit} 个字符`);
    }
  }
}

/** Milliseconds since the epoch: after it the message is not sent. */
function readTimestamp(text: string): Date {
  const at = Number(text);
  if (!Number.isInteger(at) || Math.abs(at) > MAX_TIME) {
    throw invalid('timestamp 应为毫秒时间戳');
  }
  return new Date(at);
}

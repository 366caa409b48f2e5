/** Draws a message for a WeCom app: text, markdown or a card, within WeCom's byte limits. */

import { fitText, splitText } from '#src/channels/fit-text.js';
import { drawMessage, titleLine } from '#src/channels/message-text.js';
import { headingOf } from '#src/channels/parts.js';
import { readRichText } from '#src/channels/rich-text.js';
import { WECOM_MARKDOWN, WECOM_TEXT } from '#src/channels/wecom-markup.js';
import type { MessageContent } from '#src/core/types.js';
import { countBytes, takeBytes } from '#src/lib/byte-cut.js';
import { formatChinaTime } from '#src/lib/china-time.js';
import { takeCodePoints } from '#src/lib/text.js';
import type { WecomFormat, WecomOverflow } from './settings.js';

/** Text and markdown beyond are cut silently by WeCom (message/send, 2025-09). */
const MAX_TEXT_BYTES = 2048;
const MAX_CARD_TITLE_BYTES = 128;
const MAX_CARD_DESCRIPTION_BYTES = 512;
/** A member gets 30 messages a minute; one message must not take all of them. */
const MAX_PARTS = 10;

/** One message of WeCom but for its receivers. */
export interface WecomBody {
  msgtype: WecomFormat;
  [field: string]: unknown;
}

/** The messages that show it, usually one; several only for `split`. */
export function drawWecomBodies(
  message: MessageContent,
  format: WecomFormat,
  overflow: WecomOverflow,
): WecomBody[] {
  if (format === 'textcard') {
    return [drawCard(message)];
  }
  const markup = format === 'markdown' ? WECOM_MARKDOWN : WECOM_TEXT;
  // The WeChat plugin shows no Markdown, so a text's title stands in brackets.
  const drawn = drawMessage(message, markup, (title) =>
    format === 'markdown' ? `**${title}**` : `【${title}】`,
  );
  const room = { max: MAX_TEXT_BYTES, markup };
  const texts =
    overflow === 'split' ? splitText(drawn, { ...room, maxParts: MAX_PARTS }) : [fitText(drawn, room)];
  return texts.map((content) => ({ msgtype: format, [format]: { content } }));
}

function drawCard(message: MessageContent): WecomBody {
  const title = headingOf(message) || '消息 Message';
  const time = `${formatChinaTime(message.createdAt).slice(0, 16)} ${takeCodePoints(titleLine(message.appName), 20, '…')}`;
  const lead = `<div class="gray">${harmless(time.trim())}</div>`;
  const { lines } = readRichText(message.body, message.format);
  const body = lines.map((line) => line.spans.map((span) => span.text).join('')).join('\n');
  const text = harmless(message.summary.trim() || body.trim());
  const room = MAX_CARD_DESCRIPTION_BYTES - countBytes(lead);
  const url = message.pageUrl || message.url;
  return {
    msgtype: 'textcard',
    textcard: {
      title: takeBytes(title, MAX_CARD_TITLE_BYTES),
      description: lead + takeBytes(text, room),
      url,
      btntxt: '详情',
    },
  };
}

/** A card's description takes a few tags; the sender's own text must not be taken for one. */
function harmless(text: string): string {
  return text.replace(/<(?=[a-z/!@])/gi, '＜');
}

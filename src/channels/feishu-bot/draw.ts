/** Draws a message for a Feishu robot: a card with a coloured title, or a text, within 20 KB of body. */

import { BARE_TEXT } from '#src/channels/bare-text.js';
import type { Tone } from '#src/channels/color-tone.js';
import { countJsonBytes, fitText } from '#src/channels/fit-text.js';
import { escapeTags, type Markup } from '#src/channels/markup.js';
import { disarmMentions, drawMessage, titleLine } from '#src/channels/message-text.js';
import type { MessageContent } from '#src/core/types.js';

/** A message in both formats; the settings choose one. */
export interface FeishuDrawing {
  card: { msg_type: 'interactive'; card: Record<string, unknown> };
  text: { msg_type: 'text'; content: { text: string } };
}

/** The whole JSON body may have 20 KB; the card's frame, its buttons and the signature take less than 5,000 bytes. */
const MAX_CONTENT_BYTES = 15_000;
/** Longer addresses are left to the message's page. */
const MAX_URL_LENGTH = 2_000;

const FONT_COLORS: Readonly<Record<Tone, string>> = { alert: 'red', good: 'green', dim: 'grey' };

/** The card's Markdown: no headings and no pictures by address. */
const FEISHU_MARKDOWN: Markup = {
  lineEnd: '\n',
  blankLine: '\n\n',
  bold: (text) => `**${text}**`,
  italic: (text) => `*${text}*`,
  strike: (text) => `~~${text}~~`,
  code: (text) => `\`${text}\``,
  tone: (tone, text) => `<font color='${FONT_COLORS[tone]}'>${text}</font>`,
  heading: (_level, text) => `**${text}**`,
  item: (marker) => (marker === '•' ? '- ' : `${marker} `),
  link: (label, url) => `[${label}](${url})`,
  rule: '———',
  disarm: disarmMentions,
  escape: escapeTags,
};

/** Draws a message; an urgent one has a red title. */
export function drawForFeishu(message: MessageContent): FeishuDrawing {
  const text = drawMessage(message, BARE_TEXT, (title) => `【${title}】`);
  const room = { max: MAX_CONTENT_BYTES, measure: countJsonBytes };
  return {
    card: { msg_type: 'interactive', card: drawCard(message) },
    text: { msg_type: 'text', content: { text: fitText(text, { ...room, markup: BARE_TEXT }) } },
  };
}

function drawCard(message: MessageContent): Record<string, unknown> {
  // The title stands in the card's head and the links are its buttons.
  const drawn = drawMessage(message, FEISHU_MARKDOWN, () => '');
  const room = { max: MAX_CONTENT_BYTES, measure: countJsonBytes, markup: FEISHU_MARKDOWN };
  const content = fitText({ ...drawn, foot: '' }, room);
  const title = titleLine(message.title) || titleLine(message.appName) || '消息 Message';
  const buttons = [
    drawButton('查看原文 Original', message.url),
    drawButton('详情 Details', message.pageUrl),
  ].flat();
  return {
    config: { wide_screen_mode: true },
    header: {
      title: { tag: 'plain_text', content: title },
      template: message.isUrgent ? 'red' : 'blue',
    },
    elements: [
      ...(content === '' ? [] : [{ tag: 'markdown', content }]),
      ...(buttons.length === 0 ? [] : [{ tag: 'action', actions: buttons }]),
    ],
  };
}

function drawButton(label: string, url: string): Record<string, unknown>[] {
  return url === '' || url.length > MAX_URL_LENGTH
    ? []
    : [{ tag: 'button', text: { tag: 'plain_text', content: label }, url, type: 'default' }];
}

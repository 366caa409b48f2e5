/** Draws a message for a DingTalk robot: Markdown or text, within 20,000 bytes of body. */

import { BARE_TEXT } from '#src/channels/bare-text.js';
import { countJsonBytes, fitText } from '#src/channels/fit-text.js';
import { escapeTags, type Markup } from '#src/channels/markup.js';
import { drawMessage, titleLine } from '#src/channels/message-text.js';
import type { MessageContent } from '#src/core/types.js';
import { takeCodePoints } from '#src/lib/text.js';

/** A message in both formats; the settings choose one. */
export interface DingtalkDrawing {
  markdown: { msgtype: 'markdown'; markdown: { title: string; text: string } };
  text: { msgtype: 'text'; text: { content: string } };
}

/** The whole JSON body may have 20,000 bytes (460101); the title and the frame take less than 1,000. */
const MAX_CONTENT_BYTES = 19_000;
/** The title shows in the list of chats and in the notification only. */
const MAX_TITLE_LENGTH = 64;

/** Line ends count only behind two blanks, as in plain Markdown. */
const DINGTALK_MARKDOWN: Markup = {
  lineEnd: '  \n',
  blankLine: '\n\n',
  bold: (text) => `**${text}**`,
  italic: (text) => `*${text}*`,
  heading: (level, text) => `${'#'.repeat(level)} ${text}`,
  item: (marker) => (marker === '•' ? '- ' : `${marker} `),
  link: (label, url) => `[${label}](${url})`,
  image: (alt, url) => `![${alt}](${url})`,
  // DingTalk calls out to people by a field of its own, never by the text.
  disarm: (text) => text,
  // Its clients take HTML for HTML, and phones then show nothing of it (chatgpt-dingtalk, pull request 213).
  escape: escapeTags,
};

/** Draws a message, with its title in bold or, as plain text, in brackets. */
export function drawForDingtalk(message: MessageContent): DingtalkDrawing {
  const markdown = drawMessage(message, DINGTALK_MARKDOWN, (title) => `**${title}**`);
  const text = drawMessage(message, BARE_TEXT, (title) => `【${title}】`);
  const title = titleLine(message.title) || titleLine(message.summary) || titleLine(message.appName);
  const room = { max: MAX_CONTENT_BYTES, measure: countJsonBytes };
  return {
    markdown: {
      msgtype: 'markdown',
      markdown: {
        title: takeCodePoints(title || '消息 Message', MAX_TITLE_LENGTH, '…'),
        text: fitText(markdown, { ...room, markup: DINGTALK_MARKDOWN }),
      },
    },
    text: { msgtype: 'text', text: { content: fitText(text, { ...room, markup: BARE_TEXT }) } },
  };
}

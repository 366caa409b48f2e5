/** A message as a text of lines in a platform's markup: title, body, a link to the original, a link to the rest. */
import type { MessageContent } from '#src/core/types.js';
import { takeCodePoints } from '#src/lib/text.js';
import type { DrawnText } from './fit-text.js';
import { drawLines, drawLink, type Markup, writeText } from './markup.js';
import { repeatsTitle } from './parts.js';
import { readRichText } from './rich-text.js';

/** Longer titles leave no room for the body. */
const MAX_TITLE_LENGTH = 100;
/** No platform shows more than 30,000 bytes. */
const MAX_LINES = 2_000;

/** Draws a message; `head` writes the title line where the message has a title. */
export function drawMessage(
  message: MessageContent,
  markup: Markup,
  head: (title: string) => string,
): DrawnText {
  const { lines, isCut } = readRichText(message.body, message.format);
  const told = lines.slice(0, MAX_LINES);
  const title = titleLine(message.title);
  const drawn = repeatsTitle(message, message.body) ? [] : drawLines(told, markup);
  // A body that shows nothing, such as a lone script: never an empty message, which the platforms refuse.
  const spare = writeText(markup, titleLine(message.summary) || titleLine(message.appName) || '(空 empty)');
  const isEmpty = drawn.length === 0 && title === '';
  return {
    head: title === '' ? '' : head(writeText(markup, title)),
    lines: isEmpty ? [{ text: spare, plain: spare, gap: false }] : drawn,
    foot: message.url === '' ? '' : drawLink(markup, '查看原文 Original', message.url),
    more: message.pageUrl === '' ? '' : drawLink(markup, '查看全文 Read all', message.pageUrl),
    isCut: isCut || told.length < lines.length,
  };
}

/** A title on one line, at most 100 characters. */
export function titleLine(title: string): string {
  return takeCodePoints(title.replace(/[\p{Cc}\s]+/gu, ' ').trim(), MAX_TITLE_LENGTH, '…');
}

/** For WeCom, which also reads links and colours in these texts. */
export function disarmElements(text: string): string {
  return disarmMentions(text).replace(/<(?=\/?(?:a|font)\b)/gi, '<\u200b');
}

/** Breaks `<at ...>`, `<@...>` and their like with a character nobody sees, so that no sender can call out to a group. */
export function disarmMentions(text: string): string {
  return text.replace(/<(?=\/?(?:at\b|@))/gi, '<\u200b');
}

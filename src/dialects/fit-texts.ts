/** Fits what a caller says into a message's limits: what is cut carries a mark, and what a title loses stands in the body. */
import { MESSAGE_LIMITS } from '#src/core/publish.js';
import type { Format } from '#src/core/types.js';
import { escapeHtml } from '#src/lib/bare-link.js';
import { cutWithPictures } from '#src/lib/picture-name.js';
import { settleFormat, stripControls, takeCodePoints } from '#src/lib/text.js';

/** Ends a body that went on. */
export const CUT_MARK = '…\n\n（内容过长，后面的已截去 The rest was too long and is cut）';

/** What a message says, of any length. */
export interface Texts {
  title: string;
  /** Empty where there is nothing but a title. */
  body: string;
  format: Format;
}

/** A title is one line, on every card. */
export function toOneLine(text: string): string {
  return stripControls(text).replace(/\s+/g, ' ').trim();
}

/** The title on one line and within its limit; one that is cut stands whole before the body. */
export function fitTitle({ title, body, format }: Texts): Texts {
  const whole = toOneLine(title);
  const short = takeCodePoints(whole, MESSAGE_LIMITS.title, '…');
  if (short === whole) {
    return { title: short, body, format };
  }
  const settled = settleFormat(body, body === '' ? 'text' : format);
  const parts = [writeIn(settled.format, whole), settled.body].filter((part) => part !== '');
  return { title: short, body: parts.join('\n\n'), format: settled.format };
}

/** A body within a number of characters, with the mark where it is cut. */
export function fitBody(body: string, max = MESSAGE_LIMITS.body): string {
  return cutWithPictures(body, (text) => takeCodePoints(text, max, CUT_MARK));
}

function writeIn(format: Format, text: string): string {
  switch (format) {
    case 'text':
      return text;
    case 'html':
      return `<p>${escapeHtml(text)}</p>`;
    case 'markdown':
      return text.replace(/[\\`*_{}[\]()<>#+\-.!|~&]/g, '\\$&');
  }
}

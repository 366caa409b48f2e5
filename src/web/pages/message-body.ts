/** Turns the body of a message into the HTML of its page, safely and in bounded time. */
import { LRUCache } from 'lru-cache';
import { linkText } from '#src/lib/bare-link.js';
import { hasOwnColors, sanitizeHtml } from '#src/lib/html.js';
import { renderMarkdown } from '#src/lib/markdown.js';
import { settleFormat, type TextFormat } from '#src/lib/text.js';
import { letKeysScroll } from './scroll-boxes.js';

/** Safe HTML with what the page must know about it. */
export interface MessageBody {
  html: string;
  /** How it is to be set: running text whose line breaks count, or rich text. */
  kind: 'plain' | 'rich';
  /** It brings colours made for a light page. */
  ownColors: boolean;
  /** It was too long for its format and is shown as text. */
  tooLong: boolean;
}

/** Twice what the doors accept today. Longer bodies stay readable, as text. */
const MAX_FORMATTED = 80_000;
/** Nobody reads further on a phone. */
const MAX_SHOWN = 1_000_000;
const CACHE_CHARACTERS = 8_000_000;

/** Makes the renderer; it remembers the newest results, since one message is opened by many people at once. */
export function createBodyRenderer(): (body: string, format: TextFormat) => MessageBody {
  const known = new LRUCache<string, MessageBody>({
    maxSize: CACHE_CHARACTERS,
    sizeCalculation: (made, key) => made.html.length + key.length + 1,
  });
  return (body, format) => {
    const key = `${format} ${body}`;
    const made = known.get(key) ?? renderBody(body, format);
    known.set(key, made);
    return made;
  };
}

function renderBody(given: string, as: TextFormat): MessageBody {
  const { body, format } = settleFormat(given, as);
  const tooLong = format !== 'text' && body.length > MAX_FORMATTED;
  if (format === 'text' || tooLong) {
    return { html: linkText(body.slice(0, MAX_SHOWN)), kind: 'plain', ownColors: false, tooLong };
  }
  // In HTML tables are often mere layout, where the focus has no business.
  const html =
    format === 'html'
      ? letKeysScroll(sanitizeHtml(body), 'pre')
      : letKeysScroll(renderMarkdown(body), 'pre|table');
  return { html, kind: 'rich', ownColors: hasOwnColors(html), tooLong };
}

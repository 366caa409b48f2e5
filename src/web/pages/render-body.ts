/** Turns the body of a message into the HTML of its page, safely and in bounded time; runs in a thread where that takes long. */
import { linkText } from '#src/lib/bare-link.js';
import { hasOwnColors, sanitizeHtml } from '#src/lib/html.js';
import { renderMarkdown } from '#src/lib/markdown.js';
import { splitByCost } from '#src/lib/markup-budget.js';
import { settleFormat, type TextFormat } from '#src/lib/text.js';
import { letKeysScroll } from './scroll-boxes.js';

/** What a page is made of. */
export interface BodySource {
  body: string;
  format: TextFormat;
}

/** Safe HTML with what the page must know about it. */
export interface MessageBody {
  html: string;
  /** How it is to be set: running text whose line breaks count, or rich text. */
  kind: 'plain' | 'rich';
  /** It brings colours made for a light page. */
  ownColors: boolean;
  /** Safe HTML of what follows as plain text, since there is too much markup; empty where all is formatted. */
  rest: string;
  /** Why some or all of it is shown as text: too long, too much markup, or too many pages opened at once. */
  note: 'tooLong' | 'tooMuch' | 'busy' | null;
}

/** Twice what the doors accept today. Longer bodies stay readable, as text. */
const MAX_FORMATTED = 80_000;
/** Nobody reads further on a phone. */
const MAX_SHOWN = 1_000_000;
/** How much markup a page has at most, in marks: a table of 3,000 rows and 6 columns. More would keep phones busy too. */
export const PAGE_BUDGET = 20_000;

/** Renders a body. Never throws. */
export function renderBody(source: BodySource): MessageBody {
  const { body, format } = settleFormat(source.body, source.format);
  if (format === 'text' || body.length > MAX_FORMATTED) {
    return toPlainBody(body, format === 'text' ? null : 'tooLong');
  }
  const { head, rest } = splitByCost(body, format, PAGE_BUDGET);
  if (head.trim() === '') {
    return toPlainBody(body, 'tooMuch');
  }
  // In HTML tables are often mere layout, where the focus has no business.
  const html =
    format === 'html'
      ? letKeysScroll(sanitizeHtml(head), 'pre')
      : letKeysScroll(renderMarkdown(head), 'pre|table');
  return {
    html,
    kind: 'rich',
    ownColors: hasOwnColors(html),
    rest: linkText(rest),
    note: rest === '' ? null : 'tooMuch',
  };
}

/** The body as text, whatever its format. */
export function toPlainBody(body: string, note: MessageBody['note']): MessageBody {
  return { html: linkText(body.slice(0, MAX_SHOWN)), kind: 'plain', ownColors: false, rest: '', note };
}

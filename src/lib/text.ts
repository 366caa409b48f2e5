/** Cuts, counts, cleans and flattens texts that strangers wrote, in time that grows with their length only. */
import { placeToCut } from './graphemes.js';
import { createTagReader, hasTags, skipHidden, type Tag } from './html-tags.js';
import { createMarkdownParser } from './markdown-parser.js';
import { CARD_BUDGET, splitByCost } from './markup-budget.js';
import { namePicture } from './picture-name.js';

/** How the body of a message is written. */
export type TextFormat = 'text' | 'html' | 'markdown';

/** The number of Unicode code points: what the platforms count as characters. A lone surrogate counts as one. */
export function countCodePoints(text: string): number {
  let count = 0;
  for (const _ of text) {
    count += 1;
  }
  return count;
}

/**
 * The text itself when it has at most `max` code points, else its start. With `ellipsis` the start is shortened so that
 * start and ellipsis together have at most `max` code points; no character is ever cut in half, nor one of several code points.
 */
export function takeCodePoints(text: string, max: number, ellipsis = ''): string {
  // A code point has one or two UTF-16 units, so a short string needs no counting.
  if (text.length <= max) {
    return text;
  }
  const keep = Math.max(0, max - countCodePoints(ellipsis));
  let units = 0;
  let count = 0;
  let keptUnits = 0;
  for (const point of text) {
    if (count === keep) {
      keptUnits = units;
    }
    units += point.length;
    count += 1;
    if (count > max) {
      return (
        text.slice(0, placeToCut(text, keptUnits)) + (keep === 0 ? takeCodePoints(ellipsis, max) : ellipsis)
      );
    }
  }
  return text;
}

/** Removes control characters except line feed and tab; the other line ends become line feeds. */
export function stripControls(text: string): string {
  return text.replace(/\r\n?|[\u2028\u2029]/g, '\n').replace(/[^\P{Cc}\n\t]/gu, '');
}

/** Whether the text is an absolute http or https address with a host and without blanks or control characters. */
export function isHttpUrl(text: string): boolean {
  return /^https?:\/\/[^\s\p{Cc}]+$/iu.test(text) && URL.canParse(text);
}

/** A body that is called HTML and has no tag in it is a text, whose lines a page would run together. */
export function settleFormat(body: string, format: TextFormat): { body: string; format: TextFormat } {
  return format === 'html' && !hasTags(body)
    ? { body: decodeEntities(body), format: 'text' }
    : { body, format };
}

/**
 * What a body says once its markup is gone, on one line: tags, scripts, styles and comments dropped, pictures replaced by
 * their alt text or a word for it, entities decoded, control characters removed, white space folded.
 */
export function toPlainText(body: string, format: TextFormat): string {
  return fold(plainOf(body, format));
}

/** What a line of Markdown says as a title: without its marks, but for what begins a list and may as well be a number. */
export function toPlainTitle(markdown: string): string {
  const line = fold(markdown);
  const words = line.replace(/^(?:> ?)*#{1,6} +/, '').replace(/ #+$/, '');
  const { head, rest } = splitByCost(words, 'markdown', CARD_BUDGET);
  return fold(dropTags(plainMarkdown.renderInline(head)) + rest) || line;
}

/** How much of a long text without tags is read for its start. */
const START_SOURCE_LENGTH = 2000;

/** The start of `toPlainText`, at most `max` code points with an ellipsis where it goes on; reads no more than it needs. */
export function startOfPlainText(body: string, format: TextFormat, max: number): string {
  // A tag that the cut leaves open would be read as text.
  const canCut = format === 'text' || (format === 'markdown' && !body.includes('<'));
  const { head, rest } = splitByCost(body, format, CARD_BUDGET);
  const start = canCut ? head.slice(0, START_SOURCE_LENGTH) : head;
  const plain = fold(format === 'html' ? dropTags(head, 2 * max) : plainOf(start, format));
  const isShort = start.length < body.length && countCodePoints(plain) <= max;
  return takeCodePoints(isShort ? fold(`${plainOf(head, format)} ${rest}`) : plain, max, '…');
}

function plainOf(body: string, format: TextFormat): string {
  switch (format) {
    case 'text':
      return body;
    case 'html':
      return dropTags(body);
    case 'markdown':
      return dropTags(plainMarkdown.render(body));
  }
}

const plainMarkdown = createMarkdownParser();

function fold(text: string): string {
  return stripControls(text).replace(/\s+/g, ' ').trim();
}

/** Elements that do not end a word; any other tag separates the text around it. */
const INLINE = new Set(
  'a abbr b bdi bdo big cite code copy del dfn em font i ins kbd mark q ruby s samp small span strike strong sub sup tt u var wbr'.split(
    ' ',
  ),
);

/** One pass from the left; each step ends behind what it looked at, so no input makes it look twice. It may stop at `enough`. */
function dropTags(html: string, enough = Number.POSITIVE_INFINITY): string {
  const lower = html.toLowerCase();
  const readTag = createTagReader(html);
  const parts: string[] = [];
  let at = 0;
  let length = 0;
  for (let open = html.indexOf('<'); open >= 0 && length <= enough; open = html.indexOf('<', at)) {
    parts.push(decodeEntities(html.slice(at, open)));
    const tag = readTag(open);
    parts.push(tag === null ? '<' : showTag(tag, html.slice(open, tag.end)));
    length += fold(parts.at(-2) ?? '').length + (tag === null ? 1 : 0);
    at = tag === null ? open + 1 : (skipHidden(lower, tag) ?? tag.end);
  }
  parts.push(length > enough ? '' : decodeEntities(html.slice(at)));
  return parts.join('');
}

function showTag({ kind, name }: Tag, whole: string): string {
  if (kind === 'other') {
    return '';
  }
  if (name === 'img') {
    return ` ${altText(whole) || namePicture()} `;
  }
  return INLINE.has(name) ? '' : ' ';
}

function altText(tag: string): string {
  const found = /\salt=(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/i.exec(tag);
  return decodeEntities(found?.[1] ?? found?.[2] ?? found?.[3] ?? '');
}

/** The named references that people write by hand; any other stays as it is written. */
const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  ensp: ' ',
  emsp: ' ',
  thinsp: ' ',
  copy: '©',
  reg: '®',
  trade: '™',
  hellip: '…',
  mdash: '—',
  ndash: '–',
  lsquo: '‘',
  rsquo: '’',
  ldquo: '“',
  rdquo: '”',
  laquo: '«',
  raquo: '»',
  middot: '·',
  bull: '•',
  deg: '°',
  plusmn: '±',
  times: '×',
  divide: '÷',
  yen: '¥',
  euro: '€',
  pound: '£',
  cent: '¢',
  sect: '§',
  para: '¶',
  larr: '←',
  uarr: '↑',
  rarr: '→',
  darr: '↓',
  micro: 'µ',
  frac12: '½',
};

function decodeEntities(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z][a-z\d]{1,9}));/gi, (whole, dec, hex, name) => {
    if (name !== undefined) {
      return NAMED[name] ?? whole;
    }
    const point = dec === undefined ? Number.parseInt(hex, 16) : Number(dec);
    const valid = point > 0 && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
    return valid ? String.fromCodePoint(point) : '\ufffd';
  });
}

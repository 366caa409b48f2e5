/** Cuts, counts, cleans and flattens texts that strangers wrote, in time that grows with their length only. */
import { createMarkdownParser } from './markdown-parser.js';

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
 * start and ellipsis together have `max` code points; no code point is ever cut in half.
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
      return text.slice(0, keptUnits) + (keep === 0 ? takeCodePoints(ellipsis, max) : ellipsis);
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

/**
 * What a body says once its markup is gone, on one line: tags, scripts, styles and comments dropped, pictures replaced by
 * their alt text, entities decoded, control characters removed, white space folded.
 */
export function toPlainText(body: string, format: TextFormat): string {
  return fold(plainOf(body, format));
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

/** Elements whose text is not for reading. */
const HIDDEN = new Set([
  'script',
  'style',
  'template',
  'title',
  'textarea',
  'noscript',
  'iframe',
  'svg',
  'math',
]);
/** Elements that do not end a word; any other tag separates the text around it. */
const INLINE = new Set(
  'a abbr b bdi bdo big cite code copy del dfn em font i ins kbd mark q ruby s samp small span strike strong sub sup tt u var wbr'.split(
    ' ',
  ),
);
const TAG_NAME = /[a-z][a-z0-9:-]*/iy;

/** One pass from the left; each step ends behind what it looked at, so no input makes it look twice. */
function dropTags(html: string): string {
  const lower = html.toLowerCase();
  const parts: string[] = [];
  let at = 0;
  while (at < html.length) {
    const open = html.indexOf('<', at);
    const end = open < 0 ? html.length : open;
    parts.push(decodeEntities(html.slice(at, end)));
    if (open < 0) {
      break;
    }
    const tag = readTag(html, lower, open);
    parts.push(tag.shows);
    at = tag.end;
  }
  return parts.join('');
}

function readTag(html: string, lower: string, open: number): { shows: string; end: number } {
  if (html.startsWith('<!--', open)) {
    return { shows: '', end: endAfter(html, '-->', open + 4) };
  }
  const next = html[open + 1] ?? '';
  if (next === '!' || next === '?') {
    return { shows: '', end: endAfter(html, '>', open) };
  }
  TAG_NAME.lastIndex = open + (next === '/' ? 2 : 1);
  const name = TAG_NAME.exec(lower)?.[0];
  if (name === undefined) {
    return { shows: '<', end: open + 1 };
  }
  const end = endOfTag(html, open);
  if (HIDDEN.has(name) && next !== '/') {
    const close = lower.indexOf(`</${name}`, end);
    return { shows: ' ', end: close < 0 ? html.length : endAfter(html, '>', close) };
  }
  if (name === 'img') {
    return { shows: ` ${altText(html.slice(open, end))} `, end };
  }
  return { shows: INLINE.has(name) ? '' : ' ', end };
}

function endAfter(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from);
  return found < 0 ? text.length : found + mark.length;
}

/** The place behind the tag's `>`, not counting those inside quotes. */
function endOfTag(html: string, open: number): number {
  let quote = '';
  for (let at = open; at < html.length; at += 1) {
    const char = html[at] ?? '';
    if (quote !== '') {
      quote = char === quote ? '' : quote;
    } else if ((char === '"' || char === "'") && html[at - 1] === '=') {
      quote = char;
    } else if (char === '>') {
      return at + 1;
    }
  }
  return html.length;
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

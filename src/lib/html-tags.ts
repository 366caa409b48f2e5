/** Decides what in an HTML text is a tag: what is no element of HTML is text, and so is what never ends. */

/** Something that is no text. */
export interface Tag {
  /** `other` is a comment or a declaration, which shows nothing. */
  kind: 'open' | 'close' | 'other';
  /** The element, in lower case; empty for `other`. */
  name: string;
  /** The place behind it. */
  end: number;
}

const words = (text: string): readonly string[] => text.split(' ');

/** Elements whose text is not for reading. */
export const HIDDEN_ELEMENTS: readonly string[] = words(
  'applet audio canvas iframe math noscript object option script select style svg template textarea title video',
);
/** Elements that end where they begin. Those of the second list say nothing without attributes. */
const VOID_ELEMENTS = words('br hr wbr');
const VOID_WITH_ATTRIBUTES = words(
  'area base basefont bgsound col embed frame img input link meta param source track',
);
/** Elements that HTML lets end by themselves, and those that people who write by hand forget to end. */
const ENDS_BY_ITSELF = words(
  'a b big blockquote body center colgroup dd div dl dt em font h1 h2 h3 h4 h5 h6 head html i li ol p pre rp rt s ' +
    'small span strike strong table tbody td tfoot th thead tr tt u ul',
);
/** The others of HTML (living standard, 2026-11, with the obsolete ones that browsers know), and Server酱's own `copy`. */
const NEEDS_ITS_END = words(
  'abbr acronym address article aside bdi bdo button caption cite code copy data datalist del details dfn dialog dir ' +
    'fieldset figcaption figure footer form frameset header hgroup ins kbd label legend main map mark marquee menu ' +
    'meter nav nobr noembed noframes optgroup output picture progress q ruby samp search section selectedcontent slot ' +
    'sub summary sup time var',
);

const HIDDEN = new Set(HIDDEN_ELEMENTS);
const NEEDS_END = new Set([...NEEDS_ITS_END, ...HIDDEN_ELEMENTS]);
const NEEDS_ATTRIBUTES = new Set(VOID_WITH_ATTRIBUTES);
const KNOWN = new Set([...VOID_ELEMENTS, ...VOID_WITH_ATTRIBUTES, ...ENDS_BY_ITSELF, ...NEEDS_END]);
/** What is in them is no HTML: nothing but their own end is a tag. */
const RAW = new Set(words('iframe noembed noframes script style textarea title'));

/** No further than the next tag: else a thousand half tags would each be read to the end of the text. */
const NAME = /[a-z][^\s/<>]*/y;
const CLOSER = /<\/([a-z][^\s/<>]*)/g;
/** A document's first line, and the conditions that Office writes. */
const DECLARATION = /<(?:!doctype\b|!\[(?:if|endif)\b|\?xml\b)[^<>]*>/y;

/** Tells what stands at a place that holds "<"; null for text. Asked from left to right it takes time that grows with the text. */
export type TagReader = (open: number) => Tag | null;

/** Makes the reader of a text. */
export function createTagReader(html: string): TagReader {
  const lower = html.toLowerCase();
  const lastCommentEnd = lower.lastIndexOf('-->');
  let lastClosers: Map<string, number> | null = null;

  const isClosed = (name: string, open: number): boolean => {
    lastClosers ??= new Map([...lower.matchAll(CLOSER)].map((found) => [found[1] ?? '', found.index]));
    return (lastClosers.get(name) ?? -1) > open;
  };

  return (open) => {
    if (lower.startsWith('<!--', open)) {
      const isEnded = lastCommentEnd >= open + 2;
      return isEnded ? { kind: 'other', name: '', end: lower.indexOf('-->', open + 2) + 3 } : null;
    }
    DECLARATION.lastIndex = open;
    const declaration = DECLARATION.exec(lower)?.[0];
    if (declaration !== undefined) {
      return { kind: 'other', name: '', end: open + declaration.length };
    }
    const isClose = lower[open + 1] === '/';
    NAME.lastIndex = open + (isClose ? 2 : 1);
    const name = NAME.exec(lower)?.[0] ?? '';
    const end = KNOWN.has(name) ? endOfTag(lower, open) : null;
    if (end === null) {
      return null;
    }
    if (isClose) {
      return { kind: 'close', name, end };
    }
    const isTag = NEEDS_ATTRIBUTES.has(name)
      ? lower.slice(open, end).includes('=')
      : !NEEDS_END.has(name) || isClosed(name, open);
    return isTag ? { kind: 'open', name, end } : null;
  };
}

/** The place behind the closing tag of a hidden element; null for all other elements, whose text is read. */
export function skipHidden(lower: string, { kind, name, end }: Tag): number | null {
  return kind === 'open' && HIDDEN.has(name) ? behindCloser(lower, name, end) : null;
}

/** Whether there is any tag. */
export function hasTags(html: string): boolean {
  const readTag = createTagReader(html);
  for (let at = html.indexOf('<'); at >= 0; at = html.indexOf('<', at + 1)) {
    if (readTag(at) !== null) {
      return true;
    }
  }
  return false;
}

/** The HTML with every "<" that begins no tag written as the text it is, and without comments and declarations. */
export function escapeNonTags(html: string): string {
  const readTag = createTagReader(html);
  const lower = html.toLowerCase();
  const parts: string[] = [];
  let at = 0;
  for (let open = html.indexOf('<'); open >= 0; open = html.indexOf('<', at)) {
    parts.push(html.slice(at, open));
    const tag = readTag(open);
    if (tag === null) {
      parts.push('&lt;');
      at = open + 1;
    } else if (tag.kind === 'other') {
      at = tag.end;
    } else {
      at = tag.kind === 'open' && RAW.has(tag.name) ? behindCloser(lower, tag.name, tag.end) : tag.end;
      parts.push(html.slice(open, at));
    }
  }
  parts.push(html.slice(at));
  return parts.join('');
}

/** The start of a HTML or Markdown text that was cut: what the cut left open is not taken for text. */
export function closeCut(start: string): string {
  const open = start.lastIndexOf('<');
  const whole = open > start.lastIndexOf('>') ? start.slice(0, open) : start;
  return `${whole}\n\n</style></script></svg>`;
}

function behindCloser(lower: string, name: string, from: number): number {
  const mark = `</${name}`;
  let found = lower.indexOf(mark, from);
  while (found >= 0 && !/^[\s/>]?$/.test(lower.charAt(found + mark.length))) {
    found = lower.indexOf(mark, found + 1);
  }
  const end = found < 0 ? -1 : lower.indexOf('>', found);
  return end < 0 ? lower.length : end + 1;
}

/**
 * The place behind a tag's ">", those inside quotes not counted; null where it never ends, or where another "<" stands in
 * it: "if a <b and c <d" are four words.
 */
function endOfTag(html: string, open: number): number | null {
  let isValueNext = false;
  for (let at = open + 1; at < html.length; at += 1) {
    const char = html[at] ?? '';
    if (char === '>') {
      return at + 1;
    }
    if (char === '<') {
      return null;
    }
    if (isValueNext && (char === '"' || char === "'")) {
      const close = html.indexOf(char, at + 1);
      if (close < 0) {
        return null;
      }
      at = close;
      isValueNext = false;
    } else if (!/\s/.test(char)) {
      isValueNext = char === '=';
    }
  }
  return null;
}

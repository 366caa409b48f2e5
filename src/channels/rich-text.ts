/** Reads a body of any format as lines of styled pieces, from which each platform's own small markup is written. */
import { sanitizeHtml } from '#src/lib/html.js';
import { closeCut } from '#src/lib/html-tags.js';
import { createMarkdownParser } from '#src/lib/markdown-parser.js';
import { LOOP_BUDGET, splitByCost } from '#src/lib/markup-budget.js';
import { namePicture } from '#src/lib/picture-name.js';
import { settleFormat, stripControls, type TextFormat } from '#src/lib/text.js';
import { type Tone, toTone } from './color-tone.js';

/** A piece of a line. */
export interface Span {
  text: string;
  bold?: boolean;
  italic?: boolean;
  strike?: boolean;
  code?: boolean;
  tone?: Tone;
  /** Where it leads: http, https, mailto or tel. */
  href?: string;
  /** The piece is a picture at this http address; `text` is what it shows. */
  image?: string;
}

/** One line. */
export interface RichLine {
  kind: 'text' | 'heading' | 'item' | 'code' | 'rule';
  /** 1..6 for a heading, 1 and up for the depth of an item, else 0. */
  level: number;
  /** Before an item: `•` or `3.`. */
  marker: string;
  /** How many quotes it stands in. */
  quote: number;
  /** Whether a blank line stands before it. */
  gap: boolean;
  spans: Span[];
}

/** The lines of a body. */
export interface RichText {
  lines: RichLine[];
  /** The body went on. */
  isCut: boolean;
}

/** No platform shows as much; what is behind it stays unread. */
const MAX_SOURCE_LENGTH = 60_000;

/** Reads a body; behind too much markup it goes on as plain text. Never throws; what runs, frames or hides is gone; links keep safe schemes only. */
export function readRichText(whole: string, as: TextFormat): RichText {
  const isCut = whole.length > MAX_SOURCE_LENGTH;
  const { body, format } = settleFormat(whole.slice(0, MAX_SOURCE_LENGTH), as);
  const source = stripControls(isCut && format !== 'text' ? closeCut(body) : body);
  if (format === 'text') {
    return { lines: readPlainLines(source), isCut };
  }
  const { head, rest } = splitByCost(source, format, LOOP_BUDGET);
  const html = format === 'markdown' ? createMarkdownParser().render(head) : head;
  return { lines: [...readHtmlLines(sanitizeHtml(html)), ...readPlainLines(rest)], isCut };
}

function readPlainLines(text: string): RichLine[] {
  const lines: RichLine[] = [];
  let gap = false;
  for (const line of text.split('\n')) {
    if (line.trim() === '') {
      gap = lines.length > 0;
    } else {
      lines.push({ kind: 'text', level: 0, marker: '', quote: 0, gap, spans: [{ text: line.trimEnd() }] });
      gap = false;
    }
  }
  return lines;
}

/** One tag or one run of text; the sanitiser's output is balanced, lower-case and quoted. */
const PIECE = /<(\/?)([a-z][a-z0-9]*)((?:\s+[a-z-]+(?:="[^"]*")?)*)\s*\/?>|[^<]+|</g;

function readHtmlLines(html: string): RichLine[] {
  const reader = new LineReader();
  for (const [whole, slash, tag, attributes] of html.matchAll(PIECE)) {
    if (tag === undefined) {
      reader.text(decode(whole));
    } else if (slash === '/') {
      reader.close(tag);
    } else {
      reader.open(tag, attributes ?? '');
    }
  }
  return reader.finish();
}

interface Style extends Omit<Span, 'text' | 'image'> {
  pre?: boolean;
  heading?: number;
  quote?: number;
}

const BLOCKS = new Set(
  'blockquote caption center dd details div dl dt figcaption figure h1 h2 h3 h4 h5 h6 hr li ol p pre summary table tr ul'.split(
    ' ',
  ),
);
const SPACED = new Set('blockquote details dl figure h1 h2 h3 h4 h5 h6 hr ol p pre table ul'.split(' '));
const VOID = new Set(['br', 'hr', 'img', 'col']);
const BOLD = new Set(['b', 'strong', 'th', 'summary', 'dt', 'caption']);
const ITALIC = new Set(['i', 'em', 'cite', 'dfn', 'var']);
const STRIKE = new Set(['s', 'del', 'strike']);
const CODE = new Set(['code', 'kbd', 'samp']);

/** Collects lines from tags and texts; a class, since all of it is one state. */
class LineReader {
  private readonly lines: RichLine[] = [];
  private readonly styles: Style[] = [];
  private readonly lists: { isOrdered: boolean; next: number }[] = [];
  private style: Style = {};
  private spans: Span[] = [];
  private marker: string | null = null;
  private gap = false;

  open(tag: string, attributes: string): void {
    if (tag === 'br') {
      this.breakLine();
      return;
    }
    if (tag === 'img') {
      this.picture(attributes);
      return;
    }
    if (BLOCKS.has(tag)) {
      this.flush();
      this.space(tag);
    }
    if (tag === 'hr') {
      this.lines.push({ ...this.emptyLine(), kind: 'rule' });
      this.gap = true;
    }
    if ((tag === 'td' || tag === 'th') && this.spans.length > 0) {
      this.spans = trimEnd(this.spans);
      this.spans.push({ text: ' | ' });
    }
    if (tag === 'ul' || tag === 'ol') {
      this.lists.push({ isOrdered: tag === 'ol', next: Number(attributeOf(attributes, 'start') || 1) });
    }
    if (tag === 'li') {
      this.marker = this.nextMarker();
    }
    if (!VOID.has(tag)) {
      this.styles.push(this.style);
      this.style = nextStyle(this.style, tag, attributes);
    }
  }

  close(tag: string): void {
    if (BLOCKS.has(tag)) {
      this.flush();
    }
    if (tag === 'ul' || tag === 'ol') {
      this.lists.pop();
    }
    if (BLOCKS.has(tag)) {
      this.space(tag);
    }
    if (!VOID.has(tag)) {
      this.style = this.styles.pop() ?? {};
    }
  }

  text(text: string): void {
    if (this.style.pre) {
      text.split('\n').forEach((line, index) => {
        if (index > 0) {
          this.breakLine();
        }
        this.push(line);
      });
      return;
    }
    const folded = text.replace(/[\s\u00a0]+/g, ' ');
    const isAtBlank = this.spans.length === 0 || /\s$/.test(this.spans.at(-1)?.text ?? '');
    this.push(isAtBlank ? folded.trimStart() : folded);
  }

  finish(): RichLine[] {
    this.flush();
    return this.lines;
  }

  private push(text: string): void {
    if (text !== '') {
      const { pre: _pre, heading: _heading, quote: _quote, ...style } = this.style;
      this.spans.push({ ...style, text });
    }
  }

  private picture(attributes: string): void {
    const image = attributeOf(attributes, 'src');
    const alt = attributeOf(attributes, 'alt');
    if (/^https?:/i.test(image)) {
      this.spans.push({ ...this.style, text: alt, image });
    } else {
      // The bytes stand in the text itself, and only the message's page shows them.
      this.push(namePicture(alt));
    }
  }

  private breakLine(): void {
    if (this.spans.length === 0) {
      this.gap = this.lines.length > 0;
    }
    this.flush();
  }

  /** Blocks that browsers set apart, but not inside an item. */
  private space(tag: string): void {
    if (SPACED.has(tag) && this.lists.length === 0 && this.lines.length > 0) {
      this.gap = true;
    }
  }

  private nextMarker(): string {
    const list = this.lists.at(-1);
    if (!list?.isOrdered) {
      return '•';
    }
    list.next += 1;
    return `${list.next - 1}.`;
  }

  private emptyLine(): RichLine {
    const { gap } = this;
    this.gap = false;
    return { kind: 'text', level: 0, marker: '', quote: this.style.quote ?? 0, gap, spans: [] };
  }

  private flush(): void {
    const spans = this.style.pre ? this.spans : trimEnd(this.spans);
    this.spans = [];
    if (!spans.some((span) => span.text.trim() !== '' || span.image)) {
      return;
    }
    const line = { ...this.emptyLine(), spans };
    const { heading, pre } = this.style;
    if (this.marker !== null) {
      this.lines.push({ ...line, kind: 'item', level: Math.max(1, this.lists.length), marker: this.marker });
      this.marker = null;
    } else if (heading !== undefined) {
      this.lines.push({ ...line, kind: 'heading', level: heading });
    } else {
      this.lines.push({ ...line, kind: pre ? 'code' : 'text' });
    }
  }
}

function nextStyle(style: Style, tag: string, attributes: string): Style {
  const tone = toTone(attributeOf(attributes, 'color'), attributeOf(attributes, 'style'));
  const href = tag === 'a' ? attributeOf(attributes, 'href') : '';
  return {
    ...style,
    ...(BOLD.has(tag) ? { bold: true } : {}),
    ...(ITALIC.has(tag) ? { italic: true } : {}),
    ...(STRIKE.has(tag) ? { strike: true } : {}),
    ...(CODE.has(tag) && !style.pre ? { code: true } : {}),
    ...(tag === 'pre' ? { pre: true } : {}),
    ...(/^h[1-6]$/.test(tag) ? { heading: Number(tag[1]) } : {}),
    ...(tag === 'blockquote' ? { quote: (style.quote ?? 0) + 1 } : {}),
    ...(tone ? { tone } : {}),
    ...(href ? { href } : {}),
  };
}

/** Without blanks at the end. */
function trimEnd(spans: readonly Span[]): Span[] {
  const last = spans.findLastIndex((span) => span.text.trim() !== '' || span.image !== undefined);
  return spans
    .slice(0, last + 1)
    .map((span, at) => (at === last ? { ...span, text: span.text.trimEnd() } : span));
}

function attributeOf(attributes: string, name: string): string {
  const start = attributes.indexOf(` ${name}="`);
  const from = start + name.length + 3;
  return start < 0 ? '' : decode(attributes.slice(from, attributes.indexOf('"', from)));
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' };

/** The four references that the sanitiser writes. */
function decode(text: string): string {
  return text.replace(/&(amp|lt|gt|quot);/g, (whole, name: string) => ENTITIES[name] ?? whole);
}

/** Writes lines of styled pieces in a platform's small markup; what the platform lacks stays as plain text. */

import type { Tone } from './color-tone.js';
import type { RichLine, Span } from './rich-text.js';

/** How a platform marks things; what it leaves out is written plain. */
export interface Markup {
  /** Between two lines, and between two lines with a blank one between them. */
  lineEnd: string;
  blankLine: string;
  bold?(text: string): string;
  italic?(text: string): string;
  strike?(text: string): string;
  code?(text: string): string;
  tone?(tone: Tone, text: string): string;
  heading?(level: number, text: string): string;
  /** Before each line of a quote. */
  quote?: string;
  /** Before an item; `•` or a number with a dot comes in. */
  item?(marker: string): string;
  link(label: string, url: string): string;
  image?(alt: string, url: string): string;
  /** A line across the page. */
  rule?: string;
  /** Takes the power from plain text that the platform would act on, such as calling out to everybody. */
  disarm(text: string): string;
  /** Writes plain text outside code so that it is shown and not taken for HTML. */
  escape?(text: string): string;
}

/** Plain text as the platform shows it. */
export function writeText(markup: Markup, text: string): string {
  const disarmed = markup.disarm(text);
  return markup.escape ? markup.escape(disarmed) : disarmed;
}

/**
 * For platforms whose Markdown holds HTML: what could begin a tag is written as a reference, and so is an ampersand that
 * could begin one.
 */
export function escapeTags(text: string): string {
  return text.replace(/&(?=#?\w{1,10};)/g, '&amp;').replace(/<(?=[a-z/!?])/gi, '&lt;');
}

/** A line ready to send. */
export interface DrawnLine {
  text: string;
  /** Without marks, for where it must be cut. */
  plain: string;
  /** Whether a blank line stands before it. */
  gap: boolean;
}

/** Writes the lines. */
export function drawLines(lines: readonly RichLine[], markup: Markup): DrawnLine[] {
  return lines.map((line) => ({
    text: drawLine(line, markup),
    plain: leadOf(line, markup) + writeText(markup, line.spans.map((span) => span.text).join('')),
    gap: line.gap,
  }));
}

/** A word that leads somewhere, for the lines that a channel adds itself. */
export function drawLink(markup: Markup, label: string, url: string): string {
  return markup.link(label, safeUrl(url));
}

function drawLine(line: RichLine, markup: Markup): string {
  const lead = leadOf(line, markup);
  switch (line.kind) {
    case 'rule':
      return lead + (markup.rule ?? '————————');
    case 'heading': {
      const text = line.spans.map((span) => drawSpan({ ...span, bold: false }, markup)).join('');
      return lead + (markup.heading ? markup.heading(line.level, text) : text);
    }
    default:
      return lead + line.spans.map((span) => drawSpan(span, markup)).join('');
  }
}

function leadOf(line: RichLine, markup: Markup): string {
  const quote = (markup.quote ?? '> ').repeat(Math.min(line.quote, 1));
  if (line.kind !== 'item') {
    return quote;
  }
  const indent = '  '.repeat(Math.min(line.level, 6) - 1);
  return quote + indent + (markup.item ? markup.item(line.marker) : `${line.marker} `);
}

function drawSpan(span: Span, markup: Markup): string {
  if (span.image !== undefined) {
    const alt = labelOf(writeText(markup, span.text)) || '图片';
    return (markup.image ?? markup.link)(alt, safeUrl(span.image));
  }
  const isCode = span.code === true && markup.code !== undefined && !span.text.includes('`');
  const text = isCode ? markup.disarm(span.text) : writeText(markup, span.text);
  if (span.href !== undefined && /^https?:/i.test(span.href) && text.trim() !== '') {
    return markup.link(labelOf(text), safeUrl(span.href));
  }
  // Marks must touch the words: "** a **" is shown as it is.
  const [, before = '', words = '', after = ''] = /^(\s*)([\s\S]*?)(\s*)$/.exec(text) ?? [];
  return words === '' ? text : before + mark(words, span, markup) + after;
}

function mark(words: string, span: Span, markup: Markup): string {
  if (span.code && markup.code && !words.includes('`')) {
    return markup.code(words);
  }
  let text = words;
  text = span.italic && markup.italic ? markup.italic(text) : text;
  text = span.strike && markup.strike ? markup.strike(text) : text;
  text = span.bold && markup.bold ? markup.bold(text) : text;
  return span.tone && markup.tone ? markup.tone(span.tone, text) : text;
}

/** Brackets would end the label. */
function labelOf(text: string): string {
  return text.replace(/[[\]]/g, (bracket) => (bracket === '[' ? '［' : '］')).trim();
}

/** Blanks, brackets and quotes would end the address. */
function safeUrl(url: string): string {
  return url.replace(
    /[\s()<>"'\\]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}

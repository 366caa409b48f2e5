/** The one Markdown dialect of this house: tables, line breaks, bare links, HTML let through for the sanitiser. */
import MarkdownIt, { type StateBlock, type StateCore, type StateInline } from 'markdown-it';
import { lengthOfLink } from './bare-link.js';
import { createTagReader, type TagReader } from './html-tags.js';

type BlockRule = (state: StateBlock, startLine: number, endLine: number, silent: boolean) => boolean;

/**
 * Makes a parser whose output is NOT safe to show: raw HTML passes through. `highlight` gets the text and language of a
 * fenced block and returns its HTML, or '' to have it escaped.
 */
export function createMarkdownParser(highlight?: (code: string, language: string) => string): MarkdownIt {
  // A variable, since the published types do not know maxNesting.
  const options = { html: true, breaks: true, linkify: true, maxNesting: 40, highlight: highlight ?? null };
  const parser = new MarkdownIt(options);
  // The library's own matcher for addresses takes quadratic time on "http://a.a/(" repeated; ours looks at each
  // character once. Guessing at bare domain names and mail addresses ("main.py", "a.sh") does more harm than good.
  parser.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false });
  parser.linkify.add('http:', { validate: lengthOfLink }).add('https:', { validate: lengthOfLink });
  parser.linkify.add('ftp:', null).add('mailto:', null).add('//', null);
  keepText(parser);
  parser.core.ruler.push('bound_attributes', boundAttributes);
  return parser;
}

/**
 * A definition of 30,000 characters that ten thousand references repeat would become hundreds of megabytes: beyond some times
 * the text's own length references lead nowhere, and are still read.
 */
function boundAttributes({ src, tokens }: StateCore): void {
  let left = 4 * src.length + 10_000;
  for (const token of tokens.flatMap((block) => [block, ...(block.children ?? [])])) {
    if (token.attrs) {
      left -= token.attrs.reduce((sum, [, value]) => sum + value.length, 0);
      token.attrs = left < 0 ? [] : token.attrs;
    }
  }
}

/** Text that Markdown would take for its own and show without its signs, or not at all, stays text. */
function keepText(parser: MarkdownIt): void {
  parser.block.ruler.at('html_block', onlyTags(ruleOf('html_block')), {
    alt: ['paragraph', 'reference', 'blockquote'],
  });
  parser.block.ruler.at('reference', onlyUsed(ruleOf('reference')));
  parser.inline.ruler.before('autolink', 'foreign_scheme', readForeignScheme);
}

/** A rule of the library's own, which it keeps under no name. */
function ruleOf(name: string): BlockRule {
  const { ruler } = new MarkdownIt().block;
  ruler.enableOnly(name);
  const [rule] = ruler.getRules('');
  if (rule === undefined) {
    throw new Error(`markdown-it has no rule ${name}`);
  }
  return rule;
}

/** A line that begins with `<module>` begins no HTML, in which line breaks and marks would count for nothing. */
function onlyTags(rule: BlockRule): BlockRule {
  let known: { src: string; readTag: TagReader } | null = null;
  return (state, line, ...rest) => {
    const at = startOf(state, line);
    if (state.src[at] !== '<') {
      return false;
    }
    if (known?.src !== state.src) {
      known = { src: state.src, readTag: createTagReader(state.src) };
    }
    return known.readTag(at) !== null && rule(state, line, ...rest);
  };
}

/** `[INFO]: done` is a line of a log: a definition names an address, and something refers to it. */
function onlyUsed(rule: BlockRule): BlockRule {
  let known: { src: string; labels: ReadonlySet<string> } | null = null;
  return (state, line, ...rest) => {
    DEFINITION.lastIndex = startOf(state, line);
    const label = DEFINITION.exec(state.src)?.[1];
    if (label === undefined) {
      return false;
    }
    if (known?.src !== state.src) {
      const found = [...state.src.matchAll(REFERENCE)].map(([, one = '']) => toLabel(one));
      known = { src: state.src, labels: new Set(found) };
    }
    return known.labels.has(toLabel(label)) && rule(state, line, ...rest);
  };
}

/** Labels have at most 999 characters (CommonMark 0.31, link reference definitions). */
const DEFINITION = /\[((?:[^[\]\\]|\\.){1,999})\]:\s*<?(?:https?|mailto|tel|data):/iy;
const REFERENCE = /\[((?:[^[\]\\]|\\.){1,999})\](?!:)/g;

function toLabel(text: string): string {
  return text.trim().replace(/\s+/g, ' ').toLowerCase();
}

function startOf({ bMarks, tShift }: StateBlock, line: number): number {
  return (bMarks[line] ?? 0) + (tShift[line] ?? 0);
}

/** `<std::string>` is no address in brackets: only these schemes are, and those with a mail address. */
const FOREIGN_SCHEME = /<(?!(?:https?|ftp|mailto|tel):)[a-z][a-z\d+.-]{1,31}:/iy;

function readForeignScheme(state: StateInline, silent: boolean): boolean {
  FOREIGN_SCHEME.lastIndex = state.pos;
  if (!FOREIGN_SCHEME.test(state.src)) {
    return false;
  }
  if (!silent) {
    state.pending += '<';
  }
  state.pos += 1;
  return true;
}

/** The one Markdown dialect of this house: tables, line breaks, bare links, HTML let through for the sanitiser. */
import MarkdownIt from 'markdown-it';

/** A bare address ends at blanks, quotes, brackets of any script, and Chinese punctuation. */
const BARE_LINK = /\/\/[a-z\d[][^\s\p{Cc}<>"'`{}|\\^，。；：！？、（）《》【】「」『』“”‘’…]*/iuy;
/** Punctuation at the end of an address belongs to the sentence around it. */
const SENTENCE_END = /[.,;:!?)\]*_~]/;

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
  return parser;
}

/** How many characters from `at`, which is behind the scheme's colon, belong to the address; 0 when none does. */
export function lengthOfLink(text: string, at: number): number {
  BARE_LINK.lastIndex = at;
  const found = BARE_LINK.exec(text)?.[0] ?? '';
  let length = found.length;
  while (length > 2 && SENTENCE_END.test(found[length - 1] ?? '') && !closesBracket(found, length)) {
    length -= 1;
  }
  return length > 2 ? length : 0;
}

/** Whether the last character is the ")" of a "(" inside the address, as in Wikipedia's. */
function closesBracket(found: string, length: number): boolean {
  return found[length - 1] === ')' && length < 200 && found.slice(0, length - 1).includes('(');
}

/** The one Markdown dialect of this house: tables, line breaks, bare links, HTML let through for the sanitiser. */
import MarkdownIt from 'markdown-it';
import { lengthOfLink } from './bare-link.js';

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

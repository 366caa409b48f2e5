/** Shows the Markdown of chat robots as a person reads it: marks are gone, words and line breaks stay. */

const LINK = /!?\[([^\]\n]*)\]\(\s*([^)\s]*)[^)\n]*\)/;
const TAG = /<\/?(?:font|at|text_tag|br|b|i|u|s|strong|em|a|div|span)\b[^<>\n]*>/gi;

const ANY_TAG = /<\/?[a-z][^<>\n]*>/gi;
const REFERENCES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', '#60': '<', '#62': '>' };

/** The same on platforms that take any tag for HTML, and character references for what they stand for. */
export function showHtmlMarkdown(text: string): string {
  return showMarkdown(text.replace(ANY_TAG, '')).replace(
    /&(lt|gt|amp|#60|#62);/g,
    (whole, name: string) => REFERENCES[name] ?? whole,
  );
}

/** Chat Markdown without its marks. A list keeps its bullets, since chat clients show them as typed. */
export function showMarkdown(text: string): string {
  return text
    .split('\n')
    .map((line) => line.replace(/^ {0,3}#{1,6}\s+/, '').replace(/^ {0,3}(?:>\s?)+/, ''))
    .join('\n')
    .replace(new RegExp(LINK, 'g'), (_, label) => label)
    .replace(TAG, '')
    .replace(/(\*\*|__|~~)(?=\S)([^\n]*?\S)\1/g, '$2')
    .replace(/`([^`\n]+)`/g, '$1');
}

/** Where the first link of chat Markdown leads; undefined when it has none. */
export function firstMarkdownLink(text: string): string | undefined {
  return LINK.exec(text.replace(/!\[[^\]\n]*\]\([^)\n]*\)/g, ''))?.[2] || undefined;
}

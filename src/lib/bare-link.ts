/** Finds addresses that people write into running text, and makes links of them. */

/** An address ends at blanks, quotes, brackets of any script but its own, and Chinese punctuation. */
const REST = /\/\/[a-z\d[][^\s\p{Cc}<>"'`{}|\\^，。；：！？、（）《》【】「」『』“”‘’…]*/iuy;
/** Punctuation at the end of an address belongs to the sentence around it. */
const SENTENCE_END = /[.,;:!?)\]*_~]/;
const SCHEME = /https?:(?=\/\/)/gi;

/** How many characters from `at`, which is behind the scheme's colon, belong to the address; 0 when none does. */
export function lengthOfLink(text: string, at: number): number {
  REST.lastIndex = at;
  const found = REST.exec(text)?.[0] ?? '';
  let length = found.length;
  while (length > 2 && SENTENCE_END.test(found[length - 1] ?? '') && !closesBracket(found, length)) {
    length -= 1;
  }
  return length > 2 ? length : 0;
}

/** Safe HTML of a plain text: everything escaped, http and https addresses clickable. Line breaks stay as they are. */
export function linkText(text: string): string {
  const parts: string[] = [];
  let done = 0;
  for (const found of text.matchAll(SCHEME)) {
    const start = found.index;
    const length = start < done ? 0 : lengthOfLink(text, start + found[0].length);
    if (length > 0) {
      const end = start + found[0].length + length;
      const address = escapeHtml(text.slice(start, end));
      const link = `<a href="${address}" target="_blank" rel="noopener noreferrer nofollow">${address}</a>`;
      parts.push(escapeHtml(text.slice(done, start)), link);
      done = end;
    }
  }
  parts.push(escapeHtml(text.slice(done)));
  return parts.join('');
}

/** Escapes a text for HTML, inside elements and inside quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

/** Whether the last character is the ")" of a "(" inside the address, as in Wikipedia's. */
function closesBracket(found: string, length: number): boolean {
  return found[length - 1] === ')' && length < 200 && found.slice(0, length - 1).includes('(');
}

/** Emoji by their short codes, as GitHub and many push clients write them (gemoji's table). */
import table from 'markdown-it-emoji/lib/data/full.mjs';

/** The emoji of a short code such as `warning`; undefined for any other word. */
export function emojiOf(code: string): string | undefined {
  const name = code.trim().toLowerCase();
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

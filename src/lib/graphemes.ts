/** Finds places where a text can be cut: between what people see as characters, such as an emoji of several code points. */

/** Longer characters are no characters of any language, and are cut between code points. */
const LONGEST = 64;
/** Two neighbours of these never belong together: ASCII, Latin, Chinese and its signs. */
const PLAIN = /^[\u0020-\u02ff\u3000-\u3029\u3040-\u3096\u4e00-\u9fff\uff00-\uff9d]{2}$/;

const FLAG_LETTER = /^\ud83c[\udde6-\uddff]$/;

let segmenter: Intl.Segmenter | null = null;

/** The last place at or before `at` (UTF-16 units) where no character is cut in half; 0 where the first one is longer. */
export function placeToCut(text: string, at: number): number {
  if (at <= 0 || at >= text.length) {
    return Math.min(Math.max(at, 0), text.length);
  }
  if (PLAIN.test(text.slice(at - 1, at + 1))) {
    return at;
  }
  // A line end is a place where characters begin anew; so is the text's own start. Of flags two letters make one.
  const from = wholePair(text, Math.max(0, at - 4 * LONGEST));
  let start = Math.max(from, text.lastIndexOf('\n', at - 1) + 1);
  while (FLAG_LETTER.test(text.slice(start - 2, start))) {
    start -= 2;
  }
  segmenter ??= new Intl.Segmenter('und', { granularity: 'grapheme' });
  const { index = 0 } = segmenter.segment(text.slice(start, at + LONGEST)).containing(at - start) ?? {};
  const place = start + index;
  return at - place > LONGEST || (place === start && start > 0 && start === from)
    ? wholePair(text, at)
    : place;
}

/** Not between the halves of a pair. */
function wholePair(text: string, at: number): number {
  const last = text.charCodeAt(at - 1);
  return last >= 0xd800 && last <= 0xdbff ? at - 1 : at;
}

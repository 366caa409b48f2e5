/** Makes any text fit the keyword of a WeChat template: each kind of keyword has a rule, and a bad value fails the call. */
import { takeCodePoints } from '#src/lib/text.js';

/** What WeChat takes out of the values that it shows. It leaves the blanks around it, which would open the line. */
const EMOJI =
  /\p{Emoji_Presentation}|\p{Extended_Pictographic}\uFE0F|\p{Emoji_Modifier}|\p{Regional_Indicator}|[\u200D\u20E3\uFE0F]/gu;

/** Takes the place of a text of which nothing fits. */
const NOTHING = '无';

interface KeywordRule {
  /** Takes what fits out of one trimmed line; empty when nothing does. */
  take: (line: string) => string;
  /** Stands in where nothing fits. */
  empty: string;
}

/** The start of the line, with an ellipsis where it is cut. */
const textOf = (max: number): KeywordRule => ({
  take: (line) => takeCodePoints(line, max, '…'),
  empty: NOTHING,
});
/** Only the characters of a kind; `mark` ends what is cut, where the kind has signs for one. */
const only = (
  kept: RegExp,
  max: number,
  { empty, mark = '' }: { empty: string; mark?: string },
): KeywordRule => ({
  take: (line) =>
    takeCodePoints((line.match(kept) ?? []).join('').replace(/ +/g, ' ').trim(), max, mark).trim(),
  empty,
});
/** The first place in the line that has the form. */
const first = (form: RegExp, empty: string): KeywordRule => ({
  take: (line) => form.exec(line)?.[0].trim() ?? '',
  empty,
});

/**
 * The rules by the keyword's name without its number, from WeChat's template documentation (2023-05 and later): lengths
 * are code points. A keyword of another name belongs to a free template, whose values are cut at 20 when shown.
 */
const RULES: Readonly<Record<string, KeywordRule>> = {
  thing: textOf(20),
  short_thing: textOf(5),
  const: textOf(20),
  character_string: only(/[\x20-\x7e]/g, 32, { empty: '-', mark: '...' }),
  phrase: only(/\p{Script=Han}/gu, 5, { empty: '通知' }),
  // Ten Chinese characters or twenty letters and symbols, never both.
  name: {
    take: (line) => {
      const han = (line.match(/\p{Script=Han}/gu) ?? []).join('');
      const latin = (line.match(/[ -/:-~]/g) ?? []).join('').trim();
      return han === '' ? takeCodePoints(latin, 20, '...').trim() : takeCodePoints(han, 10);
    },
    empty: NOTHING,
  },
  letter: only(/[A-Za-z]/g, 32, { empty: 'A' }),
  symbol: only(/[!-/:-@[-`{-~]/g, 5, { empty: '-' }),
  number: first(/[+-]?\d{1,20}(?:\.\d{1,10})?/, '0'),
  amount: first(/[¥￥$€£]?\d{1,10}(?:\.\d{1,2})?元?/u, '0'),
  phone_number: first(/\+?\d[\d() -]{0,15}/, '0'),
  // Chinese characters first and last only.
  car_number: first(/[\p{Script=Han}A-Za-z\d](?:[A-Za-z\d·-]{0,6}[\p{Script=Han}A-Za-z\d])?/u, '0'),
};
const FREE = textOf(20);

/** The kind of a keyword: `thing` of `thing1`; `free` for the keywords of free templates. */
export function keywordKind(keyword: string): string {
  const kind = keyword.replace(/\d+$/, '');
  return Object.hasOwn(RULES, kind) || kind === 'time' || kind === 'date' ? kind : 'free';
}

/**
 * The value for a keyword made of a text, or of a time where the keyword is one. Never empty: an empty line is refused
 * by category templates and hides the label in free ones.
 */
export function fitKeyword(keyword: string, text: string, chinaTime: string): string {
  const kind = keywordKind(keyword);
  if (kind === 'time') {
    return chinaTime.slice(0, 16);
  }
  if (kind === 'date') {
    return chinaTime.slice(0, 10);
  }
  const { take, empty } = RULES[kind] ?? FREE;
  // Half of a pair is no text: WeChat refuses the whole call for one.
  const line = text
    .toWellFormed()
    .replace(EMOJI, '')
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim();
  return take(line) || empty;
}

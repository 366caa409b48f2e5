/** Makes any text fit the keyword of a WeChat template: each kind of keyword has a rule, and a bad value fails the call. */

/** Values that take the place of a text of which nothing fits. */
const NOTHING = '无';

interface KeywordRule {
  /** What of the text may stay. */
  keep?: RegExp;
  max: number;
  /** Stands in for a text of which nothing is left. */
  empty: string;
}

/**
 * The rules by the keyword's name without its number, from WeChat's template documentation (2023-05 and later): lengths
 * are code points. A keyword of another name belongs to a free template, whose values are cut at 20 when shown.
 */
const RULES: Readonly<Record<string, KeywordRule>> = {
  thing: { max: 20, empty: NOTHING },
  short_thing: { max: 5, empty: NOTHING },
  character_string: { keep: /[\x21-\x7e]/g, max: 32, empty: '-' },
  const: { max: 20, empty: NOTHING },
  phrase: { keep: /\p{Script=Han}/gu, max: 5, empty: '通知' },
  name: { keep: /[\p{Script=Han}]/gu, max: 10, empty: NOTHING },
  number: { keep: /[\d.]/g, max: 32, empty: '0' },
  letter: { keep: /[A-Za-z]/g, max: 32, empty: 'A' },
  symbol: { keep: /[!-/:-@[-`{-~]/g, max: 5, empty: '-' },
  amount: { keep: /[\d.]/g, max: 10, empty: '0' },
  phone_number: { keep: /[\d+\-() ]/g, max: 17, empty: '0' },
  car_number: { keep: /[\p{Script=Han}A-Za-z0-9]/gu, max: 8, empty: '0' },
};
const FREE: KeywordRule = { max: 20, empty: NOTHING };

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
  const rule = RULES[kind] ?? FREE;
  const line = text.replace(/\p{Cc}+|\s+/gu, ' ').trim();
  const kept = rule.keep ? (line.match(rule.keep) ?? []).join('') : line;
  const points = [...kept];
  if (points.length === 0) {
    return rule.empty;
  }
  if (points.length <= rule.max) {
    return kept;
  }
  const ellipsis = rule.keep ? '' : '…';
  return points.slice(0, rule.max - ellipsis.length).join('') + ellipsis;
}

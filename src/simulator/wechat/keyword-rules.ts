/** What each keyword type of a category template takes; anything else fails the whole call with 47003. */
import { countCodePoints } from '#src/lib/text.js';

const DATE = String.raw`\d{4}(?:年(?:0?[1-9]|1[0-2])月(?:0?[1-9]|[12]\d|3[01])日|([-/.])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12]\d|3[01]))`;
const CLOCK = String.raw`(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?`;
/** A time with an optional date before it; a date with an optional time after it. */
const TIME = new RegExp(`^(?:${DATE} ?)?${CLOCK}$`);
const DAY = new RegExp(`^${DATE}(?: ?${CLOCK})?$`);
const HAN = /\p{Script=Han}/u;

type Rule = (value: string) => boolean;

/** Type to rule. A value is never empty here. Lengths count code points. */
const RULES: Readonly<Record<string, Rule>> = {
  thing: (value) => isShort(value, 20) && isOneLine(value),
  // The platform documents no length for short_thing; five is what developers report.
  short_thing: (value) => isShort(value, 5) && isOneLine(value),
  character_string: matches(/^[\x21-\x7e](?:[\x20-\x7e]{0,30}[\x21-\x7e])?$/),
  const: (value) => isShort(value, 20) && isOneLine(value),
  phrase: matches(/^\p{Script=Han}{1,5}$/u),
  name: (value) => isShort(value, HAN.test(value) ? 10 : 20) && isOneLine(value),
  number: (value) => isShort(value, 32) && /^[+-]?\d+(?:\.\d+)?$/.test(value),
  letter: matches(/^[A-Za-z]{1,32}$/),
  symbol: matches(/^[\p{P}\p{S}]{1,5}$/u),
  amount: matches(/^[¥￥$€£]?\d{1,10}(?:\.\d+)?元?$/),
  phone_number: matches(/^[\d\p{P}\p{S} ]{1,17}$/u),
  car_number: matches(/^[\p{Script=Han}A-Za-z0-9](?:[A-Za-z0-9·-]{0,6}[\p{Script=Han}A-Za-z0-9])?$/u),
  time: (value) => isRange(value, TIME, TIME),
  date: (value) => isRange(value, DAY, DAY),
};

/** Whether a category template takes this value for this keyword (`thing1`, `time4`). */
export function fitsKeyword(
  key: string,
  value: unknown,
  constants: Readonly<Record<string, readonly string[]>>,
): value is string {
  if (typeof value !== 'string' || value.trim() === '') {
    return false;
  }
  const approved = constants[key];
  if (approved && !approved.includes(value)) {
    return false;
  }
  const rule = RULES[key.replace(/\d+$/, '')] ?? RULES.thing;
  return rule ? rule(value) : false;
}

/** The keyword types there are. */
export const KEYWORD_TYPES: readonly string[] = Object.keys(RULES);

function matches(pattern: RegExp): Rule {
  return (value) => pattern.test(value);
}

function isShort(value: string, max: number): boolean {
  return countCodePoints(value) <= max;
}

function isOneLine(value: string): boolean {
  return !/[\p{Cc}\u2028\u2029]/u.test(value);
}

function isRange(value: string, first: RegExp, last: RegExp): boolean {
  const [from = '', to, ...rest] = value.split('~').map((part) => part.trim());
  return rest.length === 0 && first.test(from) && (to === undefined || last.test(to));
}

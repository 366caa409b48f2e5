/** Shows a card before it is sent: each line as the phone will show it, and in words what does not fit. */
import { keywordKind } from './keyword-values.js';
import { type CardParts, type ChosenTemplate, fillFields } from './template.js';
import { readPlaces } from './template-lines.js';

/** A line of the card. */
export interface PreviewLine {
  keyword: string;
  /** What the template writes before the value. */
  label: string;
  value: string;
  /** The text of which the value is made. */
  whole: string;
  /** The value says less than the text, or something else. */
  isCut: boolean;
  /** What the keyword takes. */
  rule: { zh: string; en: string };
}

/** The card. Null in place of lines: the account has no template to show it by; no lines: it shows its title alone. */
export interface CardPreview {
  /** The template's name; empty where it is not known. */
  title: string;
  lines: PreviewLine[] | null;
  /** Where a tap leads. */
  url: string;
}

/** The words for the rules of keyword-values.ts. */
const RULE_WORDS: Readonly<Record<string, { zh: string; en: string }>> = {
  thing: { zh: '最多 20 个字', en: 'up to 20 characters' },
  short_thing: { zh: '最多 5 个字', en: 'up to 5 characters' },
  const: { zh: '只能是模板里登记过的值，最多 20 个字', en: 'one of the values registered with the template' },
  character_string: { zh: '只留数字、字母和符号，最多 32 个', en: 'digits, letters and symbols, up to 32' },
  phrase: { zh: '只留汉字，最多 5 个', en: 'Chinese characters, up to 5' },
  name: { zh: '最多 10 个汉字，或 20 个字母', en: 'up to 10 Chinese characters or 20 letters' },
  letter: { zh: '只留字母，最多 32 个', en: 'letters, up to 32' },
  symbol: { zh: '只留符号，最多 5 个', en: 'symbols, up to 5' },
  number: { zh: '只取第一个数', en: 'the first number' },
  amount: { zh: '只取第一个金额', en: 'the first amount' },
  phone_number: { zh: '只取第一个电话号码', en: 'the first phone number' },
  car_number: { zh: '只取第一个车牌号', en: 'the first plate number' },
  time: { zh: '发送时间，精确到分', en: 'the time of sending, to the minute' },
  date: { zh: '发送日期', en: 'the day of sending' },
  free: { zh: '显示前 20 个字', en: 'the first 20 characters show' },
};
const NO_RULE = { zh: '', en: '' };

/**
 * Draws the lines of a card that a phone shows. `content` is the template's text, empty where it is not known: then every
 * keyword is taken for a line. Pure.
 */
export function previewLines(template: ChosenTemplate, parts: CardParts, content: string): PreviewLine[] {
  const places = new Map(readPlaces(content).map((place) => [place.keyword, place]));
  return fillFields(template, parts)
    .filter(({ keyword }) => content === '' || places.get(keyword)?.isHidden === false)
    .map(({ keyword, part, value }) => {
      const kind = keywordKind(keyword);
      const whole = parts[part].replace(/\p{Cc}+|\s+/gu, ' ').trim();
      return {
        keyword,
        label: places.get(keyword)?.label || keyword,
        value,
        whole,
        isCut: kind !== 'time' && kind !== 'date' && value !== whole,
        rule: RULE_WORDS[kind] ?? NO_RULE,
      };
    });
}

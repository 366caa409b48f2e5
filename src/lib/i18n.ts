/** Words for people in Chinese and English: tables beside the pages, and the choice of the language. */

/** The languages there are. Chinese is the first one everywhere. */
export type Language = 'zh' | 'en';

/** Each key with its Chinese and its English words; `{name}` in them is a place for a value. */
export type WordTable<Key extends string> = Readonly<Record<Key, readonly [zh: string, en: string]>>;

/** Values for the places in the words. */
export type WordValues = Readonly<Record<string, string | number>>;

/** Gives the words of a key in a language. A place without a value stays as it is, to be seen. */
export type Translator<Key extends string> = (key: Key, language: Language, values?: WordValues) => string;

/** Makes the translator of one room's table. */
export function createTranslator<Key extends string>(table: WordTable<Key>): Translator<Key> {
  return (key, language, values = {}) => {
    const words = table[key][language === 'zh' ? 0 : 1];
    return words.replace(/\{(\w+)\}/g, (place, name: string) =>
      Object.hasOwn(values, name) ? String(values[name]) : place,
    );
  };
}

/**
 * Chooses the language: what was asked for by name, else the one of the two that the Accept-Language header (RFC 9110
 * section 12.5.4) weighs more, else Chinese.
 */
export function pickLanguage(asked: string | undefined, acceptLanguage = ''): Language {
  if (asked === 'zh' || asked === 'en') {
    return asked;
  }
  return weightOf('en', acceptLanguage) > weightOf('zh', acceptLanguage) ? 'en' : 'zh';
}

function weightOf(language: Language, header: string): number {
  let best = 0;
  for (const part of header.slice(0, 400).toLowerCase().split(',')) {
    const [range = '', ...parameters] = part.split(';').map((text) => text.trim());
    if (range === language || range.startsWith(`${language}-`)) {
      const weight = Number(parameters.find((text) => text.startsWith('q='))?.slice(2) ?? '1');
      best = Math.max(best, Number.isFinite(weight) ? weight : 0);
    }
  }
  return best;
}

/** Takes one language out of texts that say everything twice, as `中文 English`. */
import type { Language } from './i18n.js';

/** What a text of both languages is made of: parts behind each other, each with its Chinese first. */
const JOINT = '；';
const HAN = '\\p{Script=Han}';
/** A name in both languages before what it says: `短信 SMS: `. */
const TITLE = new RegExp(`^(${HAN}{2,8}) ([A-Za-z][A-Za-z ]{1,20})(: )(.*)$`, 'su');
/** A name in one: `Bark: `. */
const NAME = /^[\x20-\x7e]+?: /;
/** Chinese that ends with its own letters or marks, then English without any. */
const PAIR = new RegExp(`^(.*[${HAN}。，！？；：、）」】”]) ([^${HAN}]*[A-Za-z][^${HAN}]*)$`, 'su');
const HAS_HAN = new RegExp(HAN, 'u');
/** A number in front: the words behind it are another's, quoted. */
const QUOTED = /^-?\d+ /;

/** Joins what is said in both languages; neither half may hold the joint `；`. */
export function inBoth(zh: string, en: string): string {
  return `${zh} ${en}`;
}

/**
 * The half of a text that a reader asked for. What is said once, in whatever language, stays: names, numbers, words of the
 * other side.
 */
export function inLanguage(text: string, language: Language): string {
  const parts = text.split(JOINT);
  const picked = parts.map((part) => pick(part.trim(), language));
  return picked.every((part, at) => part === parts[at]) ? text : joinParts(picked, language);
}

function joinParts(parts: readonly string[], language: Language): string {
  return parts.filter((part) => part !== '').join(language === 'zh' ? JOINT : '; ');
}

function pick(part: string, language: Language): string {
  const titled = TITLE.exec(part);
  if (titled) {
    const [, zh, en, colon, rest = ''] = titled;
    return `${language === 'zh' ? zh : en}${colon}${pick(rest, language)}`;
  }
  const name = NAME.exec(part)?.[0] ?? '';
  const said = part.slice(name.length);
  const pair = QUOTED.test(said) ? null : PAIR.exec(said);
  if (!pair || !HAS_HAN.test(pair[1] ?? '')) {
    return part;
  }
  return name + (language === 'zh' ? pair[1] : pair[2]);
}

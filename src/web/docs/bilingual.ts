/** Takes a text apart that says the same in Chinese and then in English. */

/** Both halves; a text in one language alone stands in both. */
export interface Bilingual {
  zh: string;
  en: string;
}

/** `创建应用 Create an app`: the English half begins behind the last Chinese character, with a word or, failing that, anything. */
export function splitBilingual(text: string): Bilingual {
  const last = Math.max(
    ...[...text.matchAll(/[\p{Script=Han}，。；：、（）「」]/gu)].map(({ index }) => index),
    -1,
  );
  const rest = last === -1 ? '' : text.slice(last + 1);
  const at = rest.search(/(?<=\s)(?:[A-Z][a-z’']|A\s)/);
  const cut = at === -1 ? rest.search(/(?<=\s)\S/) : at;
  if (last === -1 || cut === -1) {
    return { zh: text, en: text };
  }
  return { zh: text.slice(0, last + 1 + cut).trim(), en: rest.slice(cut).trim() };
}

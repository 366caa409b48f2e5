/** Template messages as a person sees them, after the platform's silent edits. */
import { fillLine, type Template } from './templates.js';

/** A shown template message, kept small: its values in the order of its keys. */
export interface Card {
  readonly template: Template;
  readonly keys: readonly string[];
  readonly values: readonly string[];
}

const MAX_SHOWN = 20;
const EMOJI =
  /\p{Emoji_Presentation}|\p{Extended_Pictographic}\uFE0F|\p{Emoji_Modifier}|\p{Regional_Indicator}|[\u200D\u20E3\uFE0F]/gu;
/** A run of digits and letters counts as one character of the limit. */
const SHOWN_CHARACTER = /[A-Za-z0-9]+|[\s\S]/gu;

/** The title and the lines of a card, one below the other. */
export function renderCard({ template, keys, values }: Card): string {
  const valueAt = (key: string): string => values[keys.indexOf(key)] ?? '';
  const edit = template.kind === 'free' ? editFreeValue : dropEmoji;
  const lines = template.content
    .split('\n')
    .filter((line) => !template.isOpen || keys.some((key) => line.includes(`{{${key}.DATA}}`)))
    // A line of a value alone is taken for a first or remark line, which are no longer shown.
    .filter((line) => line.trim() !== '' && fillLine(line, () => '').trim() !== '')
    .map((line) => fillLine(line, (key) => edit(valueAt(key))));
  const extra = template.isOpen ? keys.filter((key) => !template.keys.includes(key)) : [];
  return [template.title, ...lines, ...extra.map((key) => `${key}：${edit(valueAt(key))}`)].join('\n');
}

/** What a free template makes of a value: one line, no emoji, at most twenty characters before `…`. */
export function editFreeValue(value: string): string {
  const text = dropEmoji(value).replace(/[\p{Cc}\u2028\u2029]+/gu, '');
  const shown = text.match(SHOWN_CHARACTER) ?? [];
  return shown.length > MAX_SHOWN ? `${shown.slice(0, MAX_SHOWN).join('')}…` : text;
}

/** The card's data in the shape of the call. */
export function toCardFields({ keys, values }: Card): Record<string, { value: string }> {
  return Object.fromEntries(keys.map((key, index) => [key, { value: values[index] ?? '' }]));
}

function dropEmoji(value: string): string {
  return value.replace(EMOJI, '');
}

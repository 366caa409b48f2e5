/** Template messages as a person sees them, after the platform's silent edits. */
import { fillLine, keysOf, type Template } from './templates.js';

/** A shown template message, kept small: its values in the order of its template's keys. */
export interface Card {
  readonly template: Template;
  readonly values: readonly string[];
}

const MAX_SHOWN = 20;
const EMOJI =
  /\p{Emoji_Presentation}|\p{Extended_Pictographic}\uFE0F|\p{Emoji_Modifier}|\p{Regional_Indicator}|[\u200D\u20E3\uFE0F]/gu;
/** A run of digits and letters counts as one character of the limit. */
const SHOWN_CHARACTER = /[A-Za-z0-9]+|[\s\S]/gu;

/** What the platform takes for a greeting and a farewell, and shows no longer. */
const NEVER_SHOWN: readonly string[] = ['first', 'remark'];

/** The title and the lines of a card, one below the other. */
export function renderCard({ template, values }: Card): string {
  const valueAt = (key: string): string => values[template.keys.indexOf(key)] ?? '';
  const edit = template.kind === 'free' ? editFreeValue : dropEmoji;
  const lines = template.content
    .split('\n')
    // A line of a value alone is taken for a first or remark line.
    .filter((line) => line.trim() !== '' && fillLine(line, () => '').trim() !== '')
    .filter((line) => !keysOf(line).some((key) => NEVER_SHOWN.includes(key)))
    // Where no value came, the label is not shown either.
    .filter((line) => keysOf(line).length === 0 || keysOf(line).some((key) => valueAt(key) !== ''))
    .map((line) => fillLine(line, (key) => edit(valueAt(key))));
  return [template.title, ...lines].join('\n');
}

/** What a free template makes of a value: one line, no emoji, at most twenty characters before `…`. */
export function editFreeValue(value: string): string {
  const text = dropEmoji(value).replace(/[\p{Cc}\u2028\u2029]+/gu, '');
  const shown = text.match(SHOWN_CHARACTER) ?? [];
  return shown.length > MAX_SHOWN ? `${shown.slice(0, MAX_SHOWN).join('')}…` : text;
}

/** The card's data in the shape of the call. */
export function toCardFields({ template, values }: Card): Record<string, { value: string }> {
  return Object.fromEntries(template.keys.map((key, index) => [key, { value: values[index] ?? '' }]));
}

function dropEmoji(value: string): string {
  return value.replace(EMOJI, '');
}

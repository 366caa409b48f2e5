/** The fields that a template does not know: nothing that was sent gets lost. */
import { folding } from './markup.js';
import { drawValue } from './tree.js';
import { fieldsOf, textAt, type Value } from './value.js';

/** The fields besides the known ones, in a part that folds; nothing when there are none. */
export function drawRest(value: Value, known: readonly string[]): string {
  const entries = fieldsOf(value).filter(([name]) => !known.includes(name) && textAt(value, name) !== '');
  return entries.length === 0 ? '' : folding('其他字段 More', drawValue({ kind: 'fields', entries }));
}

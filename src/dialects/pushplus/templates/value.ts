/** What a content says once it is read: texts, lists and fields in the order in which they were written. */

/** A piece of read content. Numbers stay as they were written, so that an order number never loses a digit. */
export type Value =
  | { kind: 'text'; text: string }
  | { kind: 'list'; items: readonly Value[] }
  | { kind: 'fields'; entries: readonly Field[] };

/** A named value. */
export type Field = readonly [name: string, value: Value];

/** The fields of an object; none for anything else. */
export function fieldsOf(value: Value | undefined): readonly Field[] {
  return value?.kind === 'fields' ? value.entries : [];
}

/** The items of a list; a single thing is a list of itself. */
export function itemsOf(value: Value | undefined): readonly Value[] {
  return value === undefined ? [] : value.kind === 'list' ? value.items : [value];
}

/** The value of a field by its name, the last of several. */
export function pick(value: Value | undefined, name: string): Value | undefined {
  return fieldsOf(value).findLast(([own]) => own === name)?.[1];
}

/** What a field says, trimmed; '' when it is missing, empty or the word null. */
export function textAt(value: Value | undefined, name: string): string {
  const found = pick(value, name);
  const text = found === undefined ? '' : toLine(found).trim();
  return text === 'null' ? '' : text;
}

/** Any value on one line: `a、b`, `name=value, name=value`. */
export function toLine(value: Value): string {
  switch (value.kind) {
    case 'text':
      return value.text;
    case 'list':
      return value.items.map(toLine).join('、');
    case 'fields':
      return value.entries.map(([name, one]) => `${name}=${toLine(one)}`).join(', ');
  }
}

/** An own entry of a table of words, under a name that strangers wrote. */
export function lookUp<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

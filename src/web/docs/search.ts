/** Finds words anywhere in the reference: names, paths, descriptions, fields and error codes, in both languages. */
import type { Bilingual } from './bilingual.js';
import type { DialectView } from './dialects.js';
import type { FieldRow } from './fields.js';
import type { CallView, ErrorView, EventView, GroupView, ReferenceView } from './reference.js';

/** What the words stand in; groups keep only such calls. */
export interface Found {
  dialects: DialectView[];
  groups: GroupView[];
  events: EventView[];
  errors: ErrorView[];
  count: number;
}

/** Longer wishes are cut. */
const MAX_QUERY = 100;

/** Makes the search over a reference; each entry must have every word of the query. Without words all is found. */
export function createSearch(
  reference: ReferenceView,
  dialects: readonly DialectView[],
): (query: string) => Found {
  const texts = new Map<object, string>();
  const learn = (entry: object, parts: readonly unknown[]) =>
    texts.set(entry, parts.flat().join(' ').toLowerCase());
  for (const dialect of dialects) {
    const { name, title, prefix, keys, paths, channels } = dialect;
    const named = [...keys.map(({ kind, label }) => `${kind} ${label}`), ...channels.map((one) => one.name)];
    learn(dialect, [name, title, prefix, named, paths.map(({ path }) => path)]);
  }
  for (const group of reference.groups) {
    for (const call of group.calls) {
      learn(call, [group.name, wordsOf(group), ...describeCall(call)]);
    }
  }
  for (const event of reference.events) {
    learn(event, [event.type, wordsOf(event), event.fields.flatMap(describeField)]);
  }
  for (const error of reference.errors) {
    learn(error, [error.code, error.status, wordsOf(error)]);
  }
  return (query) => {
    const words = query.slice(0, MAX_QUERY).toLowerCase().split(/\s+/).filter(Boolean);
    const has = (entry: object): boolean => words.every((word) => texts.get(entry)?.includes(word));
    const groups = reference.groups
      .map((group) => ({ ...group, calls: group.calls.filter(has) }))
      .filter(({ calls }) => calls.length > 0);
    const found = {
      dialects: dialects.filter(has),
      groups,
      events: reference.events.filter(has),
      errors: reference.errors.filter(has),
    };
    const calls = groups.reduce((sum, group) => sum + group.calls.length, 0);
    return { ...found, count: calls + found.dialects.length + found.events.length + found.errors.length };
  };
}

function describeCall(call: CallView): string[] {
  const fields = [...call.parameters, ...call.body, ...call.answer].flatMap(describeField);
  return [
    call.name,
    call.method,
    call.path,
    wordsOf(call),
    ...fields,
    ...call.errors.map(({ code }) => code),
  ];
}

function describeField({ name, words }: FieldRow): string[] {
  return [name, words ? wordsOf({ words }) : ''];
}

function wordsOf({ words }: { words: Bilingual }): string {
  return `${words.zh} ${words.en}`;
}

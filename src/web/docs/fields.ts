/** Lays the fields of a schema out as the rows of a table. */
import { type Bilingual, splitBilingual } from './bilingual.js';
import type { SchemaNode } from './document.js';

/** One row: a field, or a field inside one. */
export interface FieldRow {
  name: string;
  /** How many objects it lies inside. */
  depth: number;
  type: string;
  required: boolean;
  /** What values it takes, in signs: lengths, ranges. */
  limits: Bilingual;
  /** What counts where it is not given; empty: nothing. */
  fallback: string;
  words: Bilingual | null;
}

/** The rows of an object's fields, each followed by those inside it. A list of objects shows the fields of one. */
export function listFields(schema: SchemaNode | null, depth = 0): FieldRow[] {
  const { properties = {}, required = [] } = withoutList(schema ?? {});
  return Object.entries(properties).flatMap(([name, node]) => [
    toRow(name, node, { depth, required: required.includes(name) }),
    ...listFields(withoutNull(node), depth + 1),
  ]);
}

/** One row for a parameter of a path or a query. */
export function toRow(
  name: string,
  node: SchemaNode,
  { depth, required }: { depth: number; required: boolean },
): FieldRow {
  const { description } = node;
  return {
    name,
    depth,
    type: nameType(node),
    required,
    limits: nameLimits(withoutNull(node)),
    fallback: node.default === undefined ? '' : String(node.default),
    words: description === undefined ? null : splitBilingual(description),
  };
}

/** What a value is, short: `integer`, `string[]`, `sent | failed`, `string | null`. */
export function nameType(node: SchemaNode): string {
  if (node.anyOf) {
    return [...new Set(node.anyOf.map(nameType))].join(' | ');
  }
  if (node.enum) {
    return node.enum.map(String).join(' | ');
  }
  if (node.const !== undefined) {
    return String(node.const);
  }
  if (node.type === 'array') {
    const inner = nameType(node.items ?? {});
    return inner.includes(' ') ? `(${inner})[]` : `${inner}[]`;
  }
  return node.type ?? 'any';
}

function nameLimits(node: SchemaNode): Bilingual {
  const { minLength, maxLength, minimum, maximum } = node;
  // The greatest whole number there is says nothing.
  const most = maximum === Number.MAX_SAFE_INTEGER || maximum === 2 ** 31 - 1 ? undefined : maximum;
  const least = most === undefined && (minimum === undefined || minimum <= 1) ? undefined : minimum;
  const length = toRange(minLength === 0 ? undefined : minLength, maxLength);
  const range = toRange(least, most);
  const inWords = (unit: string): string =>
    [length && `${length} ${unit}`, range].filter(Boolean).join(' · ');
  return { zh: inWords('字符'), en: inWords('characters') };
}

function toRange(least: number | undefined, most: number | undefined): string {
  if (least === undefined && most === undefined) {
    return '';
  }
  return least === undefined ? `≤ ${most}` : most === undefined ? `≥ ${least}` : `${least}–${most}`;
}

/** The object of a list of objects, or the schema itself. */
export function withoutList(node: SchemaNode): SchemaNode {
  return node.type === 'array' ? withoutNull(node.items ?? {}) : node;
}

/** What a value is when it is not null. */
export function withoutNull(node: SchemaNode): SchemaNode {
  const other = node.anyOf?.find(({ type }) => type !== 'null') ?? node;
  return { ...other, type: other.type?.replace(/ \| null$/, '') };
}

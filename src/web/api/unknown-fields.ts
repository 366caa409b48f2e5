/** Finds what an input names that its schema does not know: dropped in silence, a misspelt field would seem to be taken. */
import type { z } from 'zod';
import { inBoth } from '#src/lib/in-language.js';
import { nearestName } from '#src/lib/near-misses.js';

type Schema = z.core.$ZodType;

/** A sentence for each unknown name, with a known one that is like it; `at` is where the value stands, such as `limits`. */
export function tellUnknown(schema: Schema, value: unknown, at = ''): string[] {
  const { def } = schema._zod as { def: z.core.$ZodTypes['_zod']['def'] };
  switch (def.type) {
    case 'object':
      return isRecord(value) ? tellOfObject(def.shape, value, at) : [];
    case 'array':
      return Array.isArray(value)
        ? value.flatMap((one, index) => tellUnknown(def.element, one, pathOf(at, String(index))))
        : [];
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'nonoptional':
    case 'readonly':
    case 'catch':
      return tellUnknown(def.innerType, value, at);
    case 'pipe':
      return tellUnknown(def.in, value, at);
    default:
      return [];
  }
}

function tellOfObject(
  shape: Readonly<Record<string, Schema>>,
  value: Readonly<Record<string, unknown>>,
  at: string,
): string[] {
  return Object.entries(value).flatMap(([name, inner]) => {
    const path = pathOf(at, name.slice(0, MAX_NAME));
    const known = Object.hasOwn(shape, name) ? shape[name] : undefined;
    return known ? tellUnknown(known, inner, path) : [`${path}: ${sayUnknown(name, Object.keys(shape))}`];
  });
}

/** What of a name is quoted. */
const MAX_NAME = 60;

function sayUnknown(name: string, known: readonly string[]): string {
  if (known.length === 0) {
    return inBoth('没有这个字段，这里什么字段都不要。', 'There is no such field; none is taken here');
  }
  const near = nearestName(name, known);
  return near === null
    ? inBoth('没有这个字段。', 'There is no such field')
    : inBoth(`没有这个字段，最接近的是「${near}」。`, `There is no such field; the nearest is “${near}”`);
}

function pathOf(at: string, name: string): string {
  return at === '' ? name : `${at}.${name}`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

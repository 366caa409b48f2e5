/** Fills `{{name}}` places with parts of a message, escaped as the text around them is written. */
import { escapeHtml } from '#src/lib/bare-link.js';

/** The parts of a message that a template may name. */
export const PLACEHOLDERS = [
  'title',
  'summary',
  'content',
  'text',
  'html',
  'url',
  'pageUrl',
  'time',
  'appName',
  'id',
] as const;

/** The name of a part. */
export type Placeholder = (typeof PLACEHOLDERS)[number];

/** How a body is written. `raw` escapes nothing; in `html` the one part that is HTML itself stays as it is. */
export type BodyKind = 'json' | 'form' | 'xml' | 'html' | 'raw';

/** Gives the text of a part; asked only for parts that the template names. */
export type PartOf = (name: Placeholder) => string;

const PLACE = /\{\{\s*(\w+)\s*\}\}/g;

/** The template with its places filled, in one pass: a value that looks like a place stays as it is. Unknown names stay. */
export function fillPlaces(template: string, kind: BodyKind, partOf: PartOf): string {
  return template.replace(PLACE, (whole, name: string) => {
    const known = PLACEHOLDERS.find((one) => one === name);
    // A lone half of a pair cannot be written in UTF-8, and receivers refuse its escape.
    return known ? escapePart(known, kind, partOf(known).toWellFormed()) : whole;
  });
}

/** The names in a template that are no parts of a message. */
export function unknownPlaces(template: string): string[] {
  const names = [...template.matchAll(PLACE)].map((match) => match[1] ?? '');
  return names.filter((name) => !PLACEHOLDERS.some((known) => known === name));
}

/** What a content type says about escaping. */
export function bodyKindOf(contentType: string): BodyKind {
  const type = (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();
  if (/[/+]json$/.test(type)) {
    return 'json';
  }
  if (type === 'text/html' || type === 'application/xhtml+xml') {
    return 'html';
  }
  if (/[/+]xml$/.test(type)) {
    return 'xml';
  }
  return type === 'application/x-www-form-urlencoded' ? 'form' : 'raw';
}

function escapePart(name: Placeholder, kind: BodyKind, value: string): string {
  return escapeFor(kind === 'html' && name === 'html' ? 'raw' : kind, value);
}

function escapeFor(kind: BodyKind, value: string): string {
  switch (kind) {
    case 'json':
      return JSON.stringify(value).slice(1, -1);
    case 'form':
      return encodeURIComponent(value);
    case 'xml':
    case 'html':
      // XML 1.0 cannot hold the other control characters at all.
      return escapeHtml(value.replace(/[^\P{Cc}\n\r\t]/gu, ''));
    case 'raw':
      return value;
  }
}

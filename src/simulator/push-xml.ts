/** Writes pushes as Tencent does: every text in CDATA, and a `]]>` that somebody typed as it stands, unsplit. */
import { stripControls } from '#src/lib/text.js';

/** A value of a push: text, a number, fields of its own, or a list of these, whose field repeats. */
export type PushValue = string | number | PushFields | readonly (string | number | PushFields)[];

/** The fields of a push, in order. */
export interface PushFields {
  readonly [name: string]: PushValue;
}

/** `<xml>...</xml>`; numbers are bare. */
export function writePushXml(fields: PushFields): string {
  return `<xml>${writeFields(fields)}</xml>`;
}

function writeFields(fields: PushFields): string {
  return Object.entries(fields)
    .flatMap(([name, value]) => toList(value).map((one) => `<${name}>${writeValue(one)}</${name}>`))
    .join('');
}

function toList(value: PushValue): readonly (string | number | PushFields)[] {
  return Array.isArray(value) ? value : [value as string | number | PushFields];
}

function writeValue(value: string | number | PushFields): string {
  if (typeof value === 'string') {
    return `<![CDATA[${stripControls(value)}]]>`;
  }
  return typeof value === 'number' ? String(value) : writeFields(value);
}

/** Writes pushes as Tencent does: every text in CDATA, and a `]]>` that somebody typed as it stands, unsplit. */
import { stripControls } from '#src/lib/text.js';
import type { XmlFields, XmlValue } from '#src/lib/xml.js';

/** `<xml>...</xml>`; numbers are bare. */
export function writePushXml(fields: XmlFields): string {
  return `<xml>${writeFields(fields)}</xml>`;
}

function writeFields(fields: XmlFields): string {
  return Object.entries(fields)
    .flatMap(([name, value]) => (Array.isArray(value) ? value.map((one) => [name, one]) : [[name, value]]))
    .map(([name, value]) => `<${name}>${writeValue(value)}</${name}>`)
    .join('');
}

function writeValue(value: XmlValue): string {
  if (typeof value === 'string') {
    return `<![CDATA[${stripControls(value)}]]>`;
  }
  return typeof value === 'number' ? String(value) : writeFields(value as XmlFields);
}

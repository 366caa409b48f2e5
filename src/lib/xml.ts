/** Reads and writes the flat XML of Tencent callbacks, and refuses every XML trick that such callbacks never use. */
import { Builder, parseStringPromise } from 'xml2js';

/** Deep enough for an event with a list of objects; real messages stay below five levels. */
const MAX_DEPTH = 16;
const ROOT = /^\uFEFF?\s*(?:<\?xml\s[^<>]*\?>\s*)?<xml[\s/>]/;
/** What XML 1.0 forbids in text, and the C1 controls, which no message needs. */
const FORBIDDEN = /[\p{Cs}\uFFFE\uFFFF]|(?![\t\n\r])\p{Cc}/gu;
const PARSE_OPTIONS = { explicitArray: false, explicitRoot: false, ignoreAttrs: true, trim: false };
const builder = new Builder({ rootName: 'xml', headless: true, cdata: true, renderOpts: { pretty: false } });

/** The text fields directly below `<xml>`, by tag name. */
export type FlatXml = ReadonlyMap<string, string>;

/** A value of an XML document to write: text, a number, a nested element or a repeated one. */
export type XmlValue = string | number | XmlFields | readonly XmlFields[];

/** The elements to write, in order. */
export interface XmlFields {
  readonly [name: string]: XmlValue;
}

/** Why an XML text was refused. */
export type XmlReason = 'empty' | 'root' | 'doctype' | 'depth' | 'duplicate' | 'syntax';

/** A text that is no callback XML. Never quotes the text. */
export class XmlError extends Error {
  override readonly name = 'XmlError';
  constructor(readonly reason: XmlReason) {
    super(`The XML was refused: ${reason}.`);
  }
}

/**
 * Reads the text fields directly below `<xml>`; nested elements are left out. Safe for hostile text of a capped size.
 * @throws XmlError for an empty text, another root, a DOCTYPE, attributes, a repeated field, deep nesting or bad syntax
 */
export async function parseFlatXml(text: string): Promise<FlatXml> {
  const fields = new Map<string, string>();
  for (const [name, value] of Object.entries(await parseXmlTree(text))) {
    // An own key that holds an array is a repeated tag, or a tag named like an inherited member (<toString>).
    if (Array.isArray(value)) {
      throw new XmlError('duplicate');
    }
    if (typeof value === 'string' && name !== '_') {
      fields.set(name, value);
    }
  }
  return fields;
}

/**
 * Reads the whole tree below `<xml>`: text is a string, a nested element an object, a repeated one an array. Pick known
 * own keys from the result; never merge it into another object.
 * @throws XmlError as `parseFlatXml` does, except for repeated fields
 */
export async function parseXmlTree(text: string): Promise<Record<string, unknown>> {
  refuseTricks(text);
  let tree: unknown;
  try {
    tree = await parseStringPromise(text, PARSE_OPTIONS);
  } catch {
    throw new XmlError('syntax');
  }
  if (typeof tree !== 'object' || tree === null || Array.isArray(tree)) {
    throw new XmlError('empty');
  }
  return tree as Record<string, unknown>;
}

/** Writes `<xml>...</xml>` without a declaration. Text that needs it goes into CDATA; forbidden characters are dropped. */
export function buildXml(fields: XmlFields): string {
  return builder.buildObject(cleanFields(fields));
}

function cleanFields(fields: XmlFields): XmlFields {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, cleanValue(value)]));
}

function cleanValue(value: XmlValue): XmlValue {
  if (typeof value === 'string') {
    return value.replace(FORBIDDEN, '');
  }
  if (typeof value === 'number') {
    return value;
  }
  return Array.isArray(value) ? value.map(cleanFields) : cleanFields(value as XmlFields);
}

/** Walks the markup once, before the parser spends time or stack on it. */
function refuseTricks(text: string): void {
  if (text.trim() === '') {
    throw new XmlError('empty');
  }
  let depth = 0;
  for (let at = text.indexOf('<'); at !== -1; at = text.indexOf('<', at)) {
    const piece = markupAt(text, at);
    depth += piece.step;
    at = piece.end;
    if (depth > MAX_DEPTH) {
      throw new XmlError('depth');
    }
    // The parser answers at the end of the first root and would not look at what follows.
    if (depth === 0 && piece.step === -1 && text.slice(at).trim() !== '') {
      throw new XmlError('syntax');
    }
  }
  if (!ROOT.test(text)) {
    throw new XmlError('root');
  }
}

interface Markup {
  /** Where the next piece may start. */
  end: number;
  /** +1 opens an element, -1 closes one. */
  step: number;
}

function markupAt(text: string, at: number): Markup {
  if (text.startsWith('<![CDATA[', at)) {
    return { end: endOf(text, ']]>', at), step: 0 };
  }
  if (text.startsWith('<!--', at)) {
    return { end: endOf(text, '-->', at), step: 0 };
  }
  if (text.startsWith('<?', at)) {
    return { end: endOf(text, '?>', at), step: 0 };
  }
  if (text.startsWith('<!', at)) {
    throw new XmlError('doctype');
  }
  const end = endOf(text, '>', at);
  const tag = text.slice(at, end);
  // No callback has attributes, and a quoted ">" would make this walk and the parser disagree.
  if (tag.includes('"') || tag.includes("'")) {
    throw new XmlError('syntax');
  }
  return { end, step: tag.startsWith('</') ? -1 : tag.endsWith('/>') ? 0 : 1 };
}

function endOf(text: string, close: string, from: number): number {
  const found = text.indexOf(close, from);
  if (found === -1) {
    throw new XmlError('syntax');
  }
  return found + close.length;
}

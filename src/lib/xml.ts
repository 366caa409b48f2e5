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
 * @param mayRepeat fields that may come several times; they are left out then, as lists. None by default
 * @throws XmlError for an empty text, another root, a DOCTYPE, attributes, a repeated field, deep nesting or bad syntax
 */
export async function parseFlatXml(
  text: string,
  mayRepeat: (name: string) => boolean = () => false,
): Promise<FlatXml> {
  const fields = new Map<string, string>();
  for (const [name, value] of Object.entries(await parseXmlTree(text))) {
    // An own key that holds an array is a repeated tag, or a tag named like an inherited member (<toString>).
    if (Array.isArray(value) && !mayRepeat(name)) {
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
  try {
    return await readTree(text, false);
  } catch (error) {
    // Somebody may have typed what looks like the end of their text, and more.
    return readTree(text, true).catch(() => {
      throw error;
    });
  }
}

async function readTree(text: string, endsLate: boolean): Promise<Record<string, unknown>> {
  const plain = refuseTricks(text, endsLate);
  let tree: unknown;
  try {
    tree = await parseStringPromise(plain, PARSE_OPTIONS);
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

/**
 * Walks the markup once, before the parser spends time or stack on it. Gives the same document without CDATA: where a
 * section ends is decided here, since Tencent writes what people typed into one without splitting their `]]>`.
 */
function refuseTricks(text: string, endsLate: boolean): string {
  if (text.trim() === '') {
    throw new XmlError('empty');
  }
  const walk: Walk = { text, open: [], endsLate, guesses: MAX_GUESSES };
  const pieces: string[] = [];
  let end = 0;
  for (let at = text.indexOf('<'); at !== -1; at = text.indexOf('<', end)) {
    const piece = markupAt(walk, at);
    const between = text.slice(end, at);
    // Space around a section is layout; around anything else it is text.
    pieces.push(piece.isSection && between.trim() === '' ? '' : between, piece.plain);
    end = piece.isSection ? skipLayout(walk, piece.end) : piece.end;
    if (walk.open.length > MAX_DEPTH) {
      throw new XmlError('depth');
    }
    // The parser answers at the end of the first root and would not look at what follows.
    if (piece.isClose && walk.open.length === 0 && text.slice(end).trim() !== '') {
      throw new XmlError('syntax');
    }
  }
  if (!ROOT.test(text)) {
    throw new XmlError('root');
  }
  pieces.push(text.slice(end));
  return pieces.join('');
}

interface Walk {
  text: string;
  /** The names of the elements that are open. */
  open: string[];
  /** Whether the text of a field ends at the field's last end in the document, not at its first likely one. */
  endsLate: boolean;
  /** How many ends of sections may still be looked at in vain: each costs a look at what follows. */
  guesses: number;
}

/** More than the longest message could hold. */
const MAX_GUESSES = 2_000;

interface Markup {
  /** Where the next piece may start. */
  end: number;
  /** The same, without CDATA. */
  plain: string;
  isSection?: true;
  isClose?: true;
}

function markupAt(walk: Walk, at: number): Markup {
  const { text, open } = walk;
  if (text.startsWith(SECTION, at)) {
    const end = endOfSection(walk, at + SECTION.length);
    return {
      end,
      plain: escapeText(text.slice(at + SECTION.length, end - SECTION_END.length)),
      isSection: true,
    };
  }
  if (text.startsWith('<!--', at)) {
    return asItIs(text, at, endOf(text, '-->', at));
  }
  if (text.startsWith('<?', at)) {
    return asItIs(text, at, endOf(text, '?>', at));
  }
  if (text.startsWith('<!', at)) {
    throw new XmlError('doctype');
  }
  const piece = asItIs(text, at, endOf(text, '>', at));
  // No callback has attributes, and a quoted ">" would make this walk and the parser disagree.
  if (piece.plain.includes('"') || piece.plain.includes("'")) {
    throw new XmlError('syntax');
  }
  if (piece.plain.startsWith('</')) {
    open.pop();
    return { ...piece, isClose: true };
  }
  if (!piece.plain.endsWith('/>')) {
    open.push(piece.plain.slice(1, -1).trim());
  }
  return piece;
}

function asItIs(text: string, at: number, end: number): Markup {
  return { end, plain: text.slice(at, end) };
}

const SECTION = '<![CDATA[';
const SECTION_END = ']]>';

/**
 * Where the section that begins here ends: at the first `]]>` after which its element closes and another one follows, or
 * at which a writer has split a `]]>`. Any other one is text. Where there is none of these, XML's own rule holds.
 */
function endOfSection(walk: Walk, from: number): number {
  const { text } = walk;
  const first = endOf(text, SECTION_END, from);
  const last = walk.endsLate ? lastEndOfField(walk) : 0;
  if (last > first) {
    return last;
  }
  let end = first;
  while (!isSeam(text, end) && !closesElement(walk, end)) {
    const next = text.indexOf(SECTION_END, end);
    if (next === -1) {
      return first;
    }
    walk.guesses -= 1;
    if (walk.guesses < 0) {
      throw new XmlError('syntax');
    }
    end = next + SECTION_END.length;
  }
  return end;
}

/** Where the last section of the field ends that is open here; 0 below a field, and where there is none. */
function lastEndOfField({ text, open }: Walk): number {
  let end = open.length === 2 ? text.lastIndexOf(`</${open[1]}>`) : 0;
  while (end > 0 && /\s/.test(text.charAt(end - 1))) {
    end -= 1;
  }
  return text.endsWith(SECTION_END, end) ? end : 0;
}

/** Whether two sections meet here with a `]]>` over the seam. */
function isSeam(text: string, end: number): boolean {
  if (!text.startsWith(SECTION, end)) {
    return false;
  }
  const seam = text.slice(end - 5, end - 3) + text.slice(end + SECTION.length, end + SECTION.length + 2);
  return seam.includes(SECTION_END);
}

function closesElement({ text, open }: Walk, end: number): boolean {
  const [parent, name] = open.slice(-2);
  const close = skipSpace(text, end);
  if (name === undefined || !text.startsWith(`</${name}>`, close)) {
    return false;
  }
  const next = skipSpace(text, close + name.length + 3);
  return /^<(?:[A-Za-z_]|!--)/.test(text.slice(next, next + 4)) || text.startsWith(`</${parent}>`, next);
}

/** Past the space between a section and the end of its element. */
function skipLayout({ text }: Walk, end: number): number {
  const next = skipSpace(text, end);
  return text.startsWith('</', next) ? next : end;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (/\s/.test(text.charAt(at))) {
    at += 1;
  }
  return at;
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

function escapeText(text: string): string {
  return text.replace(/[&<>]/g, (found) => ESCAPES[found] ?? found);
}

function endOf(text: string, close: string, from: number): number {
  const found = text.indexOf(close, from);
  if (found === -1) {
    throw new XmlError('syntax');
  }
  return found + close.length;
}

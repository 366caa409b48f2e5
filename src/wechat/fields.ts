/** Reads and writes the flat fields of pushes and replies, in XML or in JSON, as the account is set. */
import { buildXml, parseFlatXml, XmlError } from '#src/lib/xml.js';
import { PushRefusal } from './refusal.js';

/** The text fields of a push by name; nested ones are left out. Numbers keep all their digits. */
export type Fields = ReadonlyMap<string, string>;

/** How the account's pushes are written (数据格式). */
export type FieldForm = 'xml' | 'json';

/** Reads a push. Throws PushRefusal 400. */
export async function readFields(text: string): Promise<{ fields: Fields; form: FieldForm }> {
  if (/^\uFEFF?\s*\{/.test(text)) {
    return { fields: readJson(text), form: 'json' };
  }
  try {
    return { fields: await parseFlatXml(text), form: 'xml' };
  } catch (error) {
    throw error instanceof XmlError ? new PushRefusal(400, `bad XML: ${error.reason}`) : error;
  }
}

/** Writes a reply in the form of its push. */
export function writeFields(form: FieldForm, fields: Readonly<Record<string, string | number>>): string {
  return form === 'json' ? JSON.stringify(fields) : buildXml(fields);
}

/** Message ids are int64, beyond what JSON.parse keeps: long numbers outside of texts become texts first. */
const TEXT_OR_LONG_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d{16,}/g;

function readJson(text: string): Fields {
  const exact = text.replace(TEXT_OR_LONG_NUMBER, (found) => (found.startsWith('"') ? found : `"${found}"`));
  let tree: unknown;
  try {
    tree = JSON.parse(exact);
  } catch {
    throw new PushRefusal(400, 'bad JSON');
  }
  if (typeof tree !== 'object' || tree === null || Array.isArray(tree)) {
    throw new PushRefusal(400, 'bad JSON: no object');
  }
  const fields = new Map<string, string>();
  for (const [name, value] of Object.entries(tree)) {
    if (typeof value === 'string' || typeof value === 'number') {
      fields.set(name, String(value));
    }
  }
  return fields;
}

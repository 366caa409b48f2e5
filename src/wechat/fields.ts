/** Reads and writes the flat fields of pushes and replies, in XML or in JSON, as the account is set. */
import { buildXml, parseFlatXml, XmlError, type XmlReason } from '#src/lib/xml.js';
import { PushRefusal, StrangePush } from './refusal.js';

/** The text fields of a push by name; nested ones are left out. Numbers keep all their digits. */
export type Fields = ReadonlyMap<string, string>;

/** How the account's pushes are written (数据格式). */
export type FieldForm = 'xml' | 'json';

/**
 * The fields that this server goes by. One that comes twice was added by somebody on the way (a second FromUserName says that
 * another person sent it); any other field may repeat.
 */
const ONCE: ReadonlySet<string> = new Set([
  ...['ToUserName', 'FromUserName', 'CreateTime', 'MsgType', 'MsgId', 'AgentID', 'Encrypt'],
  ...['Content', 'Recognition', 'Event', 'EventKey', 'Ticket', 'MsgID', 'Status'],
]);

/** What no platform writes into a push. */
const TRICKS: ReadonlySet<XmlReason> = new Set(['doctype', 'duplicate']);

/** Reads a push. Throws StrangePush for one that cannot be read, PushRefusal 400 for one that was tampered with. */
export async function readFields(text: string): Promise<{ fields: Fields; form: FieldForm }> {
  if (/^\uFEFF?\s*\{/.test(text)) {
    return { fields: readJson(text), form: 'json' };
  }
  try {
    return { fields: await parseFlatXml(text, (name) => !ONCE.has(name)), form: 'xml' };
  } catch (error) {
    if (!(error instanceof XmlError)) {
      throw error;
    }
    const reason = `bad XML: ${error.reason}`;
    throw TRICKS.has(error.reason) ? new PushRefusal(400, reason) : new StrangePush(reason);
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
    throw new StrangePush('bad JSON');
  }
  if (typeof tree !== 'object' || tree === null || Array.isArray(tree)) {
    throw new StrangePush('bad JSON: no object');
  }
  refuseRepeatedNames(exact);
  const fields = new Map<string, string>();
  for (const [name, value] of Object.entries(tree)) {
    if (typeof value === 'string' || typeof value === 'number') {
      fields.set(name, String(value));
    }
  }
  return fields;
}

const JSON_TOKEN = /"(?:[^"\\]|\\.)*"(?=(\s*:)?)|[{}[\]]/g;

/** JSON.parse keeps the last of several fields of a name, and says nothing. Throws PushRefusal 400. */
function refuseRepeatedNames(json: string): void {
  const seen = new Set<string>();
  let depth = 0;
  for (const [token, colon] of json.matchAll(JSON_TOKEN)) {
    if (token === '{' || token === '[') {
      depth += 1;
    } else if (token === '}' || token === ']') {
      depth -= 1;
    } else if (depth === 1 && colon !== undefined) {
      const name = String(JSON.parse(token));
      if (ONCE.has(name) && seen.has(name)) {
        throw new PushRefusal(400, 'bad JSON: duplicate');
      }
      seen.add(name);
    }
  }
}

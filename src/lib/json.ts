/** JSON that strangers write: parsed by the platform, and refused where it nests so deep that writing it again would fail. */

/** The deepest nesting of objects and lists that is taken. Real payloads nest a few levels; writing and walking recurse. */
export const MAX_JSON_DEPTH = 64;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** Brackets and braces differ from each other in one bit. */
const BRACE_BIT = 0x20;
const OPENING = 0x7b;
const CLOSING = 0x7d;

/** Parses a JSON text that came from outside. Throws SyntaxError for what is no JSON, RangeError for what nests too deep. */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (nestsTooDeep(text)) {
    throw new RangeError(`the JSON nests deeper than ${MAX_JSON_DEPTH} levels`);
  }
  return value;
}

/** Whether a text that is JSON nests deeper than `MAX_JSON_DEPTH`: one pass, without recursion. */
function nestsTooDeep(json: string): boolean {
  // Each level takes two signs.
  if (json.length <= 2 * MAX_JSON_DEPTH) {
    return false;
  }
  let depth = 0;
  let isText = false;
  for (let at = 0; at < json.length; at += 1) {
    const code = json.charCodeAt(at);
    if (code === QUOTE) {
      isText = !isText;
    } else if (isText) {
      at += code === BACKSLASH ? 1 : 0;
    } else if ((code | BRACE_BIT) === OPENING) {
      depth += 1;
      if (depth > MAX_JSON_DEPTH) {
        return true;
      }
    } else if ((code | BRACE_BIT) === CLOSING) {
      depth -= 1;
    }
  }
  return false;
}

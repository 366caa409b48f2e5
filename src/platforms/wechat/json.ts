/** Reads the platform's JSON, which has integers beyond 2^53 and now and then raw control characters. */

/** A JSON string, or a number as a whole, so that digits inside strings or fractions are never taken for integers. */
const STRING_OR_NUMBER = /"[^"\\]*(?:\\[\s\S][^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const STRING = /"[^"\\]*(?:\\[\s\S][^"\\]*)*"/g;
/** 15 digits always fit a double; 16 may not. */
const LONG_INTEGER = /^-?\d{16,}$/;
/** Everything below the space. */
const CONTROL = /[^ -\uffff]/g;

/**
 * The JSON object in `text`, or null when there is none. Integers of 16 digits and more come as strings, digit for digit
 * (message ids are int64). Raw control characters inside strings are kept, although JSON forbids them.
 */
export function parseAnswer(text: string): Record<string, unknown> | null {
  const exact = /\d{16}/.test(text)
    ? text.replace(STRING_OR_NUMBER, (token) => (LONG_INTEGER.test(token) ? `"${token}"` : token))
    : text;
  const value = tryParse(exact) ?? tryParse(escapeControls(exact));
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function escapeControls(text: string): string {
  return text.replace(STRING, (token) =>
    token.replace(CONTROL, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`),
  );
}

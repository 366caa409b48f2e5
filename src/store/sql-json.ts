/** Writes the JSON parameters of set-based statements, in the form that every database can take apart again. */

/**
 * JSON text for `json_each(?)` and its like. Half surrogate pairs and NULs become U+FFFD: a caller may send both, SQLite
 * would turn the first into broken UTF-8 (on which libsql ends the whole process when it reads the row) and cut a text at
 * the second, and PostgreSQL refuses both.
 */
export function toSqlJson(value: unknown): string {
  const text = JSON.stringify(value);
  // JSON.stringify writes half pairs and NULs as escapes, and a backslash of the text as two.
  return text.includes('\\u')
    ? text.replace(/\\\\|\\u(?:d[89a-f][0-9a-f]{2}|0000)/g, (found) => (found === '\\\\' ? found : '\ufffd'))
    : text;
}

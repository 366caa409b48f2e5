/** What counts as one mail address. */

/** Stricter than RFC 5321: no quotes, no blanks, no control characters, so that no address can hold another. */
const ADDRESS = /^[^\s@<>()[\]\\,;:"\p{Cc}]{1,64}@[A-Za-z\d](?:[A-Za-z\d.-]{0,251}[A-Za-z\d])?$/u;

/** Whether a text is one mail address. */
export function isMailAddress(text: string): boolean {
  return ADDRESS.test(text);
}

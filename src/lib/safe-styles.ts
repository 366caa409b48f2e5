/** Reduces a style attribute that a stranger wrote to declarations that only change how the text itself looks. */

const ALLOWED = new Set(
  (
    'color background-color font-size font-weight font-style font-family line-height letter-spacing text-align ' +
    'text-decoration text-indent text-transform vertical-align white-space word-break width max-width height ' +
    'max-height min-width margin margin-top margin-right margin-bottom margin-left padding padding-top padding-right ' +
    'padding-bottom padding-left border border-top border-right border-bottom border-left border-color border-style ' +
    'border-width border-radius border-collapse border-spacing list-style-type display'
  ).split(' '),
);
/** Words, numbers, colours. No quotes, backslashes, comments, at-rules or braces, so nothing can end the declaration. */
const PLAIN_VALUE = /^[\w\s#.,%()-]{1,120}$/;
const COLOR_CALL = /\b(?:rgb|rgba|hsl|hsla)\([\d\s.,%deg]{1,60}\)/gi;
/** Negative lengths could move the text over what our page says about it. */
const NEGATIVE = /(?:^|[\s,])-/;
/** Four digits before the point: nobody needs them, and they push the rest of the page away. */
const HUGE = /(?:^|[^\d.])\d{4,}/;
const HUGE_FONT = /(?:^|[^\d.])\d{3,}/;

/** The declarations that stay, as `name:value` joined by semicolons; '' when none does. */
export function keepSafeStyles(style: string): string {
  const kept: string[] = [];
  for (const declaration of style.slice(0, 2000).split(';')) {
    const colon = declaration.indexOf(':');
    const name = declaration.slice(0, Math.max(0, colon)).trim().toLowerCase();
    const value = declaration
      .slice(colon + 1)
      .replace(/!\s*important/i, '')
      .trim();
    // "background" is a shorthand that could load a picture; a colour is all that people write there.
    const safeName = name === 'background' ? 'background-color' : name;
    if (ALLOWED.has(safeName) && isSafeValue(safeName, value)) {
      kept.push(`${safeName}:${value}`);
    }
  }
  return kept.join(';');
}

function isSafeValue(name: string, value: string): boolean {
  if (!PLAIN_VALUE.test(value) || NEGATIVE.test(value)) {
    return false;
  }
  const plain = value.replace(COLOR_CALL, '');
  if (/[()]/.test(plain)) {
    return false;
  }
  if (name === 'display') {
    return /^(?:block|inline|inline-block|none)$/.test(value);
  }
  // Colours in hex may hold many digits in a row; lengths may not.
  const lengths = plain.replace(/#[\da-f]{3,8}\b/gi, '');
  return !(name === 'font-size' ? HUGE_FONT : HUGE).test(lengths);
}

/** Cuts texts where a remote side counts bytes: never inside a character. */

/** The number of UTF-8 bytes. */
export function countBytes(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}

/**
 * The text itself when it has at most `maxBytes` UTF-8 bytes, else its start with `ellipsis`, together at most `maxBytes`.
 * An ellipsis that does not fit by itself is left out.
 */
export function takeBytes(text: string, maxBytes: number, ellipsis = '…'): string {
  if (countBytes(text) <= maxBytes) {
    return text;
  }
  return takeMeasured(text, { max: maxBytes, measure: countBytes, ellipsis });
}

/**
 * The longest start, with `ellipsis` behind it, that `measure` finds no larger than `max`; empty when nothing fits. `measure`
 * grows with its text.
 */
export function takeMeasured(
  text: string,
  options: { max: number; measure: (text: string) => number; ellipsis: string },
): string {
  const { max, measure, ellipsis } = options;
  if (measure(text) <= max) {
    return text;
  }
  if (measure(ellipsis) > max) {
    return ellipsis === '' ? '' : takeMeasured(text, { ...options, ellipsis: '' });
  }
  let fits = 0;
  let tooLong = text.length;
  while (tooLong - fits > 1) {
    const middle = Math.floor((fits + tooLong) / 2);
    if (measure(startOf(text, middle) + ellipsis) <= max) {
      fits = middle;
    } else {
      tooLong = middle;
    }
  }
  return startOf(text, fits) + ellipsis;
}

/** At most so many UTF-16 units, without half a pair at the end. */
function startOf(text: string, units: number): string {
  const last = text.charCodeAt(units - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? units - 1 : units);
}

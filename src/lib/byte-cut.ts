/** Cuts texts where a remote side counts bytes: never inside a character. */
import { placeToCut } from './graphemes.js';

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
    if (measure(text.slice(0, placeToCut(text, middle)) + ellipsis) <= max) {
      fits = middle;
    } else {
      tooLong = middle;
    }
  }
  return text.slice(0, placeToCut(text, fits)) + ellipsis;
}

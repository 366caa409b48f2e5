/** Short codes of emoji, and words that are none. */
import { expect, it } from 'vitest';
import { emojiOf } from '#src/lib/emoji.js';

it.each([
  ['warning', '⚠️'],
  ['skull', '💀'],
  ['red_circle', '🔴'],
  ['white_check_mark', '✅'],
  ['rotating_light', '🚨'],
  ['+1', '👍'],
  [' Tada ', '🎉'],
  ['backup', undefined],
  ['constructor', undefined],
  ['', undefined],
])('%j is %s', (code, emoji) => {
  expect(emojiOf(code)).toBe(emoji);
});

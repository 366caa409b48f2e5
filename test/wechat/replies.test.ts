/** How replies are cut to what WeChat shows. */
import { expect, it } from 'vitest';
import { fitReply, MAX_REPLY_BYTES } from '#src/wechat/replies.js';
import { HELP, WELCOME } from '#src/wechat/texts.js';

it('keeps a text that fits, without control characters', () => {
  expect(fitReply('行\u0000一\r\n行二\t.')).toBe('行一\n行二\t.');
});

it.each([
  ['ASCII', 'a'.repeat(3_000)],
  ['Chinese', '青'.repeat(1_000)],
  ['emoji', '🐦'.repeat(800)],
])('cuts long %s below the limit, never inside a character', (_what, text) => {
  const cut = fitReply(text);
  expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(MAX_REPLY_BYTES);
  expect(Buffer.byteLength(cut)).toBeGreaterThan(MAX_REPLY_BYTES - 8);
  expect(cut).toMatch(/^(a+|青+|(?:🐦)+)…$/u);
});

it('has a help and a welcome that fit', () => {
  expect(fitReply(HELP)).toBe(HELP);
  expect(fitReply(WELCOME)).toBe(WELCOME);
});

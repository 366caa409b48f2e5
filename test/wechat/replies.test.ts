/** How replies are cut to what WeChat shows. */
import { expect, it } from 'vitest';
import { MOST_CHOICES } from '#src/wechat/apps-chat.js';
import { fitReply, MAX_REPLY_BYTES } from '#src/wechat/replies.js';
import { askWhichApp, HELP, tellHelp, WELCOME } from '#src/wechat/texts.js';

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
  const help = tellHelp(`https://${'push.example.'.repeat(10)}com`);
  expect(fitReply(help)).toBe(help);
});

it('has a question that fits with as many choices as it offers, whatever their names', () => {
  const apps = Array.from({ length: MOST_CHOICES }, (_, at) => ({ id: 2 ** 31 - at, name: '🐦'.repeat(64) }));
  const question = askWhichApp('🐦'.repeat(20), apps, true);
  expect(fitReply(question)).toBe(question);
  expect(question).toContain(`${MOST_CHOICES}. `);
});

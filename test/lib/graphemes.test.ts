/** Texts are cut between what people see as characters, wherever the cut falls. */
import { expect, it } from 'vitest';
import { takeBytes } from '#src/lib/byte-cut.js';
import { placeToCut } from '#src/lib/graphemes.js';
import { takeCodePoints } from '#src/lib/text.js';

it.each([
  ['a family', '👨‍👩‍👧‍👦'],
  ['a skin tone', '👍🏽'],
  ['a flag', '🇨🇳'],
  ['a letter with two marks', 'e\u0301\u0302'],
  ['a syllable of its parts', '\u1112\u1161\u11ab'],
  ['a heart that is shown in colour', '❤️'],
  ['a keycap', '1️⃣'],
  ['a line end of Windows', '\r\n'],
])('%s is never taken apart', (_name, character) => {
  const text = character.repeat(300);
  for (let max = 1; max < 700; max += 7) {
    const points = takeCodePoints(text, max, '…').replace(/…$/, '');
    const bytes = takeBytes(text, max).replace(/…$/, '');
    expect(points).toBe(character.repeat(points.length / character.length));
    expect(bytes).toBe(character.repeat(bytes.length / character.length));
  }
});

it.each([
  ['a place between plain letters', 'abc', 2, 2],
  ['the start', 'abc', 0, 0],
  ['what is before the start', 'abc', -1, 0],
  ['what is behind the end', 'abc', 9, 3],
  ['half a pair', '字🔥', 2, 1],
  ['a first character that is longer', '👨‍👩‍👧‍👦', 4, 0],
  ['a lone surrogate', 'a\ud83d字', 2, 2],
])('%s', (_name, text, at, place) => {
  expect(placeToCut(text, at)).toBe(place);
});

it('marks without end are no character, and are cut somewhere', () => {
  const text = `e${'\u0301'.repeat(5000)}`;
  expect([...takeCodePoints(text, 1000, '…')]).toHaveLength(1000);
});

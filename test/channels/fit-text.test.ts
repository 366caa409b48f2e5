/** Messages that are too long for a platform: cut with a link to the rest, or split into parts. */
import { describe, expect, it } from 'vitest';
import { type DrawnText, fitText, splitText } from '#src/channels/fit-text.js';

const markup = { lineEnd: '\n', blankLine: '\n\n' };
const bytes = (text: string) => Buffer.byteLength(text);

function textOf(lines: string[], changed: Partial<DrawnText> = {}): DrawnText {
  return {
    head: '题',
    lines: lines.map((text) => ({ text, plain: text.replaceAll('*', ''), gap: false })),
    foot: '',
    more: '[全文]',
    isCut: false,
    ...changed,
  };
}

describe('a cut', () => {
  it('does not happen to what fits exactly', () => {
    expect(fitText(textOf(['中文']), { max: 10, markup })).toBe('题\n中文');
  });

  it('keeps whole lines, then the start of one without its marks, and links to the rest', () => {
    const drawn = textOf(['第一行', '**很长的一行字很长的一行字**', '尾']);
    expect(fitText(drawn, { max: 40, markup })).toBe('题\n第一行\n很长的一…\n[全文]');
  });

  it.each([15, 16, 17, 18, 19, 20, 23, 30, 41])(
    'to %i bytes never leaves more nor half a character',
    (max) => {
      const text = fitText(textOf(['🔥🔥🔥🔥中文中文'.repeat(9)]), { max, markup });
      expect(bytes(text)).toBeLessThanOrEqual(max);
      expect(text).not.toMatch(/\ufffd|\p{Surrogate}/u);
      expect(text).toContain('[全文]');
    },
  );

  it.each([13, 14, 15, 16, 17, 18, 20, 22, 23, 24])(
    'carries its mark at %i bytes too, where it falls between two lines',
    (max) => {
      const text = fitText(textOf(['一二三', '四五六'], { more: '' }), { max, markup });
      expect(text.endsWith('…')).toBe(bytes('题\n一二三\n四五六') > max);
      expect(bytes(text)).toBeLessThanOrEqual(max);
    },
  );

  it.each(['👨‍👩‍👧‍👦', '👍🏽', '🇨🇳', 'é̂', '각'])('never takes %s apart', (character) => {
    for (let max = 8; max < 60; max += 1) {
      const text = fitText(textOf([character.repeat(9)], { head: '', more: '' }), { max, markup });
      expect(text.replaceAll(character, '')).toMatch(/^…?$/);
    }
  });

  it('keeps the link to the original, but for one that takes half of the room', () => {
    const lines = ['字'.repeat(50)];
    expect(fitText(textOf(lines, { foot: '[原文]' }), { max: 60, markup })).toMatch(/\n\[全文\]\n\[原文\]$/);
    const long = fitText(textOf(lines, { foot: `[${'x'.repeat(50)}]` }), { max: 60, markup });
    expect(long).toMatch(/\n\[全文\]$/);
  });

  it('links to the rest of a body that was not read to its end', () => {
    expect(fitText(textOf(['一'], { isCut: true }), { max: 100, markup })).toBe('题\n一…\n[全文]');
  });
});

describe('a split', () => {
  const room = { max: 40, markup, maxParts: 10 };

  it('leaves what fits as one message without a number', () => {
    expect(splitText(textOf(['一']), room)).toEqual(['题\n一']);
  });

  it('numbers its parts and loses nothing', () => {
    const body = Array.from({ length: 40 }, (_, at) => String.fromCodePoint(0x4e00 + at)).join('');
    const parts = splitText(textOf([body]), room);
    expect(parts.map((part) => part.split('\n').at(-1))).toEqual(
      parts.map((_, at) => `(${at + 1}/${parts.length})`),
    );
    expect(parts.every((part) => bytes(part) <= 40)).toBe(true);
    const joined = parts.map((part) => part.replace(/\n\(\d+\/\d+\)$/, '')).join('');
    expect(joined.replace('题', '').replaceAll('\n', '')).toBe(body);
  });

  it('ends with the link to the rest when there would be too many parts', () => {
    const parts = splitText(textOf(['字'.repeat(400)]), { ...room, maxParts: 3 });
    expect(parts).toHaveLength(3);
    expect(parts[2]).toMatch(/…\n\[全文\]\n\(3\/3\)$/);
    expect(parts.every((part) => bytes(part) <= 40)).toBe(true);
  });
});

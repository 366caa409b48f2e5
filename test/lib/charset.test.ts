/** In which charset a text is read: as declared, as it looks, or not at all. */
import { describe, expect, it } from 'vitest';
import { charsetOf, decodeText } from '#src/lib/charset.js';

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');
/** 中文 in some charsets. */
const GBK = 'd6d0 cec4';
const UTF8 = 'e4b8ad e69687';
const BIG5 = 'a4a4 a4e5';
const UTF16 = '2d4e 8765';

describe('a text', () => {
  it.each<[string, string, string]>([
    ['UTF-8', UTF8, ''],
    ['UTF-8 with a mark', `efbbbf ${UTF8}`, ''],
    ['UTF-8 that is called GBK', UTF8, 'gbk'],
    ['UTF-8 that is called Latin 1', UTF8, 'iso-8859-1'],
    ['UTF-8 that is called UTF-16', UTF8, 'utf-16'],
    ['UTF-8 that is called by no name', UTF8, 'x-none'],
    ['GBK', GBK, ''],
    ['GBK that is called so', GBK, 'GBK'],
    ['GB2312', GBK, 'gb2312'],
    ['GBK that is called UTF-8', GBK, 'utf-8'],
    ['GBK that is called Latin something', GBK, 'x-latin'],
    ['Big5 that is called so', BIG5, 'big5'],
    ['UTF-16 with a mark', `fffe ${UTF16}`, ''],
    ['UTF-16 with a mark that is called UTF-8', `fffe ${UTF16}`, 'utf-8'],
    ['UTF-16 the other way round', 'feff 4e2d 6587', ''],
    ['UTF-16 without a mark that is called so', UTF16, 'utf-16le'],
  ])('in %s is read', (_name, hex, declared) => {
    expect(decodeText(bytes(hex), declared)).toBe('中文');
  });

  it('in GB18030 is read with its four-byte characters', () => {
    expect(decodeText(bytes('d6d0 9232b530'))).toHaveLength(3);
  });

  it.each<[string, string, string, string]>([
    ['two bytes that are valid in both, called GBK', 'c4bf', 'gbk', '目'],
    ['two bytes that are valid in both, called nothing', 'c4bf', '', 'Ŀ'],
    ['Latin 1 that is called so', '63 61 66 e9', 'iso-8859-1', 'café'],
    ['ASCII that is called GBK', '61', 'gbk', 'a'],
    ['ASCII in UTF-16 that is called so', '6100 6200', 'utf-16le', 'ab'],
    ['nothing', '', '', ''],
    ['nothing that is called GBK', '', 'gbk', ''],
    ['GBK with the colours of a terminal', `1b5b33316d ${GBK}`, '', '\u001b[31m中文'],
    ['UTF-8 that is cut at its end', `${UTF8} e9 9d`, '', '中文\ufffd'],
    ['UTF-8 that is cut at its start', `9d 92 ${UTF8}`, '', '\ufffd\ufffd中文'],
    ['UTF-8 of letters that is cut', `${UTF8} 61 c3`, '', '中文a\ufffd'],
  ])('of %s', (_name, hex, declared, text) => {
    expect(decodeText(bytes(hex), declared)).toBe(text);
  });

  it.each<[string, string, string]>([
    ['a JPEG', 'ffd8 ffe0 0010 4a46', ''],
    ['a PNG', '8950 4e47 0d0a 1a0a 0000 000d', ''],
    ['a gzip', '1f8b 0800 0000 0000 0003', ''],
    ['a ZIP', '504b 0304 1400 ffff', ''],
    ['a JPEG that is called GBK', 'ffd8 ffe0 0010', 'gbk'],
    ['a PNG that is called Latin 1', '8950 4e47 0d0a 1a0a 0000 000d', 'iso-8859-1'],
    ['half a character of GBK', 'd6d0 ce', ''],
    ['UTF-8 with wrong bytes in its middle', `${UTF8} d6d0 ${UTF8}`, ''],
    ['an odd number of bytes of UTF-16', 'fffe 2d4e 87', ''],
    ['private signs of GBK', 'aaa1 aaa1', ''],
  ])('that is %s is refused', (_name, hex, declared) => {
    expect(() => decodeText(bytes(hex), declared)).toThrow(expect.objectContaining({ reason: 'encoding' }));
  });
});

it.each([
  ['text/plain; charset=GBK', 'GBK'],
  ['text/plain;charset="gb2312"; x=y', 'gb2312'],
  ["text/plain; charset='big5'", 'big5'],
  ['application/json; charset=utf-8', ''],
  ['application/json; charset=UTF8', ''],
  ['application/json', ''],
  ['', ''],
])('the charset of %j is %j', (type, charset) => {
  expect(charsetOf(type)).toBe(charset);
});

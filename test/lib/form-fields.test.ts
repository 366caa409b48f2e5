/** Names and values as they are escaped in addresses, forms and multipart forms. */
import { describe, expect, it } from 'vitest';
import { parseFields, parsePairs, readMultipart, unescapeAll } from '#src/lib/form-fields.js';

describe('pairs', () => {
  it.each<[string, [string, string][]]>([
    ['', []],
    [
      'a=1&b',
      [
        ['a', '1'],
        ['b', ''],
      ],
    ],
    [
      'a=1&a=2',
      [
        ['a', '1'],
        ['a', '2'],
      ],
    ],
    ['a=%E4%B8%AD+x', [['a', '中 x']]],
    ['a=%D6%D0%CE%C4', [['a', '中文']]],
    [
      '%D6%D0=1&b=%C4%BF',
      [
        ['中', '1'],
        ['b', '目'],
      ],
    ],
    ['a=%D6%D0=%CE%C4', [['a', '中=文']]],
    ['&&a=%D6%D0&', [['a', '中']]],
    ['?a=%D6%D0', [['a', '中']]],
    ['a=%8BA', [['a', '婣']]],
    [
      'a=100%&b=%zz',
      [
        ['a', '100%'],
        ['b', '%zz'],
      ],
    ],
    [
      'a=100%&b=%D6%D0%',
      [
        ['a', '100%'],
        ['b', '中%'],
      ],
    ],
    ['a=%EF%BF%BD', [['a', '\ufffd']]],
    [
      'a=é&b=%D6%D0',
      [
        ['a', 'é'],
        ['b', '中'],
      ],
    ],
    ['a=%E4%B8%AD%E9%9D', [['a', '中\ufffd']]],
  ])('of %j', (text, pairs) => {
    expect(parsePairs(text)).toEqual(pairs);
  });

  it('are in the charset that is declared where both fit', () => {
    expect(parsePairs('a=%C4%BF', 'gbk')).toEqual([['a', '目']]);
    expect(parsePairs('a=%E4%B8%AD', 'gbk')).toEqual([['a', '中']]);
  });

  it.each(['a=%FF%D8%FF', 'a=%D6', 'a=%E4%B8%AD%D6%D0%E4%B8%AD'])(
    'that are no text are refused: %s',
    (text) => {
      expect(() => parsePairs(text)).toThrow(expect.objectContaining({ reason: 'encoding' }));
    },
  );

  it('become fields, the last of repeated names, hostile names as ordinary own keys', () => {
    const fields = parseFields('a=1&a=2&__proto__=x&constructor=y');
    expect(Object.entries(fields)).toEqual([
      ['a', '2'],
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
    expect(fields.toString).toBe(undefined);
  });
});

describe('parts of a path', () => {
  it.each<[string[], string[]]>([
    [
      ['a+b', 'c%2Fd'],
      ['a b', 'c/d'],
    ],
    [
      ['100%', '%zz', '%4'],
      ['100%', '%zz', '%4'],
    ],
    [
      ['%D6%D0', '%C4%BF'],
      ['中', '目'],
    ],
    [
      ['%E4%B8%AD', ''],
      ['中', ''],
    ],
    [[], []],
  ])('%j are %j', (parts, texts) => {
    expect(unescapeAll(parts)).toEqual(texts);
  });
});

describe('a multipart form', () => {
  const TYPE = 'multipart/form-data; boundary=b';
  const form = (...parts: [string, string | Buffer][]): Buffer =>
    Buffer.concat([
      ...parts.flatMap(([head, body]) => [
        Buffer.from(`--b\r\nContent-Disposition: form-data; ${head}\r\n\r\n`),
        Buffer.from(body as string),
        Buffer.from('\r\n'),
      ]),
      Buffer.from('--b--\r\n'),
    ]);

  it('gives its fields in their order, and names its files', () => {
    const picture = Buffer.from([0xff, 0xd8, 0xff, 0x00]);
    const { pairs, files } = readMultipart(
      form(
        ['name="a"', '青'],
        ['name="f"; filename="门口.jpg"\r\nContent-Type: image/jpeg', picture],
        ['name=a', 'two\r\nlines'],
        [`name="g"; filename*=UTF-8''%E9%97%A8%2B1.jpg`, ''],
        ['name="h"; filename=""', ''],
      ),
      TYPE,
    );
    expect(pairs).toEqual([
      ['a', '青'],
      ['a', 'two\r\nlines'],
    ]);
    expect(files).toEqual([
      { field: 'f', name: '门口.jpg', type: 'image/jpeg', bytes: picture },
      { field: 'g', name: '门+1.jpg', type: '', bytes: Buffer.alloc(0) },
      { field: 'h', name: '', type: '', bytes: Buffer.alloc(0) },
    ]);
  });

  it('in GBK is read as such', () => {
    const gbk = Buffer.from('d6d0cec4', 'hex');
    expect(readMultipart(form(['name="a"', gbk]), TYPE).pairs).toEqual([['a', '中文']]);
  });

  it.each([
    ['without a boundary', 'multipart/form-data', form(['name="a"', 'x'])],
    ['that does not end', TYPE, form(['name="a"', 'x']).subarray(0, -6)],
    ['of nothing that is one', TYPE, Buffer.from('x')],
    ['whose text is none', TYPE, form(['name="a"', Buffer.from([0xff, 0xd8, 0x00])])],
  ])('%s is refused', (_name, type, bytes) => {
    expect(() => readMultipart(bytes, type)).toThrow(expect.objectContaining({ reason: 'encoding' }));
  });
});

/** The platform's JSON: integers beyond 2^53, raw control characters, and what is no answer at all. */
import { expect, it } from 'vitest';
import { parseAnswer } from '#src/platforms/wechat/json.js';

it.each([
  ['an int64', '{"errcode":0,"msgid":3662956322040938501}', { errcode: 0, msgid: '3662956322040938501' }],
  ['a negative int64', '{"a": -3662956322040938501 }', { a: '-3662956322040938501' }],
  ['int64s in a list', '{"a":[3662956322040938501,1]}', { a: ['3662956322040938501', 1] }],
  ['16 digits', '{"a":9007199254740993}', { a: '9007199254740993' }],
  ['15 digits as a number', '{"a":900719925474099,"b":1}', { a: 900719925474099, b: 1 }],
  ['a long fraction as a number', '{"a":0.12345678901234567890}', { a: 0.12345678901234568 }],
  ['a large exponent as a number', '{"a":10000000000000000e2}', { a: 1e18 }],
  [
    'digits inside a text',
    '{"errmsg":"id:3662956322040938501, \\"x\\" 1"}',
    { errmsg: 'id:3662956322040938501, "x" 1' },
  ],
  ['a raw line break in a text', '{"content":"a\nb\tc"}', { content: 'a\nb\tc' }],
  [
    'a raw control character beside an int64',
    '{"a":"\u0001","msgid":3662956322040938501}',
    { a: '\u0001', msgid: '3662956322040938501' },
  ],
  ['an indented answer with a raw control character', '{\n  "a": "x\u0007y"\n}', { a: 'x\u0007y' }],
])('reads %s', (_name, text, expected) => {
  expect(parseAnswer(text)).toEqual(expected);
});

it.each(['', 'ok', 'null', '5', '"text"', '[1]', '{"a":', '<html></html>'])(
  'finds no answer in %j',
  (text) => {
    expect(parseAnswer(text)).toBe(null);
  },
);

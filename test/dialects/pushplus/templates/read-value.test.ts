/** What counts as data, and what stays text. */
import { describe, expect, it } from 'vitest';
import { readValue } from '#src/dialects/pushplus/templates/read-value.js';
import { toLine, type Value } from '#src/dialects/pushplus/templates/value.js';

/** Read data in plain words: objects as lists of pairs. */
function plain(value: Value | null): unknown {
  switch (value?.kind) {
    case 'text':
      return value.text;
    case 'list':
      return value.items.map(plain);
    case 'fields':
      return value.entries.map(([name, one]) => [name, plain(one)]);
    default:
      return null;
  }
}

describe('data', () => {
  it.each<[string, string, unknown]>([
    ['JSON', '{"a":{"b":[1,true,null,"x"]}}', [['a', [['b', ['1', 'true', 'null', 'x']]]]]],
    [
      "the documents' single quotes",
      "{'name':'名称','size':'大小'}",
      [
        ['name', '名称'],
        ['size', '大小'],
      ],
    ],
    ['what a shell leaves of tripled quotes', '{name:名称}', [['name', '名称']]],
    [
      'a map as Java prints it',
      '{userId=12****, instanceId=i-1}',
      [
        ['userId', '12****'],
        ['instanceId', 'i-1'],
      ],
    ],
    [
      'numbers digit by digit',
      '{"id":12345678901234567890,"x":1.10}',
      [
        ['id', '12345678901234567890'],
        ['x', '1.10'],
      ],
    ],
    ['real line breaks in a text', '{"a":"one\ntwo"}', [['a', 'one\ntwo']]],
    ['escapes', '{"a":"\\u4f60\\n\\"\\\\\\/"}', [['a', '你\n"\\/']]],
    ['a comma too many', '[1,2,]', ['1', '2']],
    [
      'a name twice and names of Object',
      '{"a":1,"a":2,"__proto__":3}',
      [
        ['a', '1'],
        ['a', '2'],
        ['__proto__', '3'],
      ],
    ],
    ['nothing in braces', ' {} ', []],
    [
      'a form',
      'alertName=cpu&curValue=9%25',
      [
        ['alertName', 'cpu'],
        ['curValue', '9%'],
      ],
    ],
  ])('%s', (_, content, expected) => {
    expect(plain(readValue(content))).toEqual(expected);
  });
});

describe('text', () => {
  it.each([
    '',
    'plain words',
    '42',
    '{',
    '[1,2',
    '{"a"}',
    '{"a":}',
    '{"a":"b',
    '{"a":1} and more',
    '[警告] 磁盘满了',
    '{{title}}',
    'a=b',
    'a=1\nb=2',
    '<b>1=2</b>&x=3',
    '['.repeat(10_000),
    '{"a":'.repeat(10_000),
  ])('%#', (content) => {
    expect(readValue(content)).toBeNull();
  });
});

it('an endless content takes a moment, not a day', () => {
  const hostile = [`[${'1,'.repeat(100_000)}`, `{"a":"${'\\'.repeat(200_001)}`, `{${' '.repeat(200_000)}`];
  expect(hostile.map(readValue)).toEqual([null, null, null]);
  expect(toLine(readValue(`["${'x'.repeat(200_000)}"]`) ?? { kind: 'text', text: '' })).toHaveLength(200_000);
});

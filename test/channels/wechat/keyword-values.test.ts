/** Whatever a sender writes, each keyword gets a value that its kind takes: judged by the simulator's own rules. */
import { describe, expect, it } from 'vitest';
import { fitKeyword, keywordKind } from '#src/channels/wechat/keyword-values.js';
import { fitsKeyword, KEYWORD_TYPES } from '#src/simulator/wechat/keyword-rules.js';

const TIME = '2026-11-23 18:05:00';
const fitted = (keyword: string, text: string) => fitKeyword(keyword, text, TIME);

const HOSTILE: readonly [string, string][] = [
  ['nothing', ''],
  ['blanks', ' \t\r\n\u3000\u00a0\ufeff '],
  ['line ends', '第一行\n第二行\r\n第三行\u2028第四行\u2029第五行\u0085第六行'],
  ['control characters', '\u0000\u0001\u001b[31m红\u007f\u009f'],
  ['only control characters', '\u0000\u0007\u001f'],
  ['emoji', '🔥🔥🔥'],
  ['emoji joined', '👨‍👩‍👧‍👦'.repeat(12)],
  ['letters with marks', 'é'.normalize('NFD').repeat(40)],
  ['half a pair', 'a\ud83d'.repeat(15)],
  ['Chinese beyond the first plane', '𠮷野家'.repeat(15)],
  ['a long line', '很长的一行文字'.repeat(5000)],
  ['a long word', 'x'.repeat(5000)],
  ['long digits', '9'.repeat(5000)],
  ['dots', '1.2.3.4....5'],
  ['only dots', '...'],
  ['words apart', 'hello big world'],
  ['Latin then Chinese', 'server-01 宕机'],
  ['signs', '+-+-12.5%$¥元'],
  ['money', '应付¥1234567890123.456元'],
  ['braces', '{{thing1.DATA}}'],
  ['markup', '<b>bold</b> & "quoted"'],
  ['a plate', '京A·12345警用车辆'],
  ['a phone', '请拨 +86 (10) 1234-5678 转 9'],
  ['wide blanks inside', 'a\u3000\u3000b\u200bc'],
  ['right to left', '\u202eabc'],
  ['twenty', '二'.repeat(20)],
  ['twenty-one', '二'.repeat(21)],
];

describe.each(KEYWORD_TYPES)('a keyword of the kind %s', (kind) => {
  it.each(HOSTILE)('takes what becomes of %s', (_, text) => {
    const value = fitted(`${kind}1`, text);
    expect(fitsKeyword(`${kind}1`, value, {}), JSON.stringify(value)).toBe(true);
  });
});

it.each([
  ['thing1', '一'.repeat(21), `${'一'.repeat(19)}…`],
  ['thing1', '一'.repeat(20), '一'.repeat(20)],
  ['thing1', '𠮷'.repeat(21), `${'𠮷'.repeat(19)}…`],
  ['thing1', '🚨 ⚠️ 磁盘 🔥 满了 ✅', '磁盘 满了'],
  ['free', '🔥 1️⃣ 满了', '1 满了'],
  ['thing1', '🔥🔥', '无'],
  ['thing1', '磁盘\ud83d满了', '磁盘\ufffd满了'],
  ['thing1', ' a\n\tb  c ', 'a b c'],
  ['thing1', '', '无'],
  ['short_thing2', '服务器宕机了', '服务器宕…'],
  ['character_string3', '订单 A-17 已付款 $5', 'A-17 $5'],
  ['phrase4', 'CPU 负载很高很高', '负载很高很'],
  ['name5', '张三 Zhang San', '张三'],
  ['name5', 'Zhang San', 'Zhang San'],
  ['number6', 'CPU 95.5% of 8 cores', '95.5'],
  ['number6', '-3 °C', '-3'],
  ['letter7', 'a1-b2', 'ab'],
  ['symbol8', '3 > 2 && true', '>&&'],
  ['amount9', '共 ¥99.90元', '¥99.90元'],
  ['phone_number10', '电话 010-12345678。', '010-12345678'],
  ['car_number11', '京A12345 停放', '京A12345'],
])('%s makes of %j the value %j', (keyword, text, value) => {
  expect(fitted(keyword, text)).toBe(value);
});

it('fills times with the time, whatever part they were given', () => {
  expect(fitted('time3', 'a title')).toBe('2026-11-23 18:05');
  expect(fitted('date4', 'a title')).toBe('2026-11-23');
});

it('cuts the values of free templates at twenty, as WeChat does when it shows them', () => {
  expect(fitted('keyword1', 'x'.repeat(30))).toBe(`${'x'.repeat(19)}…`);
  expect(fitted('first', '')).toBe('无');
});

it.each([
  ['thing1', 'thing'],
  ['character_string12', 'character_string'],
  ['time', 'time'],
  ['keyword1', 'free'],
  ['content', 'free'],
  ['constructor1', 'free'],
])('takes %s for the kind %s', (keyword, kind) => {
  expect(keywordKind(keyword)).toBe(kind);
});

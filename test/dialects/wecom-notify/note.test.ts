/** What callers put between angle brackets stays readable, and what WeCom itself understands stays as it is. */
import { expect, it } from 'vitest';
import { harmlessMarkup } from '#src/dialects/wecom-notify/note.js';

it.each([
  ['host <web-01> is down', 'host \\<web-01> is down'],
  ['<script>alert(1)</script>', '\\<script>alert(1)\\</script>'],
  ['<!-- note -->', '\\<!-- note -->'],
  ['a < b, 1<2', 'a < b, 1<2'],
  ['<font color="warning">90%</font>', '<font color="warning">90%</font>'],
  ['<a href="https://a.cn">a</a> <https://b.cn>', '<a href="https://a.cn">a</a> <https://b.cn>'],
  ['`<b1>` and ``<c1> ` <d>``', '`<b1>` and ``<c1> ` <d>``'],
  ['**bold** [link](https://a.cn)', '**bold** [link](https://a.cn)'],
])('%s', (given, made) => {
  expect(harmlessMarkup(given)).toBe(made);
});

/** Bodies as lines of text, and texts cut by bytes. */
import { describe, expect, it } from 'vitest';
import { toPlainLines } from '#src/channels/plain-lines.js';
import { takeBytes } from '#src/lib/byte-cut.js';

describe('a body as lines', () => {
  it.each([
    ['text', '<b>a</b>\r\n\r\n\r\n& b\u0007', '<b>a</b>\n\n\n& b'],
    ['html', '<h1>a</h1><p>b<br/>c <b>d</b>e</p><ul><li>f</li><li>g</li></ul>', 'a\nb\nc de\nf\ng'],
    ['html', '<script>x</script><style>y</style>a&nbsp;&lt;b&gt;', 'a <b>'],
    ['html', '<p>a\nb</p><pre>c\n  d</pre>', 'a b\nc\nd'],
    ['html', '<br><br><br><br>a<br><br><br><br>b', 'a\n\nb'],
    ['markdown', '# a\n\nb **c**\nd\n\n1. e\n2. [f](https://x.example)', 'a\nb c\nd\ne\nf'],
    ['markdown', '| h | i |\n|---|---|\n| 1 | 2 |', 'h i\n1 2'],
    ['html', '', ''],
  ] as const)('%s %j is %j', (format, body, lines) => {
    expect(toPlainLines(body, format)).toBe(lines);
  });
});

describe('a text cut by bytes', () => {
  it.each([
    ['abc', 3, 'abc'],
    ['abcd', 3, '…'],
    ['abcdef', 5, 'ab…'],
    ['你好吗啊', 9, '你好…'],
    ['你好吗啊', 11, '你好…'],
    ['🔥🔥🔥', 11, '🔥🔥…'],
    ['🔥🔥🔥', 8, '🔥…'],
    ['abcd', 2, 'ab'],
    ['🔥', 3, '…'],
  ])('%s in %i bytes is %s', (text, bytes, cut) => {
    expect(takeBytes(text, bytes)).toBe(cut);
    expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(bytes);
  });
});

/** Bodies of every format, read as lines and written in the platforms' small markups. */
import { describe, expect, it } from 'vitest';
import { BARE_TEXT } from '#src/channels/bare-text.js';
import { drawLines, type Markup } from '#src/channels/markup.js';
import { readRichText } from '#src/channels/rich-text.js';
import { WECOM_MARKDOWN, WECOM_TEXT } from '#src/channels/wecom-markup.js';
import type { TextFormat } from '#src/lib/text.js';

const MARKDOWN = `# 标题 **粗**

第一段 *斜* ~~删~~
第二行 \`code\` [链接](https://a.example/c?x=1&y=2)

- 一
- 二
  - 深

3. 丙
4. 丁

> 引用

\`\`\`js
let a = 1;

  b
\`\`\`

| 主机 | 状态 |
|--|--|
| db-1 | <font color="warning">坏</font> |

![图](https://p.example/x.png)

---
末尾 &lt;b&gt;`;

function draw(body: string, format: TextFormat, markup: Markup): string {
  return drawLines(readRichText(body, format).lines, markup)
    .map((line, at) => (line.gap && at > 0 ? '\n' : '') + line.text)
    .join('\n');
}

it('writes Markdown in the Markdown of WeCom', () => {
  expect(draw(MARKDOWN, 'markdown', WECOM_MARKDOWN)).toBe(`# 标题 粗

第一段 斜 删
第二行 \`code\` [链接](https://a.example/c?x=1&y=2)

• 一
• 二
  • 深

3. 丙
4. 丁

> 引用

let a = 1;

  b

**主机** | **状态**
db-1 | <font color="warning">坏</font>

[图](https://p.example/x.png)

————————

末尾 <b>`);
});

it('writes Markdown as plain text whose addresses can be tapped', () => {
  const text = draw('**注意** [看](https://a.example/)\n\n- `x`', 'markdown', BARE_TEXT);
  expect(text).toBe('注意 看 https://a.example/\n\n• x');
});

it('writes links of app texts as elements', () => {
  expect(draw('<p>到<a href="https://a.example/?a=1&amp;b=2">这里</a></p>', 'html', WECOM_TEXT)).toBe(
    '到<a href="https://a.example/?a=1&b=2">这里</a>',
  );
});

it('keeps the lines of a plain text and at most one blank line between them', () => {
  expect(draw('一\n\n\n  二  \n三\n\n', 'text', BARE_TEXT)).toBe('一\n\n  二\n三');
});

it('reads HTML by its blocks', () => {
  const html = '<h2>题</h2><div>甲<br>乙<br><br>丙</div><table><tr><td>1</td><td>2</td></tr></table>尾';
  expect(draw(html, 'html', WECOM_MARKDOWN)).toBe('## 题\n\n甲\n乙\n\n丙\n\n1 | 2\n\n尾');
});

describe('what strangers write', () => {
  it('loses scripts, styles and addresses that run', () => {
    const html =
      '<script>x()</script><style>y</style><a href="javascript:z()">点</a><img src="data:image/png;base64,AA">';
    expect(draw(html, 'html', WECOM_MARKDOWN)).toBe('点[图片]');
  });

  it.each([
    ['text', '<at user_id="all">所有人</at> <@zhangsan>'],
    ['markdown', '&lt;at id=all&gt;&lt;/at&gt; &lt;@all&gt;'],
  ] as const)('cannot call out to a group by %s', (format, body) => {
    for (const markup of [BARE_TEXT, WECOM_MARKDOWN, WECOM_TEXT]) {
      expect(draw(body, format, markup)).not.toMatch(/<(at|@)/);
    }
  });

  it('cannot end a link early', () => {
    const html = '<a href="https://a.example/(b)&quot;c">[x](y)</a>';
    expect(draw(html, 'html', WECOM_MARKDOWN)).toBe('[［x］(y)](https://a.example/%28b%29%22c)');
  });

  it.each(['<a ', '<<', '&lt;', '**a', '> ', '<b style="color:', '[a](', '<p><ul><li>'])(
    'is read when it repeats %s without end',
    (piece) => {
      const body = piece.repeat(20_000);
      for (const format of ['text', 'html', 'markdown'] as const) {
        const text = readRichText(body, format);
        expect(text.isCut).toBe(body.length > 60_000);
      }
    },
  );
});

it.each([
  ['red', 'warning'],
  ['#ff0000', 'warning'],
  ['rgb(220, 30, 30)', 'warning'],
  ['orange', 'warning'],
  ['green', 'info'],
  ['#07c160', 'info'],
  ['#888', 'comment'],
  ['info', 'info'],
])('says the colour %s as %s', (color, name) => {
  expect(draw(`<font color="${color}">字</font>`, 'html', WECOM_MARKDOWN)).toBe(
    `<font color="${name}">字</font>`,
  );
});

it.each(['black', '#000', '#1677ff', 'nonsense'])('leaves the colour %s out', (color) => {
  expect(draw(`<font color="${color}">字</font>`, 'html', WECOM_MARKDOWN)).toBe('字');
});

/** Markdown is rendered richly, safely, and within bounds that hostile texts cannot move. */
import { describe, expect, it } from 'vitest';
import { renderMarkdown } from '#src/lib/markdown.js';

describe('Markdown', () => {
  it('colours code of a known language and escapes any other', () => {
    expect(renderMarkdown('```js\nconst a = "<b>";\n```')).toBe(
      '<pre><code class="language-js"><span class="hljs-keyword">const</span> a = ' +
        '<span class="hljs-string">"&lt;b&gt;"</span>;\n</code></pre>\n',
    );
    expect(renderMarkdown('```klingon\n<b>\n```')).toBe(
      '<pre><code class="language-klingon">&lt;b&gt;\n</code></pre>\n',
    );
  });

  it('knows tables, line breaks, struck text and bare links', () => {
    const html = renderMarkdown('| a | b |\n|:-|-:|\n| 1 | 2 |\n\none\ntwo ~~no~~ https://a.cn/x，好');
    expect(html).toContain('<td style="text-align:right">2</td>');
    expect(html).toContain('one<br />\ntwo <s>no</s>');
    expect(html).toContain('rel="noopener noreferrer nofollow">https://a.cn/x</a>，好');
  });

  it('sanitises the HTML inside', () => {
    const html = renderMarkdown(
      '<img src=x onerror=alert(1)> [a](javascript:alert(1)) <copy data-clipboard-text="k">c</copy>\n\n<script>alert(1)</script>',
    );
    expect(html).not.toMatch(/onerror|<script|href="javascript/);
    expect(html).toContain('<button type="button" class="copy" data-clipboard-text="k">c</button>');
  });

  it('leaves program names and mail addresses alone', () => {
    expect(renderMarkdown('run main.py or ask a@b.cn')).toBe('<p>run main.py or ask a@b.cn</p>\n');
  });
});

describe('hostile Markdown of 40,000 characters ends with bounded output', () => {
  it.each([
    ['brackets', '['],
    ['pictures in links', '[![a]('],
    ['emphasis', '**a'],
    ['mixed emphasis', '*a_ '],
    ['quotes', '> '],
    ['lists', '- '],
    ['code marks', '`a``'],
    ['addresses with brackets', 'http://a.a/('],
    ['open tags', '<a href="'],
    ['elements', '<div>\n\n'],
    ['table cells', '|a'],
    ['references', '[a]: b\n'],
    ['entities', '&#x'],
  ])('%s', (_name, bit) => {
    const html = renderMarkdown(bit.repeat(40_000 / bit.length));
    expect(html.length).toBeLessThan(2_000_000);
    expect(deepestNesting(html)).toBeLessThan(100);
  });

  it('shows code plainly once the colouring budget is spent', () => {
    const block = `~~~js\n${'const a = 1;\n'.repeat(300)}~~~\n`;
    const html = renderMarkdown(block.repeat(10));
    expect(html.match(/hljs-keyword/g)?.length).toBe(600);
    expect(renderMarkdown(`~~~java\n${'$'.repeat(7000)}\n~~~`)).not.toContain('hljs');
  });
});

function deepestNesting(html: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [tag] of html.matchAll(/<\/?(?!br|hr|img)[a-z][^>]*>/g)) {
    depth += tag.startsWith('</') ? -1 : 1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

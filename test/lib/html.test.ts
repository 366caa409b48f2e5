/** What strangers write in HTML and Markdown can be read, and can neither run, load nor cover anything. */
import { describe, expect, it } from 'vitest';
import { linkText } from '#src/lib/bare-link.js';
import { hasOwnColors, sanitizeHtml } from '#src/lib/html.js';

const LINK = 'target="_blank" rel="noopener noreferrer nofollow"';
const PICTURE = 'loading="lazy" referrerpolicy="no-referrer"';

describe('safe HTML keeps', () => {
  it.each([
    ['text markup', '<h2>a</h2><p>b <b>c</b></p>', '<h2>a</h2><p>b <b>c</b></p>'],
    [
      'tables',
      '<table border="1"><tr><td colspan="2">1</td></tr></table>',
      '<table border="1"><tr><td colspan="2">1</td></tr></table>',
    ],
    ['links', '<a href="https://a.cn/?x=1">l</a>', `<a href="https://a.cn/?x=1" ${LINK}>l</a>`],
    ['telephone numbers', '<a href="tel:110">l</a>', `<a href="tel:110" ${LINK}>l</a>`],
    [
      'pictures',
      '<img src="http://a.cn/b.png" alt="图">',
      `<img src="http://a.cn/b.png" alt="图" ${PICTURE} />`,
    ],
    [
      'raster data pictures',
      '<img src="data:image/png;base64,AAAA">',
      `<img src="data:image/png;base64,AAAA" ${PICTURE} />`,
    ],
    ['old colours', '<font color="red">x</font>', '<font color="red">x</font>'],
    [
      'colours and sizes',
      '<p style="color: #123456; background: rgb(1, 2, 3); font-size:18px !important">x</p>',
      '<p style="color:#123456;background-color:rgb(1, 2, 3);font-size:18px">x</p>',
    ],
    [
      'copy labels as buttons',
      '<copy data-clipboard-text="1&quot;2">复制</copy>',
      '<button type="button" class="copy" data-clipboard-text="1&quot;2">复制</button>',
    ],
  ])('%s', (_name, html, expected) => {
    expect(sanitizeHtml(html)).toBe(expected);
  });
});

describe('safe HTML drops', () => {
  it.each([
    ['scripts with their text', 'a<script>alert(1)</script>b', 'ab'],
    ['scripts in pieces', '<scr<script></script>ipt>alert(1)</script>', '&lt;script&gt;alert(1)'],
    ['event attributes', '<b onclick="x()" onerror=x>a</b>', '<b>a</b>'],
    ['script addresses', '<a href="java\nscript:alert(1)">a</a>', `<a ${LINK}>a</a>`],
    ['encoded script addresses', '<a href="&#106;avascript:alert(1)">a</a>', `<a ${LINK}>a</a>`],
    ['data addresses', '<a href="data:text/html,x">a</a>', `<a ${LINK}>a</a>`],
    ['addresses inside WeChat', '<a href="weixin://x">a</a>', `<a ${LINK}>a</a>`],
    [
      'pictures that could be programs',
      'a<img src="data:image/svg+xml,x" alt="<b>"><img src=x onerror=y>',
      'a<span>[图片 &lt;b&gt;]</span><span>[图片]</span>',
    ],
    [
      'pictures without a scheme, but not their names',
      'a<img src="//evil.cn/x" alt=b>',
      'a<span>[图片 b]</span>',
    ],
    ['drawings with what is in them', 'a<svg onload=x><style>@import "x"</style><text>t</text></svg>b', 'ab'],
    ['style sheets', '<style>b{background:url(//evil)}</style><link rel=stylesheet href=x>a', 'a'],
    ['frames and objects', '<iframe src=x>f</iframe><object data=x>o</object><embed src=x>a', 'a'],
    [
      'forms but not what they say',
      '<form action="//evil"><input name=a value=b><button formaction=x class=copy>go</button></form>',
      '<span>go</span>',
    ],
    ['base and meta', '<base href="//evil"><meta http-equiv=refresh content="0;url=//evil">a', 'a'],
    ['ids, names and classes', '<a id=cookie name=body class="page-top">a</a>', `<a ${LINK}>a</a>`],
    [
      'styles that load',
      '<p style="background:url(//evil);background-image:url(x);color:red">a</p>',
      '<p style="color:red">a</p>',
    ],
    [
      'styles that cover the page',
      '<p style="position:fixed;top:0;z-index:9;margin-top:-50px;width:99999px">a</p>',
      '<p>a</p>',
    ],
    [
      'styles in disguise',
      '<p style="color:\\75rl(x);width:expression(x);color:/**/red;color:var(--x)">a</p>',
      '<p>a</p>',
    ],
    ['landmarks but not their boxes', '</main><main><article>a</article></main>', '<div><div>a</div></div>'],
    ['comments', 'a<!--[if IE]><script>x</script><![endif]-->b', 'ab'],
    ['templates', 'a<template><img src=x onerror=y></template>b', 'ab'],
  ])('%s', (_name, html, expected) => {
    expect(sanitizeHtml(html)).toBe(expected);
  });

  it('elements nested deeper than anybody reads', () => {
    const safe = sanitizeHtml(`${'<div>'.repeat(5000)}deep`);
    expect(safe.match(/<div>/g)?.length).toBeLessThan(50);
  });
});

describe('own colours', () => {
  it.each([
    ['<p style="color:red">x</p>', true],
    ['<td bgcolor="#fff">x</td>', true],
    ['<font color="red">x</font>', true],
    ['<p style="text-align:right">the color="red"</p>', false],
  ])('%j: %s', (html, expected) => {
    expect(hasOwnColors(html)).toBe(expected);
  });
});

describe('plain text with links', () => {
  it.each([
    ['a <b> & "c"', 'a &#60;b&#62; &#38; &#34;c&#34;'],
    [
      '见https://a.cn/x?a=1&b=2。好',
      `见<a href="https://a.cn/x?a=1&#38;b=2" ${LINK}>https://a.cn/x?a=1&#38;b=2</a>。好`,
    ],
    ['(http://a.cn/b).', `(<a href="http://a.cn/b" ${LINK}>http://a.cn/b</a>).`],
    ['javascript:alert(1) http:// https://"x', 'javascript:alert(1) http:// https://&#34;x'],
  ])('%j', (text, expected) => {
    expect(linkText(text)).toBe(expected);
  });
});

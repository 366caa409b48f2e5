/** The texts that strangers write are cut by code points, flattened honestly and never cost more than their length. */
import { describe, expect, it } from 'vitest';
import { countCodePoints, isHttpUrl, stripControls, takeCodePoints, toPlainText } from '#src/lib/text.js';

describe('cutting by code points', () => {
  it.each([
    ['abc', 3, '', 'abc'],
    ['abcd', 3, '', 'abc'],
    ['abcd', 3, '…', 'ab…'],
    ['abc', 3, '…', 'abc'],
    ['😀😀😀😀', 3, '…', '😀😀…'],
    ['😀b', 1, '', '😀'],
    ['青鸟送信', 2, '', '青鸟'],
    ['abcd', 1, '...', '.'],
    ['abc', 0, '', ''],
    ['', 5, '…', ''],
  ])('%j to %i with %j is %j', (text, max, ellipsis, expected) => {
    expect(takeCodePoints(text, max, ellipsis)).toBe(expected);
  });

  it('counts an emoji as one and a lone surrogate as one', () => {
    expect(countCodePoints('a😀鸟')).toBe(3);
    expect(countCodePoints('\ud83d')).toBe(1);
  });
});

describe('control characters', () => {
  it('go, while line feeds and tabs stay and every line end becomes a line feed', () => {
    expect(stripControls('a\u0000b\u0007\r\nc\rd\te\u007f\u0085f\u2028g')).toBe('ab\nc\nd\tef\ng');
  });
});

describe('addresses', () => {
  it.each([
    ['http://a.cn', true],
    ['https://用户.cn/路?x=1#y', true],
    ['HTTPS://A.CN/', true],
    ['http://127.0.0.1:8080/x', true],
    ['http://[::1]/', true],
    ['', false],
    ['a.cn', false],
    ['//a.cn', false],
    ['http:a.cn', false],
    ['http://', false],
    ['http://a b', false],
    ['http://a.cn\n', false],
    ['javascript:alert(1)', false],
    ['ftp://a.cn', false],
    ['data:text/html,x', false],
  ])('%j is an http address: %s', (text, expected) => {
    expect(isHttpUrl(text)).toBe(expected);
  });
});

describe('plain text', () => {
  it('of a text keeps what looks like markup and folds white space', () => {
    expect(toPlainText('  # a\r\n\t<b> &amp;\u3000c ', 'text')).toBe('# a <b> &amp; c');
  });

  it.each([
    ['<p>一</p><p>二<br>三</p>', '一 二 三'],
    ['wo<b>r</b>d<i>s</i>', 'words'],
    ['<style>p{}</style><SCRIPT>if(a<b){}</SCRIPT >x<!-- <b>no</b> -->y', 'xy'],
    ['&lt;b&gt; &amp;amp; &#38; &#x9e1f;&nbsp;&hellip;&unknown; &#0;', '<b> &amp; & 鸟 …&unknown; \ufffd'],
    ['<img alt="图 &quot;1&quot;" src=x> 1 < 2 <3 a<', '图 "1" 1 < 2 <3 a<'],
    ['<a title="a>b" href=x>link</a><td>1</td><td>2</td>', 'link 1 2'],
    ['a <div class="open', 'a <div class="open'],
    ['a<script>never closed', 'a<script>never closed'],
  ])('of the HTML %j is %j', (html, expected) => {
    expect(toPlainText(html, 'html')).toBe(expected);
  });

  it('of Markdown drops its marks and keeps link texts, code and alt texts', () => {
    const body = [
      '# 标题 **粗**',
      '- [链](http://a.b)',
      '- `c<d>` ![图](x)',
      '> 引 <b>html</b>&nbsp;',
      '',
      '| a | b |',
      '|-|-|',
      '| 1 | 2 |',
    ];
    expect(toPlainText(body.join('\n'), 'markdown')).toBe('标题 粗 链 c<d> 图 引 html a b 1 2');
  });
});

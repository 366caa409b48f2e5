/** What is a tag and what is text: only elements of HTML that are written whole are markup, and no input takes long. */
import { describe, expect, it } from 'vitest';
import { sanitizeHtml } from '#src/lib/html.js';
import { closeCut, escapeNonTags, hasTags } from '#src/lib/html-tags.js';
import { renderMarkdown } from '#src/lib/markdown.js';
import { settleFormat, startOfPlainText, toPlainText } from '#src/lib/text.js';

describe('text', () => {
  it.each([
    'in <module>',
    '<urlopen error [Errno 111] refused>',
    '<nil>, List<String>, Map<K, V>, <Response [404]>',
    '<object object at 0x7f3a>, List<Object>, <class "foo">',
    "job.rb:3:in `<main>'",
    'usage: cp <source> <link> [<input>]',
    'if a <b and c <d',
    'a <b',
    '<a href="x',
    '<ming@a.cn>, <https://a.cn/>',
    '<?php echo 1 ?>',
    '<![CDATA[x]]>',
    '<!-- never closed',
    '<script> never closed',
    '</module>, </>, < b>, <>, <1>',
    '<o:p>x</o:p>, <x-card>y</x-card>, <a:b>',
    '<h7>, <bold>, <scriptx>y</scriptx>',
  ])('%s', (text) => {
    expect(hasTags(text)).toBe(false);
    expect(escapeNonTags(text)).toBe(text.replaceAll('<', '&lt;'));
    expect(toPlainText(text, 'html')).toBe(text);
    expect(sanitizeHtml(text).replaceAll('&lt;', '<').replaceAll('&gt;', '>')).toBe(text);
    expect(settleFormat(text, 'html')).toEqual({ body: text, format: 'text' });
  });
});

describe('markup', () => {
  it.each([
    ['<b>粗</b>', '粗'],
    ['<B CLASS=x>粗</B >', '粗'],
    ['a<br>b<BR/>c<hr/>d', 'a b c d'],
    ['<p>never closed', 'never closed'],
    ['<li>a<li>b', 'a b'],
    ['<img src="http://a.cn/b" alt="a > b">', 'a > b'],
    ['<a href = "x>y">l</a>', 'l'],
    ['<code>x</code><main>y</main>', 'x y'],
    ['<!-- x -->a<!doctype html>b<!--><p>c', 'ab c'],
    ['<?xml version="1.0"?><![if x]>a<![endif]>', 'a'],
    ['<html><head><title>t</title><body>b', 'b'],
    ['<input type=text>a<link rel=x>', 'a'],
    ['<script>if (a<b) {}</script>x<style>b > i {}</style>', 'x'],
    ['<select><option>1<option>2</select>x', 'x'],
  ])('%s', (html, text) => {
    expect(hasTags(html)).toBe(true);
    expect(toPlainText(html, 'html')).toBe(text);
    expect(toPlainText(sanitizeHtml(html), 'html').trim()).toBe(text);
  });
});

describe('Markdown', () => {
  it.each([
    ['<module>\n**fett**', '<p>&lt;module&gt;<br />\n<strong>fett</strong></p>\n'],
    ['a `<nil>` <nil>', '<p>a <code>&lt;nil&gt;</code> &lt;nil&gt;</p>\n'],
    ['std::map<std::string, int>', '<p>std::map&lt;std::string, int&gt;</p>\n'],
    ['[INFO]: done\n[WARN]: /dev/sda1', '<p>[INFO]: done<br />\n[WARN]: /dev/sda1</p>\n'],
    ['[x]: https://a.cn/y', /^<p>\[x\]: <a href="https:\/\/a.cn\/y"/],
    ['[b][x]\n\n[x]: https://a.cn/y', /^<p><a href="https:\/\/a.cn\/y" [^>]*>b<\/a><\/p>\n$/],
    ['<https://a.cn/y>', /^<p><a href="https:\/\/a.cn\/y" [^>]*>https:\/\/a.cn\/y<\/a><\/p>\n$/],
    ['<details>\n<summary>s</summary>\nt\n</details>', /^<details>\n<summary>s<\/summary>\nt\n<\/details>/],
    ['<?php\n**a**', '<p>&lt;?php<br />\n<strong>a</strong></p>\n'],
  ])('%j', (text, html) => {
    expect(renderMarkdown(text)).toEqual(typeof html === 'string' ? html : expect.stringMatching(html));
  });
});

describe('lines without a tag', () => {
  it('are a text whose references are read', () => {
    expect(settleFormat('a &lt; b\n&amp;c', 'html')).toEqual({ body: 'a < b\n&c', format: 'text' });
    expect(settleFormat('a<br>b', 'html')).toEqual({ body: 'a<br>b', format: 'html' });
    expect(settleFormat('a\nb', 'markdown')).toEqual({ body: 'a\nb', format: 'markdown' });
  });
});

describe('the start of a text', () => {
  it.each([
    ['behind a long style', 'html', `<style>${'b {}'.repeat(2000)}</style>一二三四`, '一二…'],
    ['of many paragraphs', 'html', '<p>一</p>'.repeat(500), '一 …'],
    ['of a short body', 'html', '一 二', '一 二'],
    ['of Markdown with HTML', 'markdown', `# 一\n\n二 <style>${'b {}'.repeat(2000)}</style>`, '一 二'],
    ['behind many lines', 'markdown', `${'\n'.repeat(3000)}一二三四`, '一二…'],
    ['of text', 'text', '一二三四', '一二…'],
  ] as const)('%s, %s', (_name, format, body, start) => {
    expect(startOfPlainText(body, format, 3)).toBe(start);
  });

  it('shows nothing of what a cut left open', () => {
    for (const cut of ['一<a href="x', '一<style>b {}', '一<script>x()', '一<svg><path d=']) {
      expect(toPlainText(closeCut(cut), 'html')).toBe('一');
    }
  });
});

it.each([
  '<',
  '<a ',
  '<a x="',
  "<a x='",
  '<b>',
  '<object>',
  '<!--',
  '</b',
  '<script>',
  '<a x=',
  '[a]: ',
  '<?xml ',
])('takes no time to speak of for %s repeated', (piece) => {
  const text = piece.repeat(200_000 / piece.length);
  const startedAt = performance.now();
  escapeNonTags(text);
  toPlainText(text, 'html');
  expect(performance.now() - startedAt).toBeLessThan(3000);
});

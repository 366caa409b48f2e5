/** Callback XML: what must be read exactly, what must be refused, and what must be written. */
import { describe, expect, it } from 'vitest';
import { buildXml, parseFlatXml, parseXmlTree, XmlError } from '#src/lib/xml.js';

describe('reading', () => {
  it('keeps text exactly: CDATA, numbers, white space, entities and emoji', async () => {
    const fields = await parseFlatXml(
      '<xml><ToUserName><![CDATA[gh_1]]></ToUserName><MsgId>23876543210987654</MsgId>' +
        '<Content><![CDATA[  <a href="x">1 & 2</a>\n]]></Content><Bare>&lt;&#65;&amp;</Bare><Bird>\u{1F426}</Bird></xml>',
    );
    expect(Object.fromEntries(fields)).toEqual({
      ToUserName: 'gh_1',
      MsgId: '23876543210987654',
      Content: '  <a href="x">1 & 2</a>\n',
      Bare: '<A&',
      Bird: '\u{1F426}',
    });
  });

  it('reads empty elements as empty text and a text of spaces as itself', async () => {
    const fields = await parseFlatXml('<xml><A/><B></B><C><![CDATA[]]></C><D><![CDATA[  ]]></D></xml>');
    expect([...fields]).toEqual([
      ['A', ''],
      ['B', ''],
      ['C', ''],
      ['D', '  '],
    ]);
  });

  it('accepts a declaration, a byte order mark, comments and space around the root', async () => {
    const fields = await parseFlatXml(
      '\uFEFF<?xml version="1.0" encoding="UTF-8"?>\n <xml><!-- <x> --><A>1</A>\n</xml>\n',
    );
    expect([...fields]).toEqual([['A', '1']]);
  });

  it('does not mistake user text for markup', async () => {
    const text = '<!DOCTYPE html><xml><xml></xml> <!-- ';
    const fields = await parseFlatXml(`<xml><Content><![CDATA[${text}]]></Content></xml>`);
    expect(fields.get('Content')).toBe(text);
  });

  it.each([
    ['if(a[b[0]]>1 && c<2)'],
    [']]>'],
    ['x]]'],
    ['a]]></A> b'],
    ['a]]></A><b>bold</b>'],
    ['a]]></A></xml>'],
    ['a]]></A><!DOCTYPE x>'],
    ['a]]><![CDATA[b'],
    [`${']]>'.repeat(700)}`],
  ])('reads %s out of a section in which nobody split it', async (text) => {
    const fields = await parseFlatXml(`<xml>\n<A> <![CDATA[${text}]]> </A>\n<B><![CDATA[1]]></B></xml>`);
    expect(Object.fromEntries(fields)).toEqual({ A: text, B: '1' });
  });

  it('reads a text whose writer split it, and one of several sections', async () => {
    const xml = '<xml><A><![CDATA[a]]]]><![CDATA[>b]]></A><B>x<![CDATA[ y ]]> z</B></xml>';
    expect(Object.fromEntries(await parseFlatXml(xml))).toEqual({ A: 'a]]>b', B: 'x y  z' });
  });

  it('lets those fields repeat that may, and leaves them out', async () => {
    const xml = '<xml><Id>1</Id><Id>2</Id><toString>x</toString><From>a</From></xml>';
    const fields = await parseFlatXml(xml, (name) => name !== 'From');
    expect([...fields]).toEqual([['From', 'a']]);
    await expect(parseFlatXml(xml, (name) => name !== 'Id')).rejects.toMatchObject({ reason: 'duplicate' });
  });

  it('is quick about hostile ends of sections', async () => {
    const startedAt = performance.now();
    await parseFlatXml(`<xml><A><![CDATA[${']]>'.repeat(60_000)}</A></xml>`).catch(() => null);
    await parseFlatXml(`<xml>${'<a><![CDATA[]]></b>'.repeat(9_000)}</xml>`).catch(() => null);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });

  it('leaves nested elements to the tree', async () => {
    const xml = '<xml><A>1</A><Scan><Type>qrcode</Type></Scan><L><I>1</I><I>2</I></L></xml>';
    expect([...(await parseFlatXml(xml))]).toEqual([['A', '1']]);
    expect(await parseXmlTree(xml)).toEqual({ A: '1', Scan: { Type: 'qrcode' }, L: { I: ['1', '2'] } });
  });
});

describe('refusals', () => {
  it.each([
    ['nothing', '', 'empty'],
    ['white space', ' \n', 'empty'],
    ['an empty root', '<xml/>', 'empty'],
    ['a root with text only', '<xml>text</xml>', 'empty'],
    ['plain text', 'success', 'root'],
    ['JSON', '{"ToUserName":"x"}', 'root'],
    ['another root', '<html><body>1</body></html>', 'root'],
    ['a root that only starts alike', '<xmlx><A>1</A></xmlx>', 'root'],
    ['text before the root', 'x<xml><A>1</A></xml>', 'root'],
    ['a document type', '<!DOCTYPE xml><xml><A>1</A></xml>', 'doctype'],
    [
      'a document type after the declaration',
      '<?xml version="1.0"?><!doctype x><xml><A>1</A></xml>',
      'doctype',
    ],
    ['a document type inside', '<xml><!DOCTYPE x [<!ENTITY a "b">]><A>&a;</A></xml>', 'doctype'],
    ['a comment that hides one', '<!-- <![CDATA[ --><!DOCTYPE x><xml><A>]]></A></xml>', 'doctype'],
    ['a repeated field', '<xml><ToUserName>a</ToUserName><ToUserName>b</ToUserName></xml>', 'duplicate'],
    ['a tag named toString', '<xml><toString>x</toString></xml>', 'duplicate'],
    ['a tag named constructor', '<xml><constructor>x</constructor></xml>', 'duplicate'],
    ['a tag named __proto__', '<xml><__proto__>x</__proto__></xml>', 'duplicate'],
    ['attributes', '<xml><A b="/>">1</A></xml>', 'syntax'],
    ['an unknown entity', '<xml><A>&bomb;</A></xml>', 'syntax'],
    ['a null character', '<xml><A>&#0;</A></xml>', 'syntax'],
    ['an unclosed tag', '<xml><A>1</xml>', 'syntax'],
    ['an unclosed comment', '<xml><!-- <A>1</A></xml>', 'syntax'],
    ['an unclosed CDATA', '<xml><A><![CDATA[1</A></xml>', 'syntax'],
    ['two roots', '<xml><A>1</A></xml><xml><A>1</A></xml>', 'syntax'],
    ['text after the root', '<xml><A>1</A></xml>x', 'syntax'],
    ['seventeen levels', nest(16), 'depth'],
    ['a hundred thousand levels', nest(100_000), 'depth'],
    ['many unclosed comments', `<xml>${'<!--'.repeat(200_000)}`, 'syntax'],
  ])('refuses %s', async (_name, xml, reason) => {
    const error = await parseFlatXml(xml).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(XmlError);
    expect(error).toMatchObject({ reason, message: `The XML was refused: ${reason}.` });
  });

  it('leaves the prototype of objects alone', async () => {
    await parseXmlTree('<xml><__proto__><polluted>1</polluted></__proto__></xml>');
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  it('reads up to sixteen levels', async () => {
    expect([...(await parseFlatXml(nest(15)))]).toEqual([]);
  });
});

describe('writing', () => {
  it('writes what it reads, whatever the text holds', async () => {
    const text = ']]> <b>&amp;</b> "\u{1F426}" \n\t中文';
    const xml = buildXml({ ToUserName: 'o1', CreateTime: 1700000000, Content: text });
    expect(xml).toMatch(/^<xml><ToUserName>o1<\/ToUserName><CreateTime>1700000000<\/CreateTime>/);
    expect((await parseFlatXml(xml)).get('Content')).toBe(text);
  });

  it('drops characters that XML forbids', async () => {
    const xml = buildXml({ Content: 'a\0b\u0008c\u001fd\ud800e\uffffg' });
    expect((await parseFlatXml(xml)).get('Content')).toBe('abcdeg');
  });

  it('writes nested and repeated elements', async () => {
    const articles = [
      { Title: '一', Url: 'http://a/?x=1&y=2' },
      { Title: '二', Url: '' },
    ];
    const xml = buildXml({ ArticleCount: 2, Articles: { item: articles }, Image: { MediaId: 'm\0' } });
    expect(await parseXmlTree(xml)).toEqual({
      ArticleCount: '2',
      Articles: { item: articles },
      Image: { MediaId: 'm' },
    });
  });
});

function nest(levels: number): string {
  return `<xml>${'<a>'.repeat(levels)}1${'</a>'.repeat(levels)}</xml>`;
}

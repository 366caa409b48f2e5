/** Bodies as long as a message may be whose markup takes the longest to read: what somebody would send to stop a server. */

const LENGTH = 39_900;

/** A piece, again and again. */
const fill = (piece: string, length = LENGTH): string => piece.repeat(Math.floor(length / piece.length));

/** A table of so many columns whose rows are as short as they may be: each is filled up. */
function wideTable(columns: number): string {
  const head = `${'|a'.repeat(columns)}\n${'|-'.repeat(columns)}\n`;
  return head + fill('|\n', LENGTH - head.length);
}

/** By what they are made of. */
export const HOSTILE_MARKUP: Readonly<Record<string, string>> = {
  'a table of 2,000 columns': `${'|a'.repeat(2_000)}\n${'|-'.repeat(2_000)}\n${fill(`${'|a'.repeat(2_000)}\n`, 31_000)}`,
  'a table of 1,000 columns and short rows': wideTable(1_000),
  'a table of 100 columns and short rows': wideTable(100),
  'a table of 5 columns and short rows': wideTable(5),
  'full rows': `|a|b|c|d|e|f\n|-|-|-|-|-|-\n${fill('|a|b|c|d|e|f\n')}`,
  'open bold tags': fill('<b>'),
  'open tags of two kinds': fill('<b><i>'),
  'open boxes': fill('<div>'),
  'cells of HTML': `<table><tr>${fill('<td>')}`,
  'styled words': fill('<b style="color:red">x</b>'),
  'details in details': fill('<details><summary>'),
  'copy buttons': fill('<copy data-clipboard-text=x>a</copy>'),
  'open blocks of code': fill('<pre>'),
  'half tags of code': fill('<pre'),
  pictures: fill('<img src=http://a.a/b>'),
  'half pictures': fill('!['),
  'half links': fill('[['),
  links: fill('[a](http://a.a)'),
  'links in brackets': fill('<http://a.a>'),
  'bare links': fill('http://a.a '),
  'one long address of many references': `[a]: http://${'x'.repeat(19_000)}\n${fill('[a]', 20_000)}`,
  'one long title of many references': `[a]: http://a.a "\n[${'x\n['.repeat(6_000)}"\n\n${fill('[a]', 20_000)}`,
  definitions: fill('[a]: http://a.a\n[a]\n'),
  'less than': fill('<'),
  entities: fill('&amp;'),
  emphasis: fill('*_'),
  'strong words': fill('**a** '),
  'struck words': fill('~~a~~'),
  'code words': fill('`a` '),
  'line breaks': fill('a\n'),
  headings: fill('# a\n'),
  lists: fill('- a\n'),
  quotes: fill('> a\n\n'),
  rules: fill('---\n\n'),
  'fenced lines': fill('```\n'),
  'blocks of code': fill('```js\na\n```\n'),
};

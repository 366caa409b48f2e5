/** A body as plain text that keeps its lines, for receivers that show no markup. */
import { createMarkdownParser } from '#src/lib/markdown-parser.js';
import { LOOP_BUDGET, splitByCost } from '#src/lib/markup-budget.js';
import { settleFormat, stripControls, type TextFormat, toPlainText } from '#src/lib/text.js';

/** Ends a line on its way through the removal of tags, which folds real line ends; no real text holds it. */
const LINE_END = '\ue000';
const ENDS_A_LINE =
  /<br\s*\/?>|<\/(?:p|div|h[1-6]|li|tr|pre|blockquote|table|ul|ol|dt|dd|section|article)>|<hr\s*\/?>/gi;
const parser = createMarkdownParser();

/** The body without markup, line by line; at most one empty line in a row. A plain text stays as it is. */
export function toPlainLines(given: string, as: TextFormat): string {
  const { body, format } = settleFormat(given, as);
  if (format === 'text') {
    return stripControls(body);
  }
  const { head, rest } = splitByCost(body, format, LOOP_BUDGET);
  const html = format === 'markdown' ? parser.render(head) : head;
  const kept = keepPre(html.replaceAll(LINE_END, '')).replace(ENDS_A_LINE, LINE_END);
  const lines = toPlainText(kept, 'html')
    .split(LINE_END)
    .map((line) => line.trim());
  return [...lines, ...(rest === '' ? [] : [stripControls(rest)])]
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

/** Marks the line ends of what is set as written. Behind the last end none is looked for: each look would go through to the end. */
function keepPre(html: string): string {
  const last = Math.max(html.lastIndexOf('</pre>'), html.lastIndexOf('</PRE>'));
  const end = last < 0 ? 0 : last + '</pre>'.length;
  const marked = html
    .slice(0, end)
    .replace(/<pre(?:\s[^<>]*)?>[\s\S]*?<\/pre>/gi, (block) => block.replaceAll('\n', LINE_END));
  return marked + html.slice(end);
}

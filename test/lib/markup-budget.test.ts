/** However much markup a body has, only so much of it is read and drawn, and none of its text is lost. */
import { describe, expect, it } from 'vitest';
import { toBodyHtml } from '#src/channels/body-html.js';
import { toPlainLines } from '#src/channels/plain-lines.js';
import { readRichText } from '#src/channels/rich-text.js';
import { createMarkdownParser } from '#src/lib/markdown-parser.js';
import { LOOP_BUDGET, splitByCost } from '#src/lib/markup-budget.js';
import { startOfPlainText, toPlainTitle } from '#src/lib/text.js';
import { PAGE_BUDGET, renderBody } from '#src/web/pages/render-body.js';
import { HOSTILE_MARKUP } from '#test/support/hostile-markup.js';

const BODIES = Object.entries(HOSTILE_MARKUP);
const FORMATS = ['markdown', 'html'] as const;
/** What one mark may become: the cell of a table is an opening, a text and a closing, each a token. */
const TOKENS_PER_MARK = 4;
/** No element of ours is written with more characters. */
const CHARACTERS_PER_MARK = 200;

const tagsOf = (html: string): number => (html.match(/<[a-z]/g) ?? []).length;

describe.each(BODIES)('%s', (_what, body) => {
  it.each(FORMATS)('as %s is cut in two, and no more is read than the budget allows', (format) => {
    const { head, rest } = splitByCost(body, format, LOOP_BUDGET);
    expect(head + rest).toBe(body);
    const tokens = createMarkdownParser()
      .parse(format === 'markdown' ? head : '', {})
      .reduce((sum, token) => sum + 1 + (token.children?.length ?? 0), 0);
    expect(tokens).toBeLessThan(TOKENS_PER_MARK * LOOP_BUDGET);
    expect(format === 'html' ? tagsOf(head) : 0).toBeLessThanOrEqual(LOOP_BUDGET);
  });

  it.each(FORMATS)('as %s makes a page of bounded size that shows all of the text', (format) => {
    const page = renderBody({ body, format });
    expect(tagsOf(page.html)).toBeLessThan(2 * PAGE_BUDGET);
    expect(page.html.length).toBeLessThan(Math.max(CHARACTERS_PER_MARK * PAGE_BUDGET, 12 * body.length));
    const { rest } = splitByCost(body, format, PAGE_BUDGET);
    const isFormatted = page.kind === 'rich';
    expect(page.note).toBe(isFormatted && rest !== '' ? 'tooMuch' : page.note);
    if (isFormatted) {
      expect(textOf(page.rest)).toBe(rest);
    }
  });

  it.each(FORMATS)('as %s goes to every kind of channel in bounded time', (format) => {
    const spans = readRichText(body, format).lines.reduce((sum, line) => sum + line.spans.length, 0);
    expect(spans).toBeLessThan(2 * LOOP_BUDGET + body.split('\n').length);
    expect(tagsOf(toBodyHtml(body, format))).toBeLessThan(2 * LOOP_BUDGET + body.split('\n').length);
    // These end; a quadratic step on 40,000 characters would take seconds.
    const began = performance.now();
    toPlainLines(body, format);
    expect([...startOfPlainText(body, format, 100)].length).toBeLessThanOrEqual(100);
    toPlainTitle(body);
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});

describe('an ordinary body', () => {
  const rows = Array.from({ length: 300 }, (_, at) => `| ${at} | db-${at} | ok | 12 ms |`).join('\n');
  const report = `# Report\n\n| n | host | state | took |\n|--|--|--|--|\n${rows}\n\n- [x] done, see [the log](https://log.example)\n`;

  it.each([LOOP_BUDGET, PAGE_BUDGET])('costs less than %i marks', (budget) => {
    expect(splitByCost(report, 'markdown', budget).rest).toBe('');
  });

  it('looks as it always did', () => {
    expect(renderBody({ body: report, format: 'markdown' })).toMatchObject({
      kind: 'rich',
      rest: '',
      note: null,
    });
  });

  it('ends its formatted part with a line, and shows what is behind as it was written', () => {
    const page = renderBody({ body: '- a\n'.repeat(12_000), format: 'markdown' });
    const shown = page.html.match(/<li>/g)?.length ?? 0;
    expect(shown).toBe(PAGE_BUDGET / 2);
    expect([page.note, page.rest]).toEqual(['tooMuch', '- a\n'.repeat(12_000 - shown)]);
  });
});

/** What safe HTML of a plain text says. */
function textOf(html: string): string {
  return html
    .replace(/<[^>]*>/g, '')
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
}

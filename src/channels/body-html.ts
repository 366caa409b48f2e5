/** A body as HTML that is safe to show, for channels that carry HTML. */
import { escapeHtml } from '#src/lib/bare-link.js';
import { sanitizeHtml } from '#src/lib/html.js';
import { renderMarkdown } from '#src/lib/markdown.js';
import { LOOP_BUDGET, splitByCost } from '#src/lib/markup-budget.js';
import { settleFormat, stripControls, type TextFormat } from '#src/lib/text.js';

/** The body as safe HTML; a plain text keeps its lines, and so does what follows too much markup. */
export function toBodyHtml(given: string, as: TextFormat): string {
  const { body, format } = settleFormat(given, as);
  switch (format) {
    case 'text':
      return toTextHtml(body);
    default: {
      const { head, rest } = splitByCost(body, format, LOOP_BUDGET);
      const html = format === 'html' ? sanitizeHtml(head) : renderMarkdown(head);
      return rest === '' ? html : `${html}<p><b>${escapeHtml(TOO_MUCH)}</b></p><p>${toTextHtml(rest)}</p>`;
    }
  }
}

/** Stands before what is shown as text. */
const TOO_MUCH = '格式过多，以下以纯文本显示 Too much markup: the rest is plain text';

function toTextHtml(text: string): string {
  return escapeHtml(stripControls(text)).replaceAll('\n', '<br>\n');
}

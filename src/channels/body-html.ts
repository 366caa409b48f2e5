/** A body as HTML that is safe to show, for channels that carry HTML. */
import { escapeHtml } from '#src/lib/bare-link.js';
import { sanitizeHtml } from '#src/lib/html.js';
import { renderMarkdown } from '#src/lib/markdown.js';
import { settleFormat, stripControls, type TextFormat } from '#src/lib/text.js';

/** The body as safe HTML; a plain text keeps its lines. */
export function toBodyHtml(given: string, as: TextFormat): string {
  const { body, format } = settleFormat(given, as);
  switch (format) {
    case 'text':
      return escapeHtml(stripControls(body)).replaceAll('\n', '<br>\n');
    case 'html':
      return sanitizeHtml(body);
    case 'markdown':
      return renderMarkdown(body);
  }
}

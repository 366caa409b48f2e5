/** Turns the fields that say what is sent into the domain's words, and refuses what is not a message. */
import { AppError } from '#src/core/errors.js';
import { checkContent } from '#src/core/publish.js';
import type { Format, PublishCommand } from '#src/core/types.js';
import { isHttpUrl } from '#src/lib/text.js';

/** What a message says, without its receivers. */
export type Draft = Pick<PublishCommand, 'body' | 'format' | 'summary' | 'url'>;

/** The fields of WxPusher that say what is sent. */
export interface ContentFields {
  content?: string;
  summary?: string;
  /** 1 text, 2 HTML, 3 Markdown. */
  contentType?: number;
  url?: string;
}

const FORMATS = new Map<number, Format>([
  [1, 'text'],
  [2, 'html'],
  [3, 'markdown'],
]);

/** Reads what is sent. Throws AppError (content_empty, content_too_long, field_too_long, bad_field, bad_url). */
export function toDraft(fields: ContentFields): Draft {
  const format = FORMATS.get(fields.contentType ?? 1);
  if (!format) {
    throw new AppError('bad_field', { field: 'contentType', detail: '1 文字，2 HTML，3 Markdown' });
  }
  const draft: Draft = {
    body: fields.content ?? '',
    format,
    ...(fields.summary === undefined ? {} : { summary: fields.summary }),
    ...(fields.url === undefined ? {} : { url: toHttpUrl(fields.url) }),
  };
  checkContent(draft);
  return draft;
}

/** The PHP client encodes the link of a GET call twice, so one more decoding is tried. */
function toHttpUrl(url: string): string {
  const found = [url.trim(), decodeOnce(url).trim()].find(isHttpUrl);
  if (found === undefined) {
    throw new AppError('bad_url', { field: 'url' });
  }
  return found;
}

function decodeOnce(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Reads what a caller of the notify API sends: a title and a content of simple Markdown. */
import type { Context } from 'koa';
import { fieldsOf, filesOf, layOver, readQuery, withFiles } from '#src/dialects/read-form.js';
import { readBody } from '#src/lib/body.js';
import { countCodePoints } from '#src/lib/text.js';
import { Refusal } from './refusals.js';

/** What is to be sent. */
export interface Note {
  /** One line; empty where there is none. */
  title: string;
  content: string;
}

/** The notify API's own limit, in characters. WeCom counts 2048 bytes, which is the code's business. */
const MAX_CONTENT = 2048;
/** More would leave no room for the content. */
const MAX_TITLE = 100;
const MAX_BODY_BYTES = 64 * 1024;

/** Reads the body, whatever its sender calls it, over the query; a form does too. Throws Refusal, BodyError. */
export async function readNote(ctx: Context): Promise<Note> {
  const body = await readBody(ctx.req, { limitBytes: MAX_BODY_BYTES });
  const given = fieldsOf(body);
  if (!given) {
    throw new Refusal(400, '请求体应为 JSON 对象，如 {"title":"标题","content":"内容"}');
  }
  const fields = new Map(Object.entries(layOver(readQuery(ctx), given)));
  const title = readText(fields, 'title').replace(/\s+/g, ' ').trim();
  const content = withFiles(readText(fields, 'content'), filesOf(body));
  if (content.trim() === '') {
    throw new Refusal(400, '消息内容不能为空');
  }
  if (countCodePoints(content) > MAX_CONTENT) {
    throw new Refusal(400, `消息内容不能超过 ${MAX_CONTENT} 个字符`);
  }
  if (countCodePoints(title) > MAX_TITLE) {
    throw new Refusal(400, `消息标题不能超过 ${MAX_TITLE} 个字符`);
  }
  return { title, content };
}

function readText(fields: ReadonlyMap<string, unknown>, name: string): string {
  const value = fields.get(name) ?? '';
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
    throw new Refusal(400, `${name} 应为字符串`);
  }
  return String(value);
}

/** Code, which stays as it is, or an opening bracket that our Markdown would take for the start of HTML. */
const CODE_OR_TAG =
  /(?<!`)(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)|<(?=[a-z/!?])(?!\/?(?:font|a|b|strong|br)\b[^<>]*>|https?:)/gi;

/**
 * The content with all tags disarmed but the few that WeCom's own texts have: `<web-01>` is a name in a log line, which
 * our Markdown would drop as HTML.
 */
export function harmlessMarkup(content: string): string {
  return content.replace(CODE_OR_TAG, (found) => (found === '<' ? '\\<' : found));
}

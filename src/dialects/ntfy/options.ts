/** Collects the options of an ntfy publish by all their names, from headers and query or from a JSON body. */
import type { Context } from 'koa';
import { decodeText } from '#src/lib/charset.js';
import { parsePairs } from '#src/lib/form-fields.js';
import { NtfyRefusal } from './errors.js';

/** Each option's names, in the order in which ntfy looks for them: headers first, then the query. */
const NAMES = {
  message: ['x-message', 'message', 'm'],
  title: ['x-title', 'title', 't'],
  priority: ['x-priority', 'priority', 'prio', 'p'],
  tags: ['x-tags', 'tags', 'tag', 'ta'],
  delay: ['x-delay', 'delay', 'x-at', 'at', 'x-in', 'in'],
  click: ['x-click', 'click'],
  actions: ['x-actions', 'actions', 'action'],
  attach: ['x-attach', 'attach', 'a'],
  filename: ['x-filename', 'filename', 'file', 'f'],
  icon: ['x-icon', 'icon'],
  markdown: ['x-markdown', 'markdown', 'md'],
  email: ['x-email', 'x-e-mail', 'email', 'e-mail', 'mail', 'e'],
  call: ['x-call', 'call'],
  cache: ['x-cache', 'cache'],
  template: ['x-template', 'template', 'tpl'],
  sequence: ['x-sequence-id', 'sequence-id', 'sequence_id', 'sid'],
} as const;

type OptionName = keyof typeof NAMES;

/** What was said, by option; what was not said is absent. */
export type Options = Partial<Record<Exclude<OptionName, 'actions'>, string>> & { actions?: unknown };

/** Browsers and proxies send a header of this name with a meaning of its own (RFC 9218): `u=1, i`. */
const HTTP_PRIORITY = /^u=\d(?:,\s*(?:i|\d))?$|^i$/;

/** The options of headers and query; of repeated ones the first, as ntfy's server takes them, but tags, which are a list. */
export function readOptions(ctx: Context): Options {
  const query = readQuery(ctx);
  const pairs = Object.entries(NAMES).map(([option, names]) => {
    const header = names.map((name) => readHeader(ctx, name)).find((value) => value !== '');
    return [option, header ?? names.map((name) => query.get(name) ?? '').find((value) => value !== '')];
  });
  return Object.fromEntries(pairs.filter(([, value]) => value !== undefined));
}

/** The options of a JSON body. Throws NtfyRefusal 40017 for a value of a type that its field cannot have. */
export function toOptions(body: Readonly<Record<string, unknown>>): Options {
  const texts = [
    'message',
    'title',
    'delay',
    'click',
    'attach',
    'filename',
    'icon',
    'email',
    'call',
    'cache',
  ];
  const { priority, tags, actions, markdown } = body;
  const pairs = texts.map((name) => [name, readField(body[name], 'string')] as const);
  const isList = tags === undefined || tags === null || isTexts(tags);
  if (!isList || !(actions === undefined || actions === null || Array.isArray(actions))) {
    throw new NtfyRefusal(40017);
  }
  const number = readField(priority, 'number');
  const all = [
    ...pairs,
    ['sequence', readField(body.sequence_id, 'string')],
    ['priority', number === '0' ? '' : number],
    ['tags', isTexts(tags) ? tags.join(',') : ''],
    // Switched off is not said, as in ntfy: a header may switch it on.
    ['markdown', readField(markdown, 'boolean') === 'true' ? 'true' : ''],
    ['actions', Array.isArray(actions) && actions.length > 0 ? actions : ''],
  ];
  return Object.fromEntries(all.filter(([, value]) => value !== ''));
}

/** Whether an option is switched on. */
export function isYes(text: string | undefined): boolean {
  return /^(?:1|yes|true)$/i.test(text?.trim() ?? '');
}

/** Whether an option is switched off. */
export function isNo(text: string | undefined): boolean {
  return /^(?:0|no|false)$/i.test(text?.trim() ?? '');
}

function readHeader(ctx: Context, name: string): string {
  const all = ctx.req.headersDistinct[name] ?? [];
  const given = NAMES.tags.some((one) => one === name)
    ? all.join(',')
    : (all.find((one) => one !== '') ?? '');
  const value = decodeWords(given).trim();
  return name === 'priority' && HTTP_PRIORITY.test(value) ? '' : value;
}

function readQuery(ctx: Context): ReadonlyMap<string, string> {
  const query = new Map<string, string>();
  for (const [given, value] of parsePairs(ctx.querystring)) {
    const name = given.toLowerCase();
    const before = query.get(name) ?? '';
    const isList = before !== '' && NAMES.tags.some((one) => one === name);
    query.set(name, isList ? `${before},${value}` : before || value.trim());
  }
  return query;
}

/** RFC 2047 encoded words in any charset; what is none stays, read as the UTF-8 or GBK that many clients just send. */
function decodeWords(header: string): string {
  return readBytes(header)
    .replace(/(=\?[^?\s]{1,40}\?[bq]\?[^?\s]*\?=)\s+(?==\?)/gi, '$1')
    .replace(
      /=\?([^?\s*]{1,40})(?:\*[^?\s]{0,20})?\?([bq])\?([^?\s]*)\?=/gi,
      (whole, charset: string, kind: string, word: string) => {
        const bytes = kind.toLowerCase() === 'b' ? Buffer.from(word, 'base64') : unquotePrintable(word);
        try {
          return new TextDecoder(charset).decode(bytes);
        } catch {
          return whole;
        }
      },
    );
}

/** Node gives each byte of a header as one sign. Latin 1, which it may be by the letter, is what is neither. */
function readBytes(header: string): string {
  if (!/[\u0080-\u00ff]/.test(header)) {
    return header;
  }
  try {
    return decodeText(Buffer.from(header, 'latin1'));
  } catch {
    return header;
  }
}

function unquotePrintable(word: string): Buffer {
  const text = word
    .replaceAll('_', ' ')
    .replace(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(text, 'latin1');
}

function readField(value: unknown, type: 'string' | 'number' | 'boolean'): string {
  if (value === undefined || value === null) {
    return '';
  }
  if (typeof value !== type) {
    throw new NtfyRefusal(40017);
  }
  return String(value);
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

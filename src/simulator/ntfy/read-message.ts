/** Reads an ntfy message: options from headers, query or JSON, the text from the body. */
import type Koa from 'koa';
import { type Call, parseRecord, queryFields } from '../call.js';
import { type NtfyAction, readActions } from './actions.js';
import { readDelay } from './delay.js';
import { NtfyError } from './errors.js';

/** Longer texts become a file. */
export const MESSAGE_LIMIT_BYTES = 4096;
const FILE_LIMIT_BYTES = 15 * 1024 * 1024;

/** Each option's names, in the order in which they are looked for: headers first, then the query. */
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
  sequence: ['x-sequence-id', 'sequence-id', 'sid'],
} as const;

const SEQUENCE = /^[-_A-Za-z0-9]{1,64}$/;

type OptionName = keyof typeof NAMES;
type Options = Partial<Record<OptionName, string>> & { actionList?: unknown };

/** A message as ntfy keeps it; what was not said is absent. */
export interface NtfyMessage {
  sequence_id?: string;
  title?: string;
  message: string;
  priority?: number;
  tags?: string[];
  click?: string;
  icon?: string;
  actions?: NtfyAction[];
  attachment?: { name: string; url: string; size?: number };
  content_type?: 'text/markdown';
  /** When it is due, ms since the epoch; now for most. */
  dueMs: number;
  isCached: boolean;
}

/** A message with its topic, from a JSON body. Throws NtfyError 40017 and 41303. */
export function readJsonMessage(
  call: Call,
  context: { nowMs: number; allowsFiles: boolean },
): { topic: string; message: NtfyMessage } {
  if (call.bytes.length > 2 * MESSAGE_LIMIT_BYTES) {
    throw new NtfyError(41303);
  }
  const body = parseRecord(call.request.body);
  if (!body) {
    throw new NtfyError(40017);
  }
  const text = (name: string) => textIn(body, name);
  const options: Options = {
    title: text('title'),
    // JSON without a priority and JSON with 0 mean the same: the default.
    priority: body.priority ? String(body.priority) : undefined,
    tags: Array.isArray(body.tags) ? body.tags.join(',') : undefined,
    ...Object.fromEntries(
      (['delay', 'click', 'attach', 'filename', 'icon', 'email', 'call', 'cache'] as const).map((name) => [
        name,
        text(name),
      ]),
    ),
    markdown: body.markdown === true ? 'yes' : undefined,
    actionList: body.actions ?? undefined,
    sequence: text('sequence_id'),
  };
  const bytes = Buffer.from(text('message') ?? '');
  return { topic: text('topic') ?? '', message: toMessage(options, { ...context, bytes, type: '' }) };
}

/** A message from the raw body and the options around it. */
export function readRawMessage(
  ctx: Koa.Context,
  call: Call,
  context: { nowMs: number; allowsFiles: boolean; sequence?: string },
): NtfyMessage {
  const query = Object.fromEntries(
    Object.entries(queryFields(ctx)).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const find = (name: OptionName) => {
    const header = NAMES[name].map((alias) => ctx.get(alias)).find((value) => value !== '');
    return header ? decodeWords(header) : NAMES[name].map((alias) => query[alias]).find((value) => value);
  };
  const options: Options = Object.fromEntries(
    (Object.keys(NAMES) as OptionName[]).map((name) => [name, find(name)]),
  );
  options.sequence = context.sequence || options.sequence;
  return toMessage(options, { ...context, bytes: call.bytes, type: call.type });
}

function toMessage(
  options: Options,
  context: { nowMs: number; allowsFiles: boolean; bytes: Buffer; type: string },
): NtfyMessage {
  const { title, tags, click, icon, attach, sequence } = options;
  if (sequence) {
    checkSequence(sequence);
  }
  if (icon && !/^https?:\/\//i.test(icon)) {
    throw new NtfyError(40021);
  }
  if (attach && !/^https?:\/\//i.test(attach)) {
    throw new NtfyError(40013);
  }
  const isCached = !isNo(options.cache);
  const dueMs = readDue(options, context.nowMs, isCached);
  const priority = options.priority ? readPriority(options.priority) : undefined;
  const actions = options.actionList ?? options.actions;
  const list = (tags ?? '')
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');
  const isMarkdown = isYes(options.markdown) || context.type === 'text/markdown';
  return {
    ...(sequence ? { sequence_id: sequence } : {}),
    ...(title ? { title } : {}),
    ...(priority === undefined ? {} : { priority }),
    ...(list.length > 0 ? { tags: list } : {}),
    ...(click ? { click } : {}),
    ...(icon ? { icon } : {}),
    ...(actions === undefined ? {} : { actions: readActions(actions) }),
    ...(isMarkdown ? { content_type: 'text/markdown' } : {}),
    ...readContent(options, context),
    dueMs,
    isCached,
  };
}

/** Throws NtfyError 40049 for what names no sequence. */
export function checkSequence(sequence: string): void {
  if (!SEQUENCE.test(sequence)) {
    throw new NtfyError(40049);
  }
}

/** The text, or the file that a long or binary body becomes. A body stands before a text in the options. */
function readContent(
  { message = '', attach, filename }: Options,
  { bytes, allowsFiles }: { bytes: Buffer; allowsFiles: boolean },
): Pick<NtfyMessage, 'message' | 'attachment'> {
  const said = message.replaceAll('\\n', '\n');
  const isText = bytes.length <= MESSAGE_LIMIT_BYTES && bytes.equals(Buffer.from(bytes.toString()));
  if (isText && (attach || !filename)) {
    const text = bytes.toString().trim() || said;
    const name = filename || attach?.split('/').at(-1) || 'attachment';
    const empty = attach ? `You received a file: ${name}` : 'triggered';
    return { message: text || empty, ...(attach ? { attachment: { name, url: attach } } : {}) };
  }
  if (!allowsFiles) {
    throw new NtfyError(40014);
  }
  if (bytes.length > FILE_LIMIT_BYTES) {
    throw new NtfyError(41301);
  }
  const name = filename || 'attachment.txt';
  const attachment = {
    name,
    url: `https://ntfy.example/file/${encodeURIComponent(name)}`,
    size: bytes.length,
  };
  return { message: said || `You received a file: ${name}`, attachment };
}

function readDue(options: Options, nowMs: number, isCached: boolean): number {
  if (options.call) {
    throw new NtfyError(40032);
  }
  if (options.email && !options.delay) {
    throw new NtfyError(40001);
  }
  if (!options.delay) {
    return nowMs;
  }
  if (!isCached) {
    throw new NtfyError(40002);
  }
  if (options.email) {
    throw new NtfyError(40003);
  }
  return readDelay(options.delay, nowMs);
}

function readPriority(text: string): number {
  const word = text.trim().toLowerCase();
  const names = ['min', 'low', 'default', 'high', 'max'];
  const number = word === 'urgent' ? 5 : names.includes(word) ? names.indexOf(word) + 1 : Number(word);
  if (!Number.isInteger(number) || number < 1 || number > 5) {
    throw new NtfyError(40007);
  }
  return number;
}

/** Decodes RFC 2047 words in a header; other texts stay, read as UTF-8 where they are. */
function decodeWords(header: string): string {
  const text = Buffer.from(header, 'latin1').toString();
  const raw = text.includes('\ufffd') ? header : text;
  return raw.replace(/=\?utf-8\?([bq])\?([^?]*)\?=(?:\s+(?==\?))?/gi, (_, kind: string, word: string) => {
    if (kind.toLowerCase() === 'b') {
      return Buffer.from(word, 'base64').toString();
    }
    const bytes = word
      .replaceAll('_', ' ')
      .replace(/=([0-9a-f]{2})/gi, (_match, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
    return Buffer.from(bytes, 'latin1').toString();
  });
}

function textIn(body: Record<string, unknown>, name: string): string | undefined {
  const value = body[name];
  if (value === undefined || value === null || value === '') {
    return undefined;
  }
  if (typeof value !== 'string') {
    throw new NtfyError(40017);
  }
  return value;
}

function isYes(text: string | undefined): boolean {
  return /^(?:1|yes|true)$/i.test(text ?? '');
}

function isNo(text: string | undefined): boolean {
  return /^(?:0|no|false)$/i.test(text ?? '');
}

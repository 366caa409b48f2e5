/** Makes an ntfy message of a body and its options: checked, with ntfy's default values, as its answer shows it. */
import { nameFile } from '#src/dialects/read-form.js';
import { isHttpUrl } from '#src/lib/text.js';
import { type NtfyAction, readActions } from './actions.js';
import { readDelay } from './delay.js';
import { NtfyRefusal } from './errors.js';
import { isNo, isYes, type Options } from './options.js';

/** A message as the answer shows it, in ntfy's order of fields; what was not said is absent. */
export interface NtfyMessage {
  sequence_id?: string;
  title?: string;
  message: string;
  priority?: number;
  tags?: string[];
  click?: string;
  icon?: string;
  actions?: NtfyAction[];
  attachment?: { name: string; url: string };
  content_type?: 'text/markdown';
}

/** A message and what of it is no part of the answer. */
export interface Reading {
  message: NtfyMessage;
  sendAt?: Date;
  isCached: boolean;
  /** What stands under the words: the text of a file, and its name. */
  below: string[];
}

/** Where a message comes from. */
export interface Source {
  options: Options;
  /** The raw body; empty where JSON or a query says all, and for a file that is no text. */
  text: string;
  /** How large a body is that is no text. */
  fileBytes?: number;
  isMarkdown: boolean;
  nowMs: number;
}

const SEQUENCE = /^[-_A-Za-z0-9]{1,64}$/;
const PRIORITIES: Readonly<Record<string, number>> = {
  1: 1,
  min: 1,
  2: 2,
  low: 2,
  3: 3,
  default: 3,
  4: 4,
  high: 4,
  5: 5,
  max: 5,
  urgent: 5,
};

/**
 * Reads a message. A body stands before a text in the options, but for a file, whose text comes below. Throws NtfyRefusal,
 * 40014 for a file without any words: files are not kept here.
 */
export function readMessage(source: Source): Reading {
  const { options, text, isMarkdown, nowMs } = source;
  const { title, click, actions, icon } = options;
  refuseUnserved(options);
  const isCached = !isNo(options.cache);
  const priority = readPriority(options.priority);
  const tags = (options.tags ?? '')
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');
  if (icon !== undefined && !isHttpUrl(icon)) {
    throw new NtfyRefusal(40021);
  }
  if (options.delay !== undefined && !isCached) {
    throw new NtfyRefusal(40002);
  }
  const attachment = readAttachment(options);
  const file = attachment ? undefined : readFile(source);
  const words = (options.message ?? '').replaceAll('\\n', '\n').trim();
  if (file?.text === '' && words === '' && !title) {
    throw new NtfyRefusal(40014);
  }
  const said = (file ? words || file.text : text.trim() || words) || '';
  const sent = attachment ?? file;
  const message: NtfyMessage = {
    ...(options.sequence ? { sequence_id: readSequence(options.sequence) } : {}),
    ...(title ? { title: title.replaceAll('\\n', '\n') } : {}),
    message: said || (sent ? `You received a file: ${sent.name}` : 'triggered'),
    // The default priority is left out of the answer.
    ...(priority === 3 ? {} : { priority }),
    ...(tags.length > 0 ? { tags } : {}),
    ...(click ? { click } : {}),
    ...(icon ? { icon } : {}),
    ...(actions === undefined ? {} : { actions: readActions(actions) }),
    ...(attachment ? { attachment } : {}),
    ...(isMarkdown || isYes(options.markdown) ? { content_type: 'text/markdown' } : {}),
  };
  const sendAt = options.delay === undefined ? undefined : readDelay(options.delay, nowMs);
  const below = file ? [file.text === said ? '' : file.text, file.note].filter((part) => part !== '') : [];
  return { message, isCached, below, ...(sendAt ? { sendAt } : {}) };
}

/** The name of a sequence, in which a later message takes the place of the earlier. Throws NtfyRefusal 40049. */
export function readSequence(text: string): string {
  if (!SEQUENCE.test(text)) {
    throw new NtfyRefusal(40049);
  }
  return text;
}

/** What other ntfy servers refuse too, where their operator has not set it up. */
function refuseUnserved({ email, call, template }: Options): void {
  if (email !== undefined) {
    throw new NtfyRefusal(40001);
  }
  if (call !== undefined && !isNo(call)) {
    throw new NtfyRefusal(40032);
  }
  if (template !== undefined && !isNo(template)) {
    throw new NtfyRefusal(40043, 'templates are not served here');
  }
}

function readPriority(text: string | undefined): number {
  const word = text?.trim().toLowerCase() ?? 'default';
  const priority = Object.hasOwn(PRIORITIES, word) ? PRIORITIES[word] : undefined;
  if (priority === undefined) {
    throw new NtfyRefusal(40007);
  }
  return priority;
}

/** A body that is a file: it is called by a name, or is no text. `note` names it. */
function readFile({
  options,
  text,
  fileBytes,
}: Source): { name: string; text: string; note: string } | undefined {
  const { filename = '' } = options;
  if (fileBytes !== undefined) {
    const name = filename || 'attachment';
    return { name, text: '', note: nameFile(name, fileBytes) };
  }
  const kept = text.trim();
  return filename === '' || kept === ''
    ? undefined
    : { name: filename, text: kept, note: `文件 File: ${filename.replace(/\s+/g, ' ')}` };
}

/** An attachment is an address only: files are not kept here. */
function readAttachment({ attach, filename }: Options): { name: string; url: string } | undefined {
  if (attach === undefined) {
    return undefined;
  }
  if (!isHttpUrl(attach)) {
    throw new NtfyRefusal(40013);
  }
  return { name: filename || new URL(attach).pathname.split('/').at(-1) || 'attachment', url: attach };
}

/** Makes an ntfy message of a body and its options: checked, with ntfy's default values, as its answer shows it. */
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
}

/** Where a message comes from. */
export interface Source {
  options: Options;
  /** The raw body; empty where JSON or a query says all. */
  text: string;
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

/** Reads a message. A body stands before a text in the options. Throws NtfyRefusal. */
export function readMessage({ options, text, isMarkdown, nowMs }: Source): Reading {
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
  const said = text.trim() || (options.message ?? '').replaceAll('\\n', '\n').trim();
  const message: NtfyMessage = {
    ...(options.sequence ? { sequence_id: readSequence(options.sequence) } : {}),
    ...(title ? { title: title.replaceAll('\\n', '\n') } : {}),
    message: said || (attachment ? `You received a file: ${attachment.name}` : 'triggered'),
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
  return { message, isCached, ...(sendAt ? { sendAt } : {}) };
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

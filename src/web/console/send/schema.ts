/** The form that sends, and the draft that its preview shows. */
import { z } from 'zod';
import { MESSAGE_LIMITS } from '#src/core/publish.js';
import type { Format, MessageTemplates } from '#src/core/types.js';
import { parseChinaTime } from '#src/lib/china-time.js';
import { isHttpUrl, takeCodePoints } from '#src/lib/text.js';
import { checkbox, type Form, textField } from '#src/web/session/form.js';

/** Forms hold a whole body, and browsers write each byte of Chinese as three. */
export const SEND_LIMIT_BYTES = 1024 * 1024;
/** The same that the dialect of WxPusher takes. */
export const MAX_UIDS = 2000;

const TEXT_FORMATS = ['markdown', 'text', 'html'] as const satisfies readonly Format[];
/** Contents that are data, by the names of their templates. */
export const DATA_FORMATS = ['json', 'cloudMonitor', 'jenkins', 'route', 'pay'] as const;
const FORMATS = [...TEXT_FORMATS, ...DATA_FORMATS];
const lists = z.array(z.string().max(64)).max(50).default([]);

/** The fields of the form; who receives and when is checked beside the domain. */
export const sendSchema = z.object({
  app: z.coerce
    .number()
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .catch(0),
  to: z.enum(['me', 'uids', 'topics']).default('me'),
  uids: z.string().max(200_000).default(''),
  topics: lists,
  title: textField(MESSAGE_LIMITS.title),
  summary: textField(MESSAGE_LIMITS.summary),
  format: z.enum(FORMATS).default('markdown'),
  content: z
    .string()
    .max(2 * MESSAGE_LIMITS.body)
    .default(''),
  url: textField(MESSAGE_LIMITS.url),
  sendAt: textField(40),
  urgent: checkbox,
  channels: lists,
});

/** A checked form. */
export type SendFields = z.output<typeof sendSchema>;

/** What of a message shows before it is sent. */
export interface Draft {
  appId: number;
  to: 'me' | 'uids' | 'topics';
  uids: string[];
  topicIds: number[];
  title: string;
  summary: string;
  /** The name of the template that draws the content. */
  template: string;
  /** As it was typed. */
  content: string;
  /** What the template makes of it. */
  format: Format;
  body: string;
  url: string;
  isUrgent: boolean;
}

/** Reads a form for its preview: whatever is wrong with it is left out or cut. */
export function toDraft({ values, lists: sent }: Form, templates: MessageTemplates, now: number): Draft {
  const text = (name: keyof SendFields, limit: number): string =>
    takeCodePoints((values[name] ?? '').trim(), limit);
  const url = text('url', MESSAGE_LIMITS.url);
  const content = takeCodePoints(values.content ?? '', MESSAGE_LIMITS.body);
  const form = FORMATS.find((known) => known === values.format) ?? 'markdown';
  const { summary = '', ...drawn } = drawContent(templates, { form, content }, now);
  const app = /^\d{1,9}$/.test(values.app ?? '') ? Number(values.app) : 0;
  return {
    appId: app,
    to: (['uids', 'topics'] as const).find((known) => known === values.to) ?? 'me',
    uids: readUids(values.uids ?? ''),
    topicIds: readTopicIds(sent.topics ?? []),
    title: text('title', MESSAGE_LIMITS.title),
    summary: text('summary', MESSAGE_LIMITS.summary) || summary,
    template: toTemplate(form),
    content,
    ...drawn,
    url: isHttpUrl(url) ? url : '',
    isUrgent: values.urgent !== undefined,
  };
}

/** What a content becomes: its body, and a summary where the body's own start would make a poor one. */
export function drawContent(
  templates: MessageTemplates,
  { form, content }: { form: SendFields['format']; content: string },
  now: number,
): { format: Format; body: string; summary?: string } {
  const { format, body, summary } = templates.draw(toTemplate(form), content, new Date(now));
  const short = takeCodePoints(summary ?? '', MESSAGE_LIMITS.summary, '…');
  return { format, body, ...(short === '' ? {} : { summary: short }) };
}

/** The template's own word for running text is shorter. */
function toTemplate(form: SendFields['format']): string {
  return form === 'text' ? 'txt' : form;
}

/** UIDs as people paste them: by lines, commas or blanks, each once. */
export function readUids(text: string): string[] {
  return [...new Set(text.split(/[\s,;，；、]+/).filter((uid) => uid !== ''))];
}

/** Numbers of topics as the boxes send them. */
export function readTopicIds(list: readonly string[]): number[] {
  return [...new Set(list.filter((id) => /^\d{1,9}$/.test(id)).map(Number))];
}

/** A moment of a `datetime-local` field in China time; null where there is none, undefined for what is no moment. */
export function readSendAt(text: string): Date | null | undefined {
  if (text === '') {
    return null;
  }
  const [, day = '', time = ''] = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(?::\d\d)?$/.exec(text) ?? [];
  return parseChinaTime(`${day} ${time}:00`) ?? undefined;
}

/** The same message as a command of each dialect. */
import { takeCodePoints, toPlainText } from '#src/lib/text.js';
import type { Draft } from './schema.js';

/** A command, ready to paste; null where the key it needs is still to be made. */
export interface CurlLine {
  name: string;
  code: string | null;
}

/** Keys by kind, in clear or as what stands in for them, and a notify code; null: there is none yet. */
export type LineKeys = Readonly<
  Record<'sendkey' | 'pushplus' | 'spt' | 'bark' | 'pushdeer' | 'ntfy' | 'gotify', string> & {
    notify: string | null;
  }
>;

/** What stands where a key of somebody else goes. */
export const PLACEHOLDERS: LineKeys = {
  spt: 'SPT_xxx',
  sendkey: 'SCTxxx',
  pushplus: 'xxx',
  bark: 'xxx',
  pushdeer: 'PDUxxx',
  ntfy: 'qnxxx',
  gotify: 'Axxx',
  notify: 'xxx',
};

/** Longer bodies make no command that anybody would paste. */
export const LONGEST_BODY = 4000;
/** What the notify API takes, in characters. */
const LONGEST_NOTE = { title: 100, content: 2048 };

/** What the commands say, and how they are spelled for this server. */
interface Note {
  draft: Draft;
  body: string;
  /** Our Markdown takes HTML too. */
  isMarkdown: boolean;
  json(path: string, fields: object): string;
  form(path: string, fields: Record<string, string>): string;
}

/** All commands. The app's own comes first where an app sends. */
export function writeCurlLines(publicUrl: string, draft: Draft, keys: LineKeys): CurlLine[] {
  const isEmpty = draft.content.trim() === '';
  const said = isEmpty ? { ...draft, content: 'hello', body: 'hello', template: 'txt' } : draft;
  const note: Note = {
    draft: said,
    body: takeCodePoints(said.body, LONGEST_BODY, '…'),
    isMarkdown: said.format !== 'text',
    json: (path, fields) =>
      `curl -X POST ${quote(publicUrl + path)} \\\n  -H 'Content-Type: application/json' \\\n  -d ${quote(JSON.stringify(prune(fields), null, 1))}`,
    form: (path, fields) =>
      [
        `curl -X POST ${quote(publicUrl + path)}`,
        ...Object.entries(prune(fields)).map(
          ([name, value]) => `--data-urlencode ${quote(`${name}=${value}`)}`,
        ),
      ].join(' \\\n  '),
  };
  return [...forWxpusher(note, keys), ...forPushers(note, keys), ...forDevices(note, keys)];
}

function forWxpusher({ draft, body, json }: Note, keys: LineKeys): CurlLine[] {
  const { title, summary, format, url } = draft;
  const contentType = { text: 1, html: 2, markdown: 3 }[format];
  const words = { content: body, summary: title || summary, contentType, url };
  const audience =
    draft.to === 'topics'
      ? { topicIds: draft.topicIds }
      : { uids: draft.uids.length > 0 ? draft.uids : ['UID_xxx'] };
  const app = json('/api/send/message', { appToken: 'AT_xxx', ...words, ...audience });
  return [
    ...(draft.appId > 0 ? [{ name: 'WxPusher', code: app }] : []),
    {
      name: 'WxPusher 极简推送 WxPusher SPT',
      code: json('/api/send/message/simple-push', { spt: keys.spt, ...words }),
    },
  ];
}

function forPushers({ draft, body, json, form }: Note, keys: LineKeys): CurlLine[] {
  const { title, summary, template } = draft;
  const content = takeCodePoints(draft.content, LONGEST_BODY, '…');
  return [
    {
      name: 'Server酱',
      code: form(`/${keys.sendkey}.send`, { title: title || firstLine(draft), desp: body, short: summary }),
    },
    { name: 'PushPlus', code: json('/send', { token: keys.pushplus, title, content, template }) },
    {
      name: '企业微信通知 WeCom notify',
      code: keys.notify === null ? null : json(`/api/notify/${keys.notify}`, toNotice(draft)),
    },
  ];
}

function forDevices({ draft, body, isMarkdown, json, form }: Note, keys: LineKeys): CurlLine[] {
  const { title, url, isUrgent } = draft;
  return [
    {
      name: 'Bark',
      code: json('/push', {
        device_key: keys.bark,
        title,
        ...(isMarkdown ? { markdown: body } : { body }),
        url,
        level: isUrgent ? 'timeSensitive' : '',
      }),
    },
    {
      name: 'PushDeer',
      code: form('/message/push', {
        pushkey: keys.pushdeer,
        text: title || firstLine(draft),
        desp: title === '' && body === firstLine(draft) ? '' : body,
        type: isMarkdown ? 'markdown' : 'text',
      }),
    },
    {
      name: 'ntfy',
      code: json('/', {
        topic: keys.ntfy,
        title,
        message: body,
        markdown: isMarkdown || undefined,
        click: url,
        priority: isUrgent ? 5 : undefined,
      }),
    },
    {
      name: 'gotify',
      code: json(`/message?token=${keys.gotify}`, {
        title,
        message: body,
        priority: isUrgent ? 8 : undefined,
        extras: isMarkdown ? { 'client::display': { contentType: 'text/markdown' } } : undefined,
      }),
    },
  ];
}

/** WeCom shows no HTML. */
function toNotice({ title, body, format }: Draft): object {
  const text = format === 'html' ? toPlainText(body, format) : body;
  return {
    title: takeCodePoints(title, LONGEST_NOTE.title, '…'),
    content: takeCodePoints(text, LONGEST_NOTE.content, '…'),
  };
}

/** One word of a POSIX shell, whatever is in it. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function prune<T extends object>(fields: T): Partial<T> {
  const said = Object.entries(fields).filter(([, value]) => value !== '' && value !== undefined);
  return Object.fromEntries(said) as Partial<T>;
}

/** A title where there is none: what the card would say, else how the body begins. */
function firstLine({ summary, body, format }: Draft): string {
  const text = summary || (format === 'html' ? toPlainText(body, format) : body);
  return takeCodePoints(text.trim().split('\n')[0]?.trim() ?? '', 32, '…');
}

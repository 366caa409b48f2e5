/** The same message as a command of each dialect. */
import { takeCodePoints } from '#src/lib/text.js';
import type { Draft } from './schema.js';

/** A command, ready to paste. */
export interface CurlLine {
  name: string;
  code: string;
}

/** Keys by kind, in clear or as what stands in for them. */
export type LineKeys = Readonly<
  Record<'sendkey' | 'pushplus' | 'spt' | 'bark' | 'pushdeer' | 'ntfy' | 'gotify', string>
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
};

/** Longer bodies make no command that anybody would paste. */
export const LONGEST_BODY = 4000;

/** All commands. The app's own comes first where an app sends. */
export function writeCurlLines(publicUrl: string, draft: Draft, keys: LineKeys): CurlLine[] {
  const { title, summary, format, url } = draft;
  const body = takeCodePoints(draft.body.trim() === '' ? 'hello' : draft.body, LONGEST_BODY, '…');
  const json = (path: string, fields: object): string =>
    `curl -X POST ${quote(publicUrl + path)} \\\n  -H 'Content-Type: application/json' \\\n  -d ${quote(JSON.stringify(prune(fields), null, 1))}`;
  const form = (path: string, fields: Record<string, string>): string =>
    [
      `curl -X POST ${quote(publicUrl + path)}`,
      ...Object.entries(prune(fields)).map(
        ([name, value]) => `--data-urlencode ${quote(`${name}=${value}`)}`,
      ),
    ].join(' \\\n  ');
  const isMarkdown = format === 'markdown';
  const contentType = { text: 1, html: 2, markdown: 3 }[format];
  const wx = { content: body, summary: title || summary, contentType, url };
  const audience =
    draft.to === 'topics'
      ? { topicIds: draft.topicIds }
      : { uids: draft.uids.length > 0 ? draft.uids : ['UID_xxx'] };
  const app = json('/api/send/message', { appToken: 'AT_xxx', ...wx, ...audience });
  return [
    ...(draft.appId > 0 ? [{ name: 'WxPusher', code: app }] : []),
    {
      name: 'WxPusher 极简推送 SPT',
      code: json('/api/send/message/simple-push', { spt: keys.spt, ...wx }),
    },
    {
      name: 'Server酱',
      code: form(`/${keys.sendkey}.send`, { title: title || firstLine(body), desp: body, short: summary }),
    },
    {
      name: 'PushPlus',
      code: json('/send', {
        token: keys.pushplus,
        title,
        content: body,
        template: { text: 'txt', html: 'html', markdown: 'markdown' }[format],
      }),
    },
    {
      name: 'Bark',
      code: json('/push', {
        device_key: keys.bark,
        title,
        ...(isMarkdown ? { markdown: body } : { body }),
        url,
        level: draft.isUrgent ? 'timeSensitive' : '',
      }),
    },
    {
      name: 'PushDeer',
      code: form('/message/push', {
        pushkey: keys.pushdeer,
        text: title || firstLine(body),
        desp: title === '' && body === firstLine(body) ? '' : body,
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
        priority: draft.isUrgent ? 5 : undefined,
      }),
    },
    {
      name: 'gotify',
      code: json(`/message?token=${keys.gotify}`, {
        title,
        message: body,
        priority: draft.isUrgent ? 8 : undefined,
        extras: isMarkdown ? { 'client::display': { contentType: 'text/markdown' } } : undefined,
      }),
    },
  ];
}

/** One word of a POSIX shell, whatever is in it. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function prune<T extends object>(fields: T): Partial<T> {
  const said = Object.entries(fields).filter(([, value]) => value !== '' && value !== undefined);
  return Object.fromEntries(said) as Partial<T>;
}

function firstLine(body: string): string {
  return takeCodePoints(body.trim().split('\n')[0]?.trim() ?? '', 32, '…');
}

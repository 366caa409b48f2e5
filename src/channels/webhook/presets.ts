/** Ready requests for well-known kinds of receivers; a person's own settings win over each part. */
import type { ConfigPreset } from '#src/core/types.js';

/** A request to fill. */
export interface WebhookPreset {
  method: string;
  contentType: string;
  body: string;
}

const JSON_TYPE = 'application/json; charset=utf-8';
const FORM_TYPE = 'application/x-www-form-urlencoded; charset=utf-8';

/** Content types by the setting's word. */
export const CONTENT_TYPES: Readonly<Record<'json' | 'form' | 'raw', string>> = {
  json: JSON_TYPE,
  form: FORM_TYPE,
  raw: 'text/plain; charset=utf-8',
};

const json = (fields: Readonly<Record<string, string>>): WebhookPreset => ({
  method: 'POST',
  contentType: JSON_TYPE,
  body: JSON.stringify(fields),
});

/**
 * `custom` sends all parts of a message; `slack` also fits Mattermost and Rocket.Chat; `ifttt` is a Webhooks trigger;
 * `hiflow` fits flow tools that read any JSON (腾讯轻联, 集简云); `serverchan` fits everything with Server酱's send call.
 */
export const WEBHOOK_PRESETS = {
  custom: json({
    id: '{{id}}',
    title: '{{title}}',
    summary: '{{summary}}',
    content: '{{content}}',
    url: '{{url}}',
    pageUrl: '{{pageUrl}}',
    time: '{{time}}',
    appName: '{{appName}}',
  }),
  slack: json({ text: '*{{title}}*\n{{text}}\n<{{pageUrl}}>' }),
  ifttt: json({ value1: '{{title}}', value2: '{{text}}', value3: '{{pageUrl}}' }),
  hiflow: json({
    title: '{{title}}',
    content: '{{text}}',
    url: '{{pageUrl}}',
    time: '{{time}}',
    appName: '{{appName}}',
  }),
  serverchan: { method: 'POST', contentType: FORM_TYPE, body: 'title={{title}}&desp={{content}}' },
} as const satisfies Readonly<Record<string, WebhookPreset>>;

/** The preset of a name; `custom` for none. */
export function presetOf(name: string): WebhookPreset {
  const known = Object.entries(WEBHOOK_PRESETS).find(([one]) => one === name);
  return known?.[1] ?? WEBHOOK_PRESETS.custom;
}

type Words = ConfigPreset['title'];

const form = (preset: keyof typeof WEBHOOK_PRESETS, title: Words, hint: Words, url = ''): ConfigPreset => ({
  id: preset,
  title,
  hint,
  config: { preset, method: presetOf(preset).method, body: presetOf(preset).body, ...(url ? { url } : {}) },
});

/** The same as forms to begin with. */
export const WEBHOOK_FORMS: readonly ConfigPreset[] = [
  form(
    'custom',
    { zh: '自定义 JSON', en: 'Custom JSON' },
    {
      zh: '你自己的程序：收到的 JSON 含消息的全部字段，模板可改。',
      en: 'Your own program: it gets JSON with every field of the message; change the template as you like.',
    },
  ),
  form(
    'slack',
    { zh: 'Slack / Mattermost', en: 'Slack / Mattermost' },
    {
      zh: '频道设置「Incoming Webhooks」里新建后显示的地址。',
      en: 'The address shown after you add an Incoming Webhook to a channel.',
    },
    'https://hooks.slack.com/services/',
  ),
  form(
    'ifttt',
    { zh: 'IFTTT', en: 'IFTTT' },
    {
      zh: '在 IFTTT 的 Webhooks 服务「Documentation」页找到事件地址和 key。',
      en: 'The event address with your key is on the Documentation page of IFTTT’s Webhooks service.',
    },
    'https://maker.ifttt.com/trigger/EVENT/with/key/KEY',
  ),
  form(
    'hiflow',
    { zh: '腾讯轻联 / 集简云', en: 'HiFlow and other flow tools' },
    {
      zh: '流程的第一步选「Webhook 触发」，复制它给出的地址。',
      en: 'Begin the flow with a webhook trigger and copy its address.',
    },
  ),
  form(
    'serverchan',
    { zh: 'Server酱 及兼容服务', en: 'Server酱 and compatible services' },
    {
      zh: '形如 https://sctapi.ftqq.com/SENDKEY.send 的发送地址。',
      en: 'The sending address, such as https://sctapi.ftqq.com/SENDKEY.send',
    },
    'https://sctapi.ftqq.com/SENDKEY.send',
  ),
];

/** Ready requests for well-known kinds of receivers; a person's own settings win over each part. */
import type { BodyKind } from './placeholders.js';

/** A request to fill. */
export interface WebhookPreset {
  method: string;
  contentType: string;
  body: string;
}

const JSON_TYPE = 'application/json; charset=utf-8';
const FORM_TYPE = 'application/x-www-form-urlencoded; charset=utf-8';

/** Content types by the setting's word. */
export const CONTENT_TYPES: Readonly<Record<BodyKind, string>> = {
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

/** The settings of a custom webhook: where, how, with which headers and body. */
import type { ChannelSettings, ConfigField } from '#src/channels/channel.js';
import { CERTIFICATE_FIELD, checkCertificate, settingOf } from '#src/channels/parts.js';
import { readWanted, type SuccessRule } from './judge.js';
import { type BodyKind, bodyKindOf, fillPlaces, PLACEHOLDERS, unknownPlaces } from './placeholders.js';
import { CONTENT_TYPES, presetOf, WEBHOOK_PRESETS } from './presets.js';

/** A request before its places are filled. */
export interface WebhookTemplate {
  url: string;
  method: string;
  headers: Record<string, string>;
  body: string;
  kind: BodyKind;
}

const SUCCESS = ['auto', 'status', 'field', 'text'];
const METHODS = ['POST', 'GET', 'PUT', 'PATCH', 'DELETE'];
const SECRET_FORM = /^whsec_[A-Za-z0-9+/]{32,128}={0,2}$/;
/** RFC 9110 section 5.6.2; header values are visible ASCII here, which all HTTP software agrees on. */
const HEADER_LINE = /^([!#$%&'*+.^_`|~\dA-Za-z-]+)\s*:\s*([\x20-\x7e]*)$/;

/** The template of a channel's settings: the preset with what the person set in place of its parts. */
export function templateOf(settings: ChannelSettings): WebhookTemplate {
  const preset = presetOf(settingOf(settings, 'preset'));
  const headers = readHeaders(settingOf(settings, 'headers'));
  const chosen = settingOf(settings, 'contentType');
  const typeOfChoice =
    chosen === 'json' || chosen === 'form' || chosen === 'raw' ? CONTENT_TYPES[chosen] : null;
  const contentType = headers['content-type'] ?? typeOfChoice ?? preset.contentType;
  return {
    url: settingOf(settings, 'url'),
    method: settingOf(settings, 'method') || preset.method,
    headers: { ...headers, 'content-type': contentType },
    body: settingOf(settings, 'body') || preset.body,
    kind: bodyKindOf(contentType),
  };
}

/** What counts as success under the settings. Only after `checkWebhookSettings` found nothing. */
export function successOf(settings: ChannelSettings): SuccessRule {
  const [field, value] = [settingOf(settings, 'successField'), settingOf(settings, 'successValue')];
  switch (settingOf(settings, 'success')) {
    case 'status':
      return { by: 'status' };
    case 'field':
      return { by: 'field', field, value };
    case 'text':
      return { by: 'text', value };
    default:
      return { by: 'auto' };
  }
}

/** What of a request must not be shown to a sender, should the receiver echo it: all of the address but its host, all headers. */
export function secretsOf({ url, headers }: WebhookTemplate): string[] {
  const { pathname, search, searchParams } = new URL(URL.canParse(url) ? url : 'http://nowhere');
  const { 'content-type': _public, ...own } = headers;
  const words = Object.values(own).flatMap((value) => [value, value.split(' ').at(-1) ?? '']);
  return [url, pathname + search, pathname, ...searchParams.values(), ...words];
}

/** What is wrong with the settings beyond their fields, a sentence for people each. */
export function checkWebhookSettings(settings: ChannelSettings): { field: string; zh: string; en: string }[] {
  const wrong: { field: string; zh: string; en: string }[] = [];
  const badLine = linesOf(settingOf(settings, 'headers')).find((line) => !HEADER_LINE.test(line));
  if (badLine !== undefined) {
    const zh = `请求头每行一个，形如 Name: value，只用英文字符；这一行不对：${badLine}`;
    const en = `headers stand one a line as Name: value, in ASCII; this line is wrong: ${badLine}`;
    wrong.push({ field: 'headers', zh, en });
  }
  const template = templateOf(settings);
  for (const field of ['url', 'body'] as const) {
    const strange = unknownPlaces(template[field]);
    if (strange.length > 0) {
      const names = PLACEHOLDERS.map((name) => `{{${name}}}`).join(' ');
      const zh = `没有叫 ${strange.join('、')} 的变量；可用的是 ${names}`;
      wrong.push({ field, zh, en: `unknown placeholder ${strange.join(', ')}; there are ${names}` });
    }
  }
  if (template.kind === 'json' && settingOf(settings, 'body') !== '' && !makesJson(template.body)) {
    const zh = '模板填入消息后不是合法的 JSON：文字变量要写在双引号里，如 {"text":"{{title}}"}';
    const en =
      'the filled template is not valid JSON: texts stand in double quotes, as in {"text":"{{title}}"}';
    wrong.push({ field: 'body', zh, en });
  }
  const secret = settingOf(settings, 'secret');
  if (secret !== '' && !SECRET_FORM.test(secret)) {
    const zh = '签名密钥是 whsec_ 加 24 到 96 字节的 Base64';
    wrong.push({ field: 'secret', zh, en: 'a signing secret is whsec_ and 24 to 96 bytes in Base64' });
  }
  return [...wrong, ...checkSuccess(settings), ...checkCertificate(settings, template.url)];
}

/** A rule that lacks a part would refuse all answers, or none. */
function checkSuccess(settings: ChannelSettings): { field: string; zh: string; en: string }[] {
  const rule = successOf(settings);
  const wrong: { field: string; zh: string; en: string }[] = [];
  if (rule.by === 'field' && rule.field === '') {
    const zh = '请填写应答里的字段名（如 code 或 data.code）';
    wrong.push({ field: 'successField', zh, en: 'name the field of the answer, such as code or data.code' });
  }
  const lacksValue =
    rule.by === 'field' ? readWanted(rule.value).length === 0 : rule.by === 'text' && rule.value === '';
  if (lacksValue) {
    const zh = rule.by === 'field' ? '请填写这个字段成功时的值（如 0）' : '请填写成功的应答里一定有的文字';
    const en =
      rule.by === 'field'
        ? 'give the value that means success, such as 0'
        : 'give a text that a good answer holds';
    wrong.push({ field: 'successValue', zh, en });
  }
  if (rule.by === 'text' && settingOf(settings, 'successField') !== '') {
    const zh = '只在「怎样算成功」选 field 时填写';
    wrong.push({ field: 'successField', zh, en: 'only where what counts as success is field' });
  }
  if (rule.by === 'auto' || rule.by === 'status') {
    const unused = ['successField', 'successValue'].find((name) => settingOf(settings, name) !== '');
    const zh = '只在「怎样算成功」选 field 或 text 时填写';
    const en = 'only where what counts as success is field or text';
    wrong.push(...(unused ? [{ field: unused, zh, en }] : []));
  }
  return wrong;
}

function makesJson(template: string): boolean {
  try {
    JSON.parse(fillPlaces(template, 'json', (name) => (name === 'id' ? '1' : 'a"b\n')));
    return true;
  } catch {
    return false;
  }
}

function readHeaders(text: string): Record<string, string> {
  const found = linesOf(text).map((line) => HEADER_LINE.exec(line));
  return Object.fromEntries(
    found
      .filter((match) => match !== null)
      .map((match) => [(match[1] ?? '').toLowerCase(), (match[2] ?? '').trim()]),
  );
}

function linesOf(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

const optional = (name: string, zh: string, en: string) => ({
  name,
  label: { zh, en },
  required: false,
  secret: false,
});

/** The fields, in the order of the form. */
export const WEBHOOK_FIELDS: readonly ConfigField[] = [
  {
    ...optional('preset', '类型', 'Kind'),
    type: 'choice',
    choices: Object.keys(WEBHOOK_PRESETS),
    hint: {
      zh: 'custom 全部字段的 JSON；slack（也适合 Mattermost）；ifttt；hiflow（腾讯轻联、集简云）；serverchan（Server酱兼容）',
      en: 'custom: JSON with all fields; slack (also Mattermost); ifttt; hiflow: flow tools; serverchan: compatible receivers',
    },
  },
  {
    name: 'url',
    type: 'url',
    label: { zh: '地址', en: 'Address' },
    hint: {
      zh: '接收方给出的 Webhook 地址；可以含变量，如 ?title={{title}}',
      en: 'the webhook address of the receiver; it may hold placeholders, as in ?title={{title}}',
    },
    required: true,
    // The address of a webhook is what lets anyone post to it.
    secret: true,
  },
  { ...optional('method', '方法', 'Method'), type: 'choice', choices: METHODS },
  {
    name: 'headers',
    type: 'long-text',
    label: { zh: '请求头', en: 'Headers' },
    hint: {
      zh: '每行一个，形如 Authorization: Bearer xxx',
      en: 'one a line, as in Authorization: Bearer xxx',
    },
    required: false,
    secret: true,
  },
  {
    ...optional('contentType', '内容类型', 'Content type'),
    type: 'choice',
    choices: ['json', 'form', 'raw'],
    hint: {
      zh: '决定变量如何转义；留空随类型',
      en: 'decides how values are escaped; empty: as the kind says',
    },
  },
  {
    ...optional('body', '请求体模板', 'Body template'),
    type: 'long-text',
    hint: {
      zh: `留空用该类型的模板；变量：${PLACEHOLDERS.map((name) => `{{${name}}}`).join(' ')}`,
      en: `empty: the template of the kind; placeholders: ${PLACEHOLDERS.map((name) => `{{${name}}}`).join(' ')}`,
    },
  },
  {
    ...optional('success', '怎样算成功', 'What counts as success'),
    type: 'choice',
    choices: SUCCESS,
    hint: {
      zh: 'auto（默认）：HTTP 2xx，且应答没有说失败（如 errcode 不为 0、ok 为 false）；status：只看 HTTP 2xx；field：JSON 字段等于某值；text：应答里有某段文字',
      en: 'auto (default): HTTP 2xx and an answer that does not say no (an errcode other than 0, ok: false); status: HTTP 2xx alone; field: a JSON field equals a value; text: the answer holds a text',
    },
  },
  {
    ...optional('successField', '应答字段', 'Field of the answer'),
    type: 'text',
    hint: { zh: '选 field 时填写，如 code 或 data.code', en: 'with field, such as code or data.code' },
  },
  {
    ...optional('successValue', '成功时的值或文字', 'Value or text of success'),
    type: 'text',
    hint: {
      zh: '选 field 时是字段的值，几个都算时用逗号隔开，如 0,200；选 text 时是应答里的文字',
      en: 'with field: its value, several with commas between, as in 0,200; with text: what the answer holds',
    },
  },
  {
    name: 'secret',
    type: 'text',
    label: { zh: '签名密钥', en: 'Signing secret' },
    hint: {
      zh: '可选，形如 whsec_…；填了就按 Standard Webhooks 给请求签名',
      en: 'optional, whsec_…: requests are then signed as Standard Webhooks says',
    },
    required: false,
    secret: true,
  },
  CERTIFICATE_FIELD,
];

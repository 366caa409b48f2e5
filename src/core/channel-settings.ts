/** Checks what people say of a channel they set up, by the fields that its kind declares. */
import { sha256Hex } from '#src/lib/hash.js';
import { inBoth } from '#src/lib/in-language.js';
import { nearestName } from '#src/lib/near-misses.js';
import { FetchError } from '#src/lib/safe-fetch.js';
import { isHttpUrl } from '#src/lib/text.js';
import { AppError } from './errors.js';
import type { ChannelKind, ChannelSettings, ConfigField } from './types.js';

/** The code of the server's own WeChat account, which everybody has. */
export const WECHAT_CODE = 'wechat';

/** What stands for a secret that is set. */
export const SECRET_MASK = '••••••';

/** How a channel names the account that its settings leave to the server. */
const SERVER_ACCOUNT = 'server';

const MAX_VALUE = 4000;

/** Refuses settings that a kind does not have, which would seem to be taken; throws bad_field naming one that is like it. */
export function checkNames(kind: ChannelKind, config: Readonly<Record<string, string>>): void {
  const known = kind.configFields.map(({ name }) => name);
  const unknown = Object.keys(config).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const near = nearestName(unknown, known);
    const zh = `「${kind.title.zh}」没有这个字段${near === null ? '' : `，最接近的是「${near}」`}`;
    const en = `${kind.title.en} has no such field${near === null ? '' : `; the nearest is “${near}”`}`;
    const detail = inBoth(zh, en);
    throw new AppError('bad_field', { field: `config.${unknown.slice(0, 60)}`, detail });
  }
}

/** Trims and checks the settings of a channel; throws bad_field naming the field. Unknown fields, as of an older version, are dropped. */
export function checkSettings(
  kind: ChannelKind,
  config: Readonly<Record<string, string>>,
  checkUrl: (url: string) => void,
): Record<string, string> {
  const settings: Record<string, string> = {};
  const given = kind.readPasted?.(config) ?? config;
  for (const field of kind.configFields) {
    const value = String(given[field.name] ?? '').trim();
    if (value === '' && field.required) {
      throw new AppError('bad_field', {
        field: field.name,
        detail: `必填：${field.label.zh}。 required: ${field.label.en}`,
      });
    }
    if (field.secret && value === SECRET_MASK) {
      throw new AppError('bad_field', { field: field.name, detail: '请填写真实的值 give the real value' });
    }
    const wrong = value === '' ? null : whyWrong(field, value, checkUrl);
    if (wrong) {
      throw new AppError('bad_field', { field: field.name, detail: wrong });
    }
    if (value !== '') {
      settings[field.name] = value;
    }
  }
  const [problem] = kind.checkSettings?.(settings) ?? [];
  if (problem) {
    throw new AppError('bad_field', { field: problem.field, detail: `${problem.zh} ${problem.en}` });
  }
  return settings;
}

function whyWrong(field: ConfigField, value: string, checkUrl: (url: string) => void): string | null {
  if (value.length > MAX_VALUE) {
    return `最多 ${MAX_VALUE} 个字符 ${MAX_VALUE} characters at most`;
  }
  if (field.type === 'number' && !/^-?\d+(\.\d+)?$/.test(value)) {
    return '必须是数字 must be a number';
  }
  if (field.type === 'choice' && !field.choices?.includes(value)) {
    return field.choices?.join(' | ') ?? '';
  }
  if (field.type === 'url') {
    return isHttpUrl(value)
      ? whyBlocked(value, checkUrl)
      : '必须是 http 或 https 链接 must be an http or https address';
  }
  return null;
}

function whyBlocked(url: string, checkUrl: (url: string) => void): string | null {
  try {
    checkUrl(url);
    return null;
  } catch (error) {
    const isInside = error instanceof FetchError && error.reason === 'blocked';
    const zh = isInside ? '服务器不允许访问内网地址' : '须是完整的 http(s) 地址，不能含用户名和密码';
    return inBoth(zh, error instanceof Error ? error.message : 'not usable');
  }
}

/** Codes are what dialects name a channel by; throws bad_field. */
export function checkCode(code: string): void {
  if (!/^[\w-]{1,40}$/.test(code) || code === WECHAT_CODE) {
    throw new AppError('bad_field', {
      field: 'code',
      detail: '请用 1 至 40 个字母、数字、下划线或连字符 1 to 40 letters, digits, _ or -',
    });
  }
}

/** One queue for each remote account, named so that the account itself is not readable. */
export function queueOf(kind: ChannelKind, settings: ChannelSettings, personId: number): string {
  const account = kind.accountOf(settings, { personId, uid: '', address: '' });
  return `${kind.id}:${account === SERVER_ACCOUNT ? account : sha256Hex(account).slice(0, 16)}`;
}

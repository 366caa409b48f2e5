/** What a Bark push becomes: the payload for Apple, and what the phone shows of it. */
import { parseRecord } from '../call.js';
import { type BarkEncryption, decryptPush } from './keys.js';
import type { BarkParameters } from './parameters.js';

/** Apple refuses larger payloads. */
const APNS_LIMIT_BYTES = 4096;
const ALERT_NAMES = ['device_key', 'device_keys', 'title', 'subtitle', 'body', 'sound', 'category'];

/** A notification on the phone. */
export interface BarkNotification {
  title: string;
  subtitle: string;
  body: string;
  /** With `.caf`, or the default `1107`. */
  sound: string;
  /** A silent push that removes an earlier notification. */
  isRemoval: boolean;
  /** Whether the content was encrypted and, if so, whether the phone could read it. */
  encryption: 'none' | 'decrypted' | 'failed';
  /** Everything else: `url`, `group`, `level`, `icon`, and unknown names. */
  extras: BarkParameters;
}

/** The text a phone that cannot decrypt shows. */
export const UNREADABLE = 'Decryption Failed';

/** What the server makes of the parameters, before any decryption. */
export function toNotification(parameters: BarkParameters): BarkNotification {
  const [title, subtitle] = [textOf(parameters.title), textOf(parameters.subtitle)];
  const isRemoval = textOf(parameters.delete) === '1' && typeof parameters.id === 'string';
  const body = textOf(parameters.body);
  const isEmpty = `${title}${subtitle}${body}` === '' && !isRemoval;
  return {
    title,
    subtitle,
    body: isEmpty ? 'Empty Message' : body,
    sound: toSound(textOf(parameters.sound)),
    isRemoval,
    encryption: 'none',
    extras: Object.fromEntries(Object.entries(parameters).filter(([name]) => !ALERT_NAMES.includes(name))),
  };
}

/** Whether Apple takes it. */
export function fitsApns({ title, subtitle, body, sound, extras }: BarkNotification): boolean {
  const alert = { title, subtitle, body };
  const aps = { alert, sound, category: 'myNotificationCategory', 'mutable-content': 1 };
  return Buffer.byteLength(JSON.stringify({ aps, ...extras })) <= APNS_LIMIT_BYTES;
}

/** What the phone shows: an encrypted push is decrypted with what the phone was told. */
export function showOnPhone(pushed: BarkNotification, told: BarkEncryption | undefined): BarkNotification {
  const { ciphertext, iv, ...others } = pushed.extras;
  if (typeof ciphertext !== 'string' || ciphertext === '') {
    return pushed;
  }
  const text = told ? decryptPush(ciphertext, textOf(iv) || undefined, told) : null;
  const inside = text === null ? null : parseRecord(text);
  if (!inside) {
    return { ...pushed, title: '', subtitle: '', body: UNREADABLE, encryption: 'failed' };
  }
  const lowered = Object.fromEntries(
    Object.entries(inside).map(([name, value]) => [name.toLowerCase(), value]),
  );
  return { ...toNotification({ ...others, ...lowered }), encryption: 'decrypted' };
}

/** The main text: Markdown takes the place of the body. */
export function mainText({ encryption, extras, body }: BarkNotification): string {
  return encryption === 'failed' ? body : textOf(extras.markdown) || body;
}

/** The notification as text, line by line. */
export function renderNotification(shown: BarkNotification): string {
  return [shown.title, shown.subtitle, mainText(shown)].filter((line) => line !== '').join('\n');
}

function toSound(sound: string): string {
  if (sound === '') {
    return '1107';
  }
  return sound.endsWith('.caf') ? sound : `${sound}.caf`;
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

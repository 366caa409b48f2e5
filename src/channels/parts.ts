/** What all channels take from a message in the same way: the heading, the address behind a tap, settings with their blanks off. */
import type { MessageContent, MessageExtras } from '#src/core/types.js';
import { readTrust, type TlsTrust } from '#src/lib/tls-trust.js';
import type { ChannelSettings, ConfigField } from './channel.js';

/** The title on one line; a message without one goes under its app's name. */
export function headingOf(message: Pick<MessageContent, 'title' | 'appName'>): string {
  return toOneLine(message.title || message.appName);
}

/** Whether a text says no more than the title. Some doors have no body without a title, and repeat that one. */
export function repeatsTitle({ title }: Pick<MessageContent, 'title'>, text: string): boolean {
  const heading = toOneLine(title);
  return heading !== '' && toOneLine(text) === heading;
}

function toOneLine(text: string): string {
  return text.replace(/[\p{Cc}\s]+/gu, ' ').trim();
}

/** A setting without blanks around it; empty when it is not set. */
export function settingOf(settings: ChannelSettings, name: string): string {
  return (settings[name] ?? '').trim();
}

/** A server's address without slashes at its end, or the default where none is set. */
export function serverOf(settings: ChannelSettings, fallback: string): string {
  return (settingOf(settings, 'server') || fallback).replace(/\/+$/, '');
}

/** What the door in was told for a kind of channel; empty when nothing. */
export function extrasOf(extras: MessageExtras, channel: string): Readonly<Record<string, unknown>> {
  return Object.hasOwn(extras, channel) ? (extras[channel] ?? {}) : {};
}

/** Those of the named parameters that are there and not null. */
export function pickParameters(
  source: Readonly<Record<string, unknown>>,
  names: readonly string[],
): Record<string, unknown> {
  return Object.fromEntries(
    names
      .filter((name) => Object.hasOwn(source, name) && source[name] !== undefined && source[name] !== null)
      .map((name) => [name, source[name]]),
  );
}

/** The addresses that a tap may open. */
export interface TapTargets {
  page: string;
  link: string;
}

/** The two addresses of a message. */
export function tapTargetsOf(message: Pick<MessageContent, 'pageUrl' | 'url'>): TapTargets {
  return { page: message.pageUrl, link: message.url };
}

/** The setting that chooses between them. */
export const TAP_FIELD: ConfigField = {
  name: 'tap',
  type: 'choice',
  label: { zh: '点击后打开', en: 'A tap opens' },
  hint: {
    zh: 'page：消息详情页（默认）；link：发送方给的原文链接，没有时仍是详情页',
    en: 'page: the message page (default); link: the sender’s own link where there is one',
  },
  required: false,
  secret: false,
  choices: ['page', 'link'],
};

/** The address that a tap opens under these settings. */
export function tapUrl(targets: TapTargets, settings: ChannelSettings): string {
  return settingOf(settings, 'tap') === 'link' ? targets.link || targets.page : targets.page;
}

/** The setting that says what becomes of a channel's own receivers where a message names some. */
export const NAMED_FIELD: ConfigField = {
  name: 'named',
  type: 'choice',
  label: { zh: '消息点名了接收人时', en: 'When a message names receivers' },
  hint: {
    zh: 'instead：只发给他们（默认）；copy：这里填的接收人也收到',
    en: 'instead: they alone get it (default); copy: those given here get it too',
  },
  required: false,
  secret: false,
  choices: ['instead', 'copy'],
};

/** Whether a channel's own receivers get what names others. */
export function keepsOwn(settings: ChannelSettings): boolean {
  return settingOf(settings, 'named') === 'copy';
}

/** The setting that says which certificate of the person's own server is taken. */
export const CERTIFICATE_FIELD: ConfigField = {
  name: 'certificate',
  type: 'long-text',
  label: { zh: '证书', en: 'Certificate' },
  hint: {
    zh: '服务器用自签名或自建机构的证书时填写：证书的 SHA-256 指纹（只认这一张），或 CA 证书的 PEM',
    en: 'where the server’s certificate is self-signed or of an authority of your own: its SHA-256 fingerprint (that one alone is taken), or the CA’s certificate as PEM',
  },
  required: false,
  secret: false,
};

/** What a request says of certificates under the settings. */
export function trustOf(settings: ChannelSettings): { trust?: TlsTrust } {
  const trust = readTrust(settingOf(settings, CERTIFICATE_FIELD.name));
  return trust ? { trust } : {};
}

/** What is wrong with that setting; `address` is where the request goes. */
export function checkCertificate(
  settings: ChannelSettings,
  address: string,
): { field: string; zh: string; en: string }[] {
  const text = settingOf(settings, CERTIFICATE_FIELD.name);
  const field = CERTIFICATE_FIELD.name;
  if (text !== '' && readTrust(text) === null) {
    const zh = '请填 64 位十六进制的 SHA-256 指纹，或以 -----BEGIN CERTIFICATE----- 开头的 PEM 证书';
    return [{ field, zh, en: 'give a SHA-256 fingerprint of 64 hex digits, or a certificate as PEM' }];
  }
  return text !== '' && /^http:/i.test(address)
    ? [{ field, zh: '地址是 http 的，没有证书可认', en: 'the address is http: it has no certificate' }]
    : [];
}

/** The setting that names a server, as Bark, ntfy, gotify and PushDeer share it. */
export function serverField(input: { required: boolean; hint: { zh: string; en: string } }): ConfigField {
  return {
    name: 'server',
    type: 'url',
    label: { zh: '服务器地址', en: 'Server address' },
    hint: input.hint,
    required: input.required,
    secret: false,
  };
}

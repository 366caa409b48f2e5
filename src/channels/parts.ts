/** What all channels take from a message in the same way: the heading, the address behind a tap, settings with their blanks off. */
import type { MessageContent, MessageExtras } from '#src/core/types.js';
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

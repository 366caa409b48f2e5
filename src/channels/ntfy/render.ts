/** Draws a message as the JSON that ntfy publishes. */

import type { ChannelSettings } from '#src/channels/channel.js';
import {
  extrasOf,
  headingOf,
  pickParameters,
  repeatsTitle,
  settingOf,
  type TapTargets,
  tapTargetsOf,
  tapUrl,
} from '#src/channels/parts.js';
import { toPlainLines } from '#src/channels/plain-lines.js';
import type { MessageContent } from '#src/core/types.js';
import { takeBytes } from '#src/lib/byte-cut.js';
import { cutWithPictures } from '#src/lib/picture-name.js';

/** A message drawn for ntfy; topic, click address and priority come from each channel's settings. */
export interface NtfyCard {
  /** Empty where the message says the same. */
  title: string;
  message: string;
  markdown: boolean;
  isUrgent: boolean;
  tap: TapTargets;
  extras: Readonly<Record<string, unknown>>;
  /** One of `message_delete` and `message_clear`, where no text is sent. */
  event: string;
}

/** A longer message would become an attachment, or fail where attachments are off (ntfy's default limit). */
const MAX_MESSAGE_BYTES = 4096;
const URGENT = 5;
/** What a sender may say beyond the message; the topic is the receiver's, and delays are our own schedule's. */
const PASSED_ON = [
  'title',
  'message',
  'tags',
  'actions',
  'icon',
  'attach',
  'filename',
  'click',
  'priority',
  'email',
  'call',
  'cache',
  'firebase',
  'markdown',
  'sequence_id',
];
/** What a sender may have done to a notification that is there: since ntfy 2.16. */
const CHANGES: Readonly<Record<string, { method: string; end: string }>> = {
  message_delete: { method: 'DELETE', end: '' },
  message_clear: { method: 'PUT', end: '/clear' },
};

/** Draws a message, the same for all receivers. */
export function renderNtfy(message: MessageContent): NtfyCard {
  const isMarkdown = message.format === 'markdown';
  const body = isMarkdown ? message.body : toPlainLines(message.body, message.format);
  const {
    message: own,
    title: ownTitle,
    ...extras
  } = pickParameters(extrasOf(message.extras, 'ntfy'), PASSED_ON);
  // A title that other channels show with its emoji; ntfy draws them itself.
  const heading =
    typeof ownTitle === 'string' ? headingOf({ ...message, title: ownTitle }) : headingOf(message);
  const text = typeof own === 'string' && own.trim() !== '' ? own : body;
  // ntfy fills an empty message with a word of its own.
  const said = text.trim() === '' ? heading : text;
  return {
    title: repeatsTitle({ title: heading }, said) ? '' : heading,
    message: cutWithPictures(said, (text) => takeBytes(text, MAX_MESSAGE_BYTES)),
    markdown: isMarkdown,
    isUrgent: message.isUrgent,
    tap: tapTargetsOf(message),
    extras,
    event: String(extrasOf(message.extras, 'ntfy').event ?? ''),
  };
}

/** How a notification is taken off or marked as read; null for cards that are published. */
export function changeOf(card: NtfyCard, settings: ChannelSettings): { method: string; path: string } | null {
  const change = Object.hasOwn(CHANGES, card.event) ? CHANGES[card.event] : undefined;
  const sequence = card.extras.sequence_id;
  return change && typeof sequence === 'string'
    ? { method: change.method, path: `${settingOf(settings, 'topic')}/${sequence}${change.end}` }
    : null;
}

/** The JSON of a publish call; what the sender gave for ntfy wins over the settings. */
export function fillPublish(card: NtfyCard, settings: ChannelSettings): Record<string, unknown> {
  const priority = card.isUrgent ? URGENT : Number(settingOf(settings, 'priority') || 0);
  return {
    topic: settingOf(settings, 'topic'),
    ...(card.title === '' ? {} : { title: card.title }),
    message: card.message,
    click: tapUrl(card.tap, settings),
    ...(priority > 0 ? { priority } : {}),
    ...(card.markdown ? { markdown: true } : {}),
    ...card.extras,
  };
}

/** The contract of a door out: a channel draws a message its own way, sends it, and says how that went. */
import type { MessageContent, Outcome, Recipient } from '#src/core/types.js';
import type { Clock } from '#src/lib/clock.js';
import type { SafeFetch } from '#src/lib/safe-fetch.js';

/** One setting of a channel: it draws the form, validates the API and masks the log. */
export interface ConfigField {
  name: string;
  type: 'text' | 'url' | 'number' | 'choice' | 'long-text';
  label: { zh: string; en: string };
  /** A sentence that says where to find the value. */
  hint?: { zh: string; en: string };
  required: boolean;
  /** Sealed at rest, never shown again. */
  secret: boolean;
  choices?: readonly string[];
}

/** A channel's settings by field name; all are texts. */
export type ChannelSettings = Readonly<Record<string, string>>;

/** What a send gets besides the message. */
export interface ChannelIo {
  /** Repeats of one delivery carry the same id, so that a platform can drop them. */
  deliveryId: number;
  /** The guarded client for addresses that users give. */
  http: Pick<SafeFetch, 'fetch'>;
  clock: Clock;
}

/** At most `count` sends of one account within any `perMs` milliseconds. */
export interface SendWindow {
  count: number;
  perMs: number;
}

/** A door out. */
export interface Channel<Rendered = unknown> {
  id: string;
  title: { zh: string; en: string };
  /** Empty for channels that the server's own settings configure. */
  configFields: readonly ConfigField[];
  /** What the remote side allows one account: how many at once, and windows that are honoured by waiting. */
  limits: { inFlight: number; windows?: readonly SendWindow[] };
  /**
   * Names the account whose limits a send counts against, such as a bot's key or a member of an app; the same text for the
   * same account. It is hashed before it is stored.
   */
  accountOf(settings: ChannelSettings, recipient: Recipient): string;
  /** Checks settings beyond their fields; returns a sentence for people per wrong field. */
  checkSettings?(settings: ChannelSettings): { field: string; zh: string; en: string }[];
  /** Draws a message, the same for all receivers. Pure. */
  render(message: MessageContent): Rendered;
  /** Sends to one receiver. A remote refusal is an Outcome; nothing is thrown for it. */
  send(rendered: Rendered, settings: ChannelSettings, recipient: Recipient, io: ChannelIo): Promise<Outcome>;
}

/** The contract of a door out: a channel draws a message its own way, sends it, and says how that went. */
import type { MessageContent, Outcome, Recipient } from '#src/core/types.js';

/** One setting of a channel: it draws the form, validates the API and masks the log. */
export interface ConfigField {
  name: string;
  type: 'text' | 'url' | 'number' | 'choice';
  label: { zh: string; en: string };
  required: boolean;
  /** Sealed at rest, never shown again. */
  secret: boolean;
  choices?: readonly string[];
}

/** What a send gets besides the message. */
export interface ChannelIo {
  /** Repeats of one delivery carry the same id, so that a platform can drop them. */
  deliveryId: number;
}

/** A door out. */
export interface Channel<Rendered = unknown> {
  id: string;
  title: { zh: string; en: string };
  configFields: readonly ConfigField[];
  /** How many sends of one account may be under way at once. */
  limits: { inFlight: number };
  /** Draws a message, the same for all receivers. Pure. */
  render(message: MessageContent): Rendered;
  /** Sends to one receiver. A remote refusal is an Outcome; nothing is thrown for it. */
  send(
    rendered: Rendered,
    config: Readonly<Record<string, string>>,
    recipient: Recipient,
    io: ChannelIo,
  ): Promise<Outcome>;
}

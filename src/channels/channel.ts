/** The contract of a door out: a channel draws a message its own way, sends it, and says how that went. */
import type {
  ChannelKind,
  ChannelSettings,
  MessageContent,
  Outcome,
  Recipient,
  Repeats,
} from '#src/core/types.js';
import type { Clock } from '#src/lib/clock.js';
import type { SafeFetch } from '#src/lib/safe-fetch.js';

export type { ChannelSettings, ConfigField } from '#src/core/types.js';

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
export interface Channel<Rendered = unknown> extends ChannelKind {
  /** What the remote side allows one account: how many at once, and windows that are honoured by waiting. */
  limits: { inFlight: number; windows?: readonly SendWindow[] };
  /** What it sends stands where several read it, so that opening a link there tells nothing of one receiver. */
  isShared?: true;
  /** What it sends with an id of the sender's takes the place of what it sent with that id before. */
  replaces?: true;
  /**
   * What the remote side makes of a message that it gets a second time: decides whether a try that nobody saw answered is tried
   * again (docs/promises.md). `dropped` only where the platform says so.
   */
  repeatsOf(rendered: Rendered, settings: ChannelSettings): Repeats;
  /** Draws a message, the same for all receivers. Pure. */
  render(message: MessageContent): Rendered;
  /** Sends to one receiver. A remote refusal is an Outcome; nothing is thrown for it. */
  send(rendered: Rendered, settings: ChannelSettings, recipient: Recipient, io: ChannelIo): Promise<Outcome>;
}

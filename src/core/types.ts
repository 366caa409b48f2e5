/** The words that all rooms share: what is published, where it goes, how a try ended, what happened. */

/** How a body is written. */
export type Format = 'text' | 'html' | 'markdown';

/** Who receives a message, by internal ids, already checked. Two entries that mean one person make one delivery. */
export interface Audience {
  people: readonly number[];
  topics: readonly number[];
}

/** One line of the answer to a send call: the thing the caller named, in the caller's order. */
export interface Target {
  uid?: string;
  topicId?: number;
}

/** What every dialect turns a send call into. */
export interface PublishCommand {
  /** The sending app, or null where a person's own key sends. */
  appId: number | null;
  /** The person whose key sends, where no app does. */
  senderId?: number;
  title?: string;
  summary?: string;
  body: string;
  /** The most characters of the body where a dialect takes more than others. */
  bodyLimit?: number;
  format: Format;
  /** The original-text link, http or https. */
  url?: string;
  audience: Audience;
  /** What the caller named, each with a record id of its own in the answer. */
  targets: readonly Target[];
  /** Channel codes; none means each person's default. */
  channels?: readonly string[];
  sendAt?: Date;
  expiresAt?: Date;
  /** 0 normal, 1 urgent: passes quiet hours. */
  priority?: number;
  /** Parameters for single kinds of channel. */
  extras?: MessageExtras;
  /** Told of the end of this message, beside the app's own endpoint; only where an app sends. */
  callbackUrl?: string;
  /** A repeat with the same key of the same app answers the first message. */
  idempotencyKey?: string;
  /** A later message of the same sequence takes the place of this one. */
  sequence?: string;
  /** The dialect's name. */
  source: string;
}

/** The templates of a dialect: each makes the words of a message of a content that is data, or keeps it as it is. */
export interface MessageTemplates {
  /** As they are written in calls. */
  names: readonly string[];
  /** `now` is the time of what tells none. Throws AppError bad_field for a template that does not exist. */
  draw(
    template: string,
    content: string,
    now: Date,
  ): { format: Format; body: string; summary?: string | undefined };
}

/** A committed message: `recordIds[i]` belongs to `targets[i]`. */
export interface Published {
  messageId: number;
  recordIds: readonly number[];
}

/**
 * How one try on a channel ended. `retry` comes back after `afterMs` or the schedule's delay; with `scope: 'queue'` the
 * whole queue rests until then (a quota, a refused token). `refused` ends this delivery, `gone` also ends the recipient.
 * `isHeld`: nobody was asked, so that it says nothing of the other side.
 * `unknown`: the request may have left, and no answer was seen, so that another try may show the message twice.
 */
export type Outcome =
  | { kind: 'sent'; ref?: string; detail?: string }
  | { kind: 'retry'; afterMs?: number; scope?: 'queue'; isHeld?: true; code?: string; why: string }
  | { kind: 'refused'; code?: string; why: string }
  | { kind: 'unknown'; code?: string; why: string }
  | { kind: 'gone'; code?: string; why: string };

/** A request as it went out: its headers are those that were set, and the body is the very text that was signed. */
export interface SentRequest {
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string;
}

/** One recorded try of a delivery, as stored and as the API shows it. */
export interface Attempt {
  /** Milliseconds since the epoch. */
  at: number;
  outcome: Outcome['kind'] | 'trying' | 'confirmed' | 'denied' | 'skipped';
  /** The message may have arrived by this try although nobody saw an answer; it is tried again where that shows nothing twice. */
  inDoubt?: true;
  code?: string;
  detail?: string;
  /** Which channel was tried, where the delivery has a route of several. */
  channel?: string;
  /** The channel that the delivery goes on to. */
  next?: string;
  /** How long the try took, in milliseconds. */
  tookMs?: number;
  /** What a callback's endpoint was sent; absent where nothing was, and in tries older than this field. */
  request?: SentRequest;
}

/** The states of a delivery. The last four are final; `unknown`: whether it arrived nobody can tell. */
export type DeliveryState = 'due' | 'claimed' | 'sent' | 'failed' | 'cancelled' | 'unknown';

/**
 * What the other side makes of a message that it gets a second time: shows it again, is certain to drop it for so long since the
 * first, or does no harm by it.
 */
export type Repeats = { kind: 'shown' } | { kind: 'dropped'; forMs: number } | { kind: 'harmless' };

/** What a channel needs of a message to render it. */
export interface MessageContent {
  id: number;
  appId: number | null;
  appName: string;
  title: string;
  summary: string;
  body: string;
  format: Format;
  url: string;
  /** The page that shows the whole message. */
  pageUrl: string;
  createdAt: Date;
  /** Passes quiet hours and asks devices to make themselves heard. */
  isUrgent: boolean;
  /** The messages of which a later one takes the place of the earlier; absent: it stands alone. */
  sequence?: string;
  /** What the door in was told for one kind of channel, by channel id; no other channel reads it. */
  extras: MessageExtras;
}

/** Parameters for one kind of channel each, by channel id, as the door in took them. */
export type MessageExtras = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Where a message goes on a channel: the platform's own name for the person. */
export interface Recipient {
  personId: number;
  uid: string;
  /** openid, member id, device key; empty where the channel's configuration says it all. */
  address: string;
}

/** Says whether something may go out by the server's own mailer or SMS account; else why it waits, and how long. */
export type AdmitPost = (post: {
  act: 'server-mail' | 'server-sms';
  personId: number;
  receivers: readonly string[];
  /** The person's own verified address or number; empty: none. */
  own: string;
}) => Promise<{ code: string; why: string; afterMs: number } | null>;

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

/** Values to begin a form with, for a well-known receiver. */
export interface ConfigPreset {
  id: string;
  title: { zh: string; en: string };
  /** A sentence that says where the address comes from. */
  hint: { zh: string; en: string };
  config: ChannelSettings;
}

/** What the domain knows of a kind of channel: enough to set one up, nothing of how it sends. */
export interface ChannelKind {
  id: string;
  title: { zh: string; en: string };
  /** Empty for channels that the server's own settings configure. */
  configFields: readonly ConfigField[];
  /** Forms filled in for well-known receivers; absent: there is one form. */
  presets?: readonly ConfigPreset[];
  /**
   * Names the account whose limits a send counts against, such as a bot's key or a member of an app; the same text for the
   * same account. It is hashed before it is stored.
   */
  accountOf(settings: ChannelSettings, recipient: Recipient): string;
  /** Understands an address that was pasted whole into one of the fields: the settings with what it says. */
  readPasted?(settings: ChannelSettings): Record<string, string>;
  /** Whom a channel with these settings writes to by the server's own account; absent: it never does. */
  serverReceivers?(settings: ChannelSettings): string[];
  /** Checks settings beyond their fields; returns a sentence for people per wrong field. */
  checkSettings?(settings: ChannelSettings): { field: string; zh: string; en: string }[];
}

/** One step of a person's route: a channel, with the person's own settings or the server's (null). */
export interface RouteStep {
  channel: string;
  /** The queue that the step waits in; one for each remote account. */
  queue: string;
  configId: number | null;
}

/** The events of the domain, with the data each carries. */
export interface EventData {
  'subscription.created': { uid: string; source: SubscriptionSource; extra: string; topicId: number };
  'upstream.received': { uid: string; content: string };
  'message.completed': {
    messageId: number;
    state: 'sent' | 'failed' | 'cancelled' | 'unknown';
    total: number;
    sent: number;
    failed: number;
    /** Of how many nobody knows whether they arrived. */
    unknown: number;
    /** Why nobody got it; empty where somebody did. */
    why: string;
  };
  'callback.test': { note: string };
}

/** The name of an event. */
export type EventType = keyof EventData;

/** Something that happened to an app. */
export type Event = {
  [T in EventType]: { id: number; type: T; at: Date; appId: number; appName: string; data: EventData[T] };
}[EventType];

/** How a subscription came about. */
export type SubscriptionSource = 'scan' | 'link' | 'command';

/** Where an inbound push or a member comes from. */
export interface OutsideName {
  /** `wechat`, `wecom`. */
  platform: string;
  /** The platform account that knows the person: an app id or corp id. */
  account: string;
  /** openid, member id. */
  externalId: string;
}

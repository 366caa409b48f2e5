/** The contract of a dialect: a door in that speaks another service's HTTP interface. */
import type Router from '@koa/router';
import type { Context } from 'koa';
import type { Event, MessageTemplates } from '#src/core/types.js';
import type { Stranger } from './stranger.js';

/** One address that a dialect answers. */
export interface DialectRoute {
  method: string;
  /** With `:name` for a part that varies. */
  path: string;
}

/** What a caller of a dialect can say or ask, in the order of the documents' table. */
export const DIALECT_FEATURES = [
  'title',
  'summary',
  'markdown',
  'html',
  'link',
  'urgent',
  'schedule',
  'expiry',
  'channel',
  'several',
  'topic',
  'status',
  'callback',
  'takedown',
  'encryption',
] as const;

/** One of them. */
export type DialectFeature = (typeof DIALECT_FEATURES)[number];

/** What a dialect can do, as data: the documents' tables are made of it, and a test tries each line of it. */
export interface DialectTraits {
  features: readonly DialectFeature[];
  /** How a caller names a channel, by kind of channel. */
  channelNames?: Readonly<Record<string, string>>;
  /** Kinds of channel that get the dialect's own parameters as they came. */
  passesTo?: readonly string[];
  /** The only kinds of channel it sends by; absent: whatever the receivers have set up. */
  onlyBy?: readonly string[];
}

/** A door in. It checks the caller, turns the foreign request into the domain's verbs, and their result back. */
export interface Dialect {
  /** The dialect's name: a message's `source`, a callback's `style`. */
  name: string;
  /** Everything it answers, for lists and for the check that no two dialects claim one address. */
  routes: readonly DialectRoute[];
  router: Router;
  traits: DialectTraits;
  /** Answers, in the dialect's own envelope, what stands under its prefix and is no address of it. */
  answerUnknown?(ctx: Context): void | Promise<void>;
  /**
   * Refuses, in the dialect's own words, who sends to an address of one part at the root by a key or topic that nobody holds.
   * False: they do not look like a caller of this dialect.
   */
  answerStranger?(ctx: Context, stranger: Stranger): boolean;
  /** What its paths begin with that manage instead of publish: pages of other origins may not call them. */
  management?: readonly string[];
  /** What its callers can have their contents drawn by; pages offer them too. */
  templates?: MessageTemplates;
  /** The request body that tells a developer of an event in this dialect's form; null: this dialect has no such callback. */
  callbackBody?(event: Event): object | null | Promise<object | null>;
}

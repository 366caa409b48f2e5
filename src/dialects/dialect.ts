/** The contract of a dialect: a door in that speaks another service's HTTP interface. */
import type Router from '@koa/router';
import type { Context } from 'koa';
import type { Event } from '#src/core/types.js';

/** One address that a dialect answers. */
export interface DialectRoute {
  method: string;
  /** With `:name` for a part that varies. */
  path: string;
}

/** A door in. It checks the caller, turns the foreign request into the domain's verbs, and their result back. */
export interface Dialect {
  /** The dialect's name: a message's `source`, a callback's `style`. */
  name: string;
  /** Everything it answers, for lists and for the check that no two dialects claim one address. */
  routes: readonly DialectRoute[];
  router: Router;
  /** Answers, in the dialect's own envelope, what stands under its prefix and is no address of it. */
  answerUnknown?(ctx: Context): void | Promise<void>;
  /** The request body that tells a developer of an event in this dialect's form; null: this dialect has no such callback. */
  callbackBody?(event: Event): object | null;
}

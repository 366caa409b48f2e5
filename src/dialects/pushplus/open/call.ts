/** What a call of the open API is. */
import { invalid, type Refusal } from '#src/dialects/pushplus/envelope.js';
import type { Fields } from './read-fields.js';

/** What a call that went well says. */
export interface Reply {
  data: unknown;
  /** `请求成功` when not given; which of the two texts a call says is part of its contract. */
  msg?: typeof DONE;
}

/** The other text of a success. */
export const DONE = '执行成功';

/** The person whose account is managed. */
export interface Caller {
  personId: number;
  uid: string;
}

/** One call: where it is, and what it does. Errors are thrown, and become envelopes outside. */
export interface Call {
  method: 'GET' | 'POST' | 'DELETE';
  /** Below `/api/open`. */
  path: string;
  run(caller: Caller, fields: Fields): Promise<Reply>;
}

/** The refusal of something that this server does not do. */
export function notServed(what: string): Refusal {
  return invalid(`本服务不提供${what}`);
}

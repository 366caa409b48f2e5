/** The one form of every WxPusher answer, and what a call of this dialect is. */
import type { Input } from './read-input.js';

/** The numbers of the `code` field, as WxPusher's clients know them. */
export const CODES = {
  success: 1000,
  /** Any mistake of the caller. */
  refused: 1001,
  unauthorized: 1002,
  noSuchCall: 1004,
  /** The server failed, or could not make sense of a value's type. */
  exception: 1005,
  wechatFailed: 1006,
} as const;

/** What a call that went well says. */
export interface Reply {
  data: unknown;
  /** `处理成功` when not given. */
  msg?: string;
}

/** One call of the interface: where it is, and what it does. Errors are thrown, and become envelopes outside. */
export interface Call {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** With `:name` and a last `*name` for parts that vary. */
  path: string;
  run(input: Input): Promise<Reply>;
}

/** What goes over the wire, always with HTTP status 200. Some clients read `code`, others `success`. */
export interface Envelope {
  code: number;
  msg: string;
  data: unknown;
  success: boolean;
}

/** The envelope of a call that went well. */
export function toSuccess({ data, msg = '处理成功' }: Reply): Envelope {
  return { code: CODES.success, msg, data, success: true };
}

/** The envelope of a call that did not. */
export function toFailure(code: number, msg: string): Envelope {
  return { code, msg, data: null, success: false };
}

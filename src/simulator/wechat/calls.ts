/** The contract of the account's API calls: a table of path to rule and verb, and how inputs are read from a body. */

import { Refusal } from './errors.js';
import type { WechatState } from './wechat-state.js';

/** What a call gets after the common checks. */
export interface CallInput {
  readonly state: WechatState;
  readonly query: URLSearchParams;
  /** The JSON body of a POST, an object; empty for a GET. */
  readonly body: Readonly<Record<string, unknown>>;
  /** The caller's address. */
  readonly ip: string;
}

/** One call. */
export interface WechatCall {
  readonly method: 'GET' | 'POST';
  /** Without an access_token. */
  readonly isOpen?: true;
  /** Not for subscription accounts: 48001. */
  readonly isServiceOnly?: true;
  /** The answer: an object, or a JSON text where numbers beyond 2^53 matter. Throws Refusal. */
  run(input: CallInput): object | string;
}

/** Calls by path. */
export type WechatCalls = Readonly<Record<string, WechatCall>>;

/** The plain success. */
export const OK = '{"errcode":0,"errmsg":"ok"}';

/** A text of the body; absent is ''. Refuses any other type with 47001. */
export function textIn(body: Readonly<Record<string, unknown>>, name: string): string {
  const value = body[name] ?? '';
  if (typeof value !== 'string') {
    throw new Refusal(47001);
  }
  return value;
}

/** An object of the body. Refuses anything else with 47001. */
export function objectIn(
  body: Readonly<Record<string, unknown>>,
  name: string,
): Readonly<Record<string, unknown>> {
  const value = body[name];
  if (!isRecord(value)) {
    throw new Refusal(47001);
  }
  return value;
}

/** Whether a value is a JSON object. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

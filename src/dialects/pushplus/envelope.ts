/** The answers of PushPlus: one envelope with a number, for success and refusal alike, always under HTTP 200. */
import { AppError, ERRORS, type ErrorCode } from '#src/core/errors.js';
import { bodyWords } from '#src/dialects/read-form.js';
import { BodyError } from '#src/lib/body.js';
import type { Logger } from '#src/lib/logger.js';

/**
 * An answer, key by key in PushPlus's order. What says nothing stays away: PushPlus's own MCP server takes a null `count`
 * or `data` for a failed call. A success always has its `data`, since callers read it without looking.
 */
export interface Envelope {
  code: number;
  msg: string;
  data?: unknown;
}

/** PushPlus's numbers. */
export const CODES = {
  ok: 200,
  notSignedIn: 302,
  unauthorized: 401,
  forbidden: 403,
  system: 500,
  data: 600,
  noRight: 805,
  noPoints: 888,
  restricted: 900,
  wrongToken: 903,
  notVerified: 905,
  invalid: 999,
} as const;

/** One of them. */
export type Code = (typeof CODES)[keyof typeof CODES];

/** A refusal in PushPlus's words. It never leaves the dialect. */
export class Refusal extends Error {
  readonly code: Code;
  /** What stands beside the text; null: nothing. */
  readonly data: unknown;

  constructor(code: Code, msg: string, data: unknown = null) {
    super(msg);
    this.name = 'Refusal';
    this.code = code;
    this.data = data;
  }
}

/** The refusal of a token that nobody holds. */
export function wrongToken(): Refusal {
  return new Refusal(CODES.wrongToken, '无效的用户token');
}

/** A parameter is not as it must be. */
export function invalid(text: string): Refusal {
  return new Refusal(CODES.invalid, text);
}

/** The envelope of what went well. */
export function toSuccess(data: unknown, msg = '请求成功'): Envelope {
  return { code: CODES.ok, msg, data };
}

/** The domain's codes that have a number of their own; all others are the caller's mistakes. */
const NUMBERS: Partial<Record<ErrorCode, Code>> = {
  unauthorized: CODES.unauthorized,
  forbidden: CODES.noRight,
  registration_closed: CODES.noRight,
  developer_disabled: CODES.restricted,
  points_used_up: CODES.noPoints,
  rate_limited: CODES.restricted,
  too_many_wrong_keys: CODES.restricted,
  quota_exceeded: CODES.restricted,
  limit_reached: CODES.restricted,
  limit_full: CODES.restricted,
  wechat_failed: CODES.system,
  unavailable: CODES.system,
  overloaded: CODES.system,
  disk_full: CODES.system,
  internal: CODES.system,
};

/** Whatever a call threw, as a refusal. What is no known state is a bug: logged with its stack, told to nobody. */
export function toRefusal(error: unknown, log: Logger | undefined): Refusal {
  if (error instanceof Refusal) {
    return error;
  }
  if (error instanceof AppError) {
    return new Refusal(NUMBERS[error.code] ?? CODES.invalid, error.zh);
  }
  if (error instanceof BodyError) {
    return invalid(bodyWords(error));
  }
  log?.error('a pushplus call failed', { error });
  return new Refusal(CODES.system, ERRORS.internal.zh);
}

/** The envelope of a refusal. */
export function toFailure({ code, message, data }: Refusal): Envelope {
  return { code, msg: message, ...(data === null ? {} : { data }) };
}

/** The errors of an ntfy server that can happen here: each has a number, whose first three digits are the HTTP status. */
import { AppError } from '#src/core/errors.js';
import { isDeveloperDisabled } from '#src/dialects/find-owners.js';
import { isOverloaded } from '#src/dialects/retry-later.js';
import { BodyError } from '#src/lib/body.js';
import type { Logger } from '#src/lib/logger.js';

/** The sentences, as ntfy says them. */
export const NTFY_ERRORS = {
  40001: 'e-mail notifications are not enabled',
  40002: 'cannot disable cache for delayed message',
  40004: 'invalid delay parameter: unable to parse delay',
  40005: 'invalid delay parameter: too small, please refer to the docs',
  40006: 'invalid delay parameter: too large, please refer to the docs',
  40007: 'invalid priority parameter',
  40009: 'invalid request: topic invalid',
  40010: 'invalid request: topic name is disallowed',
  40013: 'invalid request: attachment URL is invalid',
  40014: 'invalid request: attachments not allowed',
  40017: 'invalid request: request body must be message JSON',
  40018: 'invalid request: actions invalid',
  40021: 'invalid request: icon URL is invalid',
  40032: 'invalid request: calling is disabled',
  40043: 'invalid request: could not parse template',
  40049: 'invalid request: sequence ID invalid',
  40301: 'forbidden',
  40401: 'page not found',
  41301: 'attachment too large, or bandwidth limit reached',
  41303: 'JSON body too large',
  42901: 'limit reached: too many requests',
  50001: 'internal server error',
  // Ours: ntfy has no number for it.
  50301: 'server busy, please try again later',
} as const;

/** A number of the table. */
export type NtfyErrorCode = keyof typeof NTFY_ERRORS;

/** A refusal. It never leaves the dialect. */
export class NtfyRefusal extends Error {
  override readonly name = 'NtfyRefusal';
  readonly code: NtfyErrorCode;
  /** What exactly was wrong; stands behind the sentence. */
  readonly detail: string;

  constructor(code: NtfyErrorCode, detail = '') {
    super(NTFY_ERRORS[code]);
    this.code = code;
    this.detail = detail;
  }
}

/** What goes over the wire; `http` is the status. */
export interface ErrorBody {
  code: NtfyErrorCode;
  http: number;
  error: string;
}

/** The body of an error. */
export function toErrorBody(code: NtfyErrorCode, detail = ''): ErrorBody {
  const sentence = NTFY_ERRORS[code];
  return { code, http: Math.floor(code / 100), error: detail === '' ? sentence : `${sentence}, ${detail}` };
}

/** The answer to whatever a call threw. A bug is logged with its stack, and nothing of it reaches the caller. */
export function toErrorAnswer(error: unknown, log: Logger | undefined): ErrorBody {
  if (error instanceof NtfyRefusal) {
    return toErrorBody(error.code, error.detail);
  }
  if (error instanceof BodyError) {
    return error.reason === 'too_large' ? toErrorBody(41301) : toErrorBody(40014, error.message);
  }
  if (error instanceof AppError && error.status === 429) {
    return toErrorBody(42901, error.code === 'too_many_wrong_keys' ? error.en : '');
  }
  if (isDeveloperDisabled(error)) {
    return toErrorBody(40301, `${error.zh} ${error.en}`);
  }
  if (isOverloaded(error)) {
    return toErrorBody(50301);
  }
  log?.error('an ntfy call failed', { error });
  return toErrorBody(50001);
}

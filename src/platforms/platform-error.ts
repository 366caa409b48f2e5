/** The one error type of all platform clients: what failed, whether to try again, and what a person should do. */

/** `api`: the platform answered with an error code. `decode`: its answer made no sense. `http`: a status other than 2xx. */
export type PlatformErrorKind = 'network' | 'timeout' | 'http' | 'decode' | 'api';

/** The outside platforms that have a client here. */
export type PlatformName = 'wechat' | 'wecom' | 'dingtalk' | 'feishu';

/** How long a used-up quota lasts: until the next minute, or until midnight China time. */
export type QuotaPause = 'minute' | 'day';

/** Everything about a failed call but its text. */
export interface PlatformErrorFields {
  platform: PlatformName;
  kind: PlatformErrorKind;
  /** The platform's own error code (`api`). */
  code?: number;
  /** The HTTP status (`http`). */
  status?: number;
  /** Which call failed, such as `message/template/send`. */
  call: string;
  /** What the person who runs this server should do: Chinese, then English. See `inLanguage`. */
  advice: string;
  /** Whether the same call may succeed later with nothing changed. */
  retryable: boolean;
  /** Whether the platform may have acted although the call failed: a time-out, or an answer that broke off. */
  uncertain: boolean;
  /** Set when a quota is used up: trying again before is pointless. */
  pause?: QuotaPause;
}

/** A gateway that gave up waiting for what it had passed on. */
export const GATEWAY_TIMEOUT = 504;

/**
 * Whether a call may have done its work and nobody saw an answer: a broken line, a time-out after writing, an answer that cannot be
 * read. A status from 500 on is an answer, and says that it did not work, unless a gateway says that it waited in vain.
 * @param call the call that does the work; a failure of another one before it, such as getting a token, has done nothing
 */
export function isUnanswered(error: PlatformError, call?: string): boolean {
  const isIts = call === undefined || error.call === call;
  return isIts && error.uncertain && (error.kind !== 'http' || error.status === GATEWAY_TIMEOUT);
}

/** A platform call failed. No property holds a token, a secret or a full address; there is no `cause`. */
export class PlatformError extends Error {
  readonly platform: PlatformName;
  readonly kind: PlatformErrorKind;
  readonly code?: number;
  readonly status?: number;
  readonly call: string;
  readonly advice: string;
  readonly retryable: boolean;
  readonly uncertain: boolean;
  readonly pause?: QuotaPause;

  constructor(message: string, fields: PlatformErrorFields) {
    super(message);
    this.name = 'PlatformError';
    this.platform = fields.platform;
    this.kind = fields.kind;
    this.code = fields.code;
    this.status = fields.status;
    this.call = fields.call;
    this.advice = fields.advice;
    this.retryable = fields.retryable;
    this.uncertain = fields.uncertain;
    this.pause = fields.pause;
  }
}

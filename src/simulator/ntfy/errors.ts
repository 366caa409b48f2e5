/** The errors of an ntfy server: each has a number, whose first three digits are the HTTP status, and a sentence. */

/** The sentences, as ntfy's own server says them. */
export const NTFY_ERRORS = {
  40001: 'e-mail notifications are not enabled',
  40002: 'cannot disable cache for delayed message',
  40003: 'delayed e-mail notifications are not supported',
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
  40049: 'invalid request: sequence ID invalid',
  40101: 'unauthorized',
  40301: 'forbidden',
  40401: 'page not found',
  41301: 'attachment too large, or bandwidth limit reached',
  41303: 'JSON body too large',
  42901: 'limit reached: too many requests',
  42905: 'limit reached: daily bandwidth reached',
  42908: 'limit reached: daily message quota reached',
  42909: 'limit reached: too many auth failures',
  50001: 'internal server error',
} as const;

/** A known error number. */
export type NtfyErrorCode = keyof typeof NTFY_ERRORS;

/** A refusal on its way to the caller. */
export class NtfyError extends Error {
  override readonly name = 'NtfyError';
  constructor(
    readonly code: NtfyErrorCode,
    /** What exactly was wrong, said after the sentence. */
    readonly detail = '',
  ) {
    super(NTFY_ERRORS[code]);
  }
}

/** The error's body; `http` is the status to answer with. */
export function ntfyErrorBody(code: number, detail = ''): { code: number; http: number; error: string } {
  const known = Object.entries(NTFY_ERRORS).find(([number]) => number === String(code));
  const sentence = known?.[1] ?? 'injected fault';
  return { code, http: Math.floor(code / 100), error: detail === '' ? sentence : `${sentence}, ${detail}` };
}

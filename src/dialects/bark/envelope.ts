/** The form of bark-server's answers, and how everything that can go wrong becomes one. */
import { AppError } from '#src/core/errors.js';
import { BodyError } from '#src/lib/body.js';
import type { Logger } from '#src/lib/logger.js';

/** What a call answers; the HTTP status is the code. */
export interface BarkAnswer {
  code: number;
  message: string;
  data?: unknown;
}

/** A call that went well. */
export const SUCCESS: BarkAnswer = { code: 200, message: 'success' };

/** A refusal in bark-server's words. It never leaves the dialect. */
export class BarkRefusal extends Error {
  override readonly name = 'BarkRefusal';
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** The answer to an unknown key, as it is known to clients. */
export function toUnknownKey(key: string): string {
  return `failed to get [${key}] device token from database`;
}

/** What goes over the wire. */
export function toEnvelope({ code, message, data }: BarkAnswer, nowMs: number) {
  return { code, message, ...(data === undefined ? {} : { data }), timestamp: Math.floor(nowMs / 1000) };
}

/** The answer to whatever a call threw. A bug is logged with its stack, and nothing of it reaches the caller. */
export function toErrorAnswer(error: unknown, log: Logger | undefined): BarkAnswer {
  if (error instanceof BarkRefusal) {
    return { code: error.code, message: error.message };
  }
  if (error instanceof BodyError) {
    return error.reason === 'too_large'
      ? { code: 413, message: 'Request Entity Too Large' }
      : { code: 400, message: `request bind failed: ${error.message}` };
  }
  if (error instanceof AppError) {
    return { code: error.status, message: `push failed: ${error.zh} ${error.en}` };
  }
  log?.error('a bark call failed', { error });
  return { code: 500, message: 'push failed: internal error' };
}

/** Refusals of the WeCom notify dialect: a status of its table, and a sentence as `{"error": "..."}`. */
import { AppError } from '#src/core/errors.js';
import { isDeveloperDisabled } from '#src/dialects/find-owners.js';
import { bodyWords } from '#src/dialects/read-form.js';
import { isOverloaded } from '#src/dialects/retry-later.js';
import { BodyError } from '#src/lib/body.js';
import type { Logger } from '#src/lib/logger.js';

/** A refusal in this dialect's own words. It never leaves the dialect. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: 400 | 403 | 404 | 405 | 500 | 503, message: string) {
    super(message);
    this.name = 'Refusal';
    this.status = status;
  }
}

/** The refusal that whatever was thrown becomes; a bug is logged, and nothing of it reaches the caller. */
export function toRefusal(error: unknown, log: Logger | undefined): Refusal {
  if (error instanceof Refusal) {
    return error;
  }
  if (error instanceof BodyError) {
    return new Refusal(400, bodyWords(error));
  }
  if (isDeveloperDisabled(error)) {
    return new Refusal(403, error.zh);
  }
  if (error instanceof AppError && error.status < 500) {
    return new Refusal(400, error.zh);
  }
  if (isOverloaded(error)) {
    return new Refusal(503, error.zh);
  }
  log?.error('a notify call failed', { error });
  return new Refusal(500, '消息发送失败');
}

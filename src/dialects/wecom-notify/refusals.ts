/** Refusals of the WeCom notify dialect: a status of its table, and a sentence as `{"error": "..."}`. */
import { AppError } from '#src/core/errors.js';
import { isOverloaded } from '#src/dialects/retry-later.js';
import { BodyError, type BodyErrorReason } from '#src/lib/body.js';
import type { Logger } from '#src/lib/logger.js';

/** A refusal in this dialect's own words. It never leaves the dialect. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: 400 | 404 | 405 | 500 | 503, message: string) {
    super(message);
    this.name = 'Refusal';
    this.status = status;
  }
}

const BODY_TEXTS: Readonly<Record<BodyErrorReason, string>> = {
  too_large: '请求体过大',
  encoding: '请求体应为未压缩的 UTF-8',
  json: '请求体不是有效的 JSON',
  aborted: '请求不完整',
};

/** The refusal that whatever was thrown becomes; a bug is logged, and nothing of it reaches the caller. */
export function toRefusal(error: unknown, log: Logger | undefined): Refusal {
  if (error instanceof Refusal) {
    return error;
  }
  if (error instanceof BodyError) {
    return new Refusal(400, BODY_TEXTS[error.reason]);
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

/** Tells a refused caller when to come back, the same in every dialect: by the status and a header. */
import type { Context } from 'koa';
import { AppError } from '#src/core/errors.js';

/** Whether the server takes nothing in for now. */
export function isOverloaded(error: unknown): error is AppError {
  return error instanceof AppError && error.status === 503 && error.retryAfterS !== null;
}

/** Whether the caller's address has shown too many wrong keys. */
export function isGuessing(error: unknown): error is AppError {
  return error instanceof AppError && error.code === 'too_many_wrong_keys';
}

/**
 * Sets 503 where the server takes nothing in, 429 where somebody guesses keys, and Retry-After wherever coming back helps; to be
 * called when the dialect has written its own envelope.
 */
export function tellRetryLater(ctx: Context, error: unknown): void {
  if (isOverloaded(error) || isGuessing(error)) {
    ctx.status = error.status;
  }
  if (error instanceof AppError && error.retryAfterS !== null) {
    ctx.set('Retry-After', String(error.retryAfterS));
  }
}

/** Tells a refused caller when to come back, the same in every dialect: by the status and a header. */
import type { Context } from 'koa';
import { AppError } from '#src/core/errors.js';

/** Whether the server takes nothing in for now. */
export function isOverloaded(error: unknown): error is AppError {
  return error instanceof AppError && error.status === 503 && error.retryAfterS !== null;
}

/**
 * Sets 503 where the server takes nothing in, and Retry-After wherever coming back helps; to be called when the dialect has
 * written its own envelope.
 */
export function tellRetryLater(ctx: Context, error: unknown): void {
  if (isOverloaded(error)) {
    ctx.status = error.status;
  }
  if (error instanceof AppError && error.retryAfterS !== null) {
    ctx.set('Retry-After', String(error.retryAfterS));
  }
}

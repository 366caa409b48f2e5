/** Turns whatever a call threw into the management API's one error shape. */
import type { Context } from 'koa';
import { AppError, type ErrorCode } from '#src/core/errors.js';
import { BodyError, type BodyErrorReason } from '#src/lib/body.js';
import type { Logger } from '#src/lib/logger.js';

/** The most bytes of a body. */
export const MAX_BODY_BYTES = 1024 * 1024;

/** The body of every refusal; the message is Chinese first, then English. */
export interface ErrorBody {
  error: { code: ErrorCode; message: string };
}

const BODY_CODES: Readonly<Record<BodyErrorReason, ErrorCode>> = {
  too_large: 'too_large',
  encoding: 'bad_encoding',
  json: 'bad_json',
  aborted: 'bad_request',
};

/** Writes an error as the answer. What nobody foresaw is logged and answered as `internal`, without a word of it. */
export function answerError(ctx: Context, thrown: unknown): void {
  const error = toAppError(thrown);
  if (error === null) {
    const log = ctx.state.log as Logger | undefined;
    log?.error('a management call failed', { error: thrown });
  }
  const known = error ?? new AppError('internal');
  // The line in the log that says a request failed says why.
  ctx.state.why = known.en;
  // Whoever may not come in is told so by 401, whatever keeps them out.
  ctx.status = known.code === 'developer_disabled' ? 401 : known.status;
  ctx.body = toErrorBody(known);
  if (known.retryAfterS !== null) {
    ctx.set('Retry-After', String(known.retryAfterS));
  }
  if (ctx.status === 401) {
    ctx.set('WWW-Authenticate', 'Bearer realm="qingniao"');
  }
}

function toErrorBody(error: AppError): ErrorBody {
  return { error: { code: error.code, message: `${error.zh} / ${error.en}` } };
}

function toAppError(thrown: unknown): AppError | null {
  if (thrown instanceof AppError) {
    return thrown;
  }
  if (thrown instanceof BodyError) {
    return new AppError(BODY_CODES[thrown.reason], { limit: MAX_BODY_BYTES, detail: thrown.message });
  }
  // A platform's client says in `advice` what a person should do; this floor does not know its class.
  if (thrown instanceof Error && 'advice' in thrown && typeof thrown.advice === 'string') {
    const isWecom = 'platform' in thrown && thrown.platform === 'wecom';
    return new AppError(isWecom ? 'wecom_failed' : 'wechat_failed', { detail: thrown.advice });
  }
  return null;
}

/** Turns everything that can go wrong into WxPusher's numbers and texts. */
import { AppError, ERRORS, type ErrorCode } from '#src/core/errors.js';
import { BodyError, type BodyErrorReason } from '#src/lib/body.js';
import type { Logger } from '#src/lib/logger.js';
import { CODES, type Envelope, toFailure } from './envelope.js';

/** A refusal in this dialect's own words. It never leaves the dialect. */
export class Refusal extends Error {
  readonly code: number;

  constructor(code: number, msg: string) {
    super(msg);
    this.name = 'Refusal';
    this.code = code;
  }
}

/** A field holds a value of a type that it cannot have. WxPusher reports these as exceptions of its parser. */
export class TypeMismatch extends Error {
  override name = 'TypeMismatch';
}

/** The domain's codes that have a number of their own; all others are the caller's mistakes. */
const NUMBERS: Partial<Record<ErrorCode, number>> = {
  unauthorized: CODES.unauthorized,
  forbidden: CODES.unauthorized,
  developer_disabled: CODES.unauthorized,
  method_not_allowed: CODES.noSuchCall,
  bad_json: CODES.exception,
  bad_encoding: CODES.exception,
  unavailable: CODES.exception,
  overloaded: CODES.exception,
  disk_full: CODES.exception,
  internal: CODES.exception,
  wechat_failed: CODES.wechatFailed,
};

const BODY_ERRORS: Readonly<Record<BodyErrorReason, ErrorCode>> = {
  too_large: 'too_large',
  aborted: 'bad_request',
  encoding: 'bad_encoding',
  json: 'bad_json',
};

/** The largest body that is read: 40,000 escaped characters and 2,000 UIDs fit several times. */
export const MAX_BODY_BYTES = 1024 * 1024;

/** The envelope of a call that nobody offers. */
export function toNoSuchCall(): Envelope {
  return toFailure(CODES.noSuchCall, '接口不存在');
}

/**
 * The envelope of whatever a call threw. What is neither a caller's mistake nor a known state is a bug: it is logged with
 * its stack, and nothing of it reaches the caller.
 * @param path the call's address as documented, so that no secret of a real address is repeated
 */
export function toErrorEnvelope(error: unknown, path: string, log: Logger | undefined): Envelope {
  if (error instanceof Refusal) {
    return toFailure(error.code, error.message);
  }
  if (error instanceof TypeMismatch) {
    return toException(path, error.message);
  }
  const known = error instanceof BodyError ? toAppError(error) : error;
  if (!(known instanceof AppError)) {
    log?.error('a wxpusher call failed', { path, error });
    return toException(path, ERRORS.internal.zh);
  }
  const code = NUMBERS[known.code] ?? CODES.refused;
  return code === CODES.exception ? toException(path, known.zh) : toFailure(code, known.zh);
}

function toException(path: string, text: string): Envelope {
  return toFailure(CODES.exception, `接口 [${path}] 出现异常：${text}`);
}

function toAppError({ reason, message }: BodyError): AppError {
  return new AppError(BODY_ERRORS[reason], { limit: MAX_BODY_BYTES, detail: message });
}

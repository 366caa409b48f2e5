/** Turns WeCom's refusal of somebody's settings into an error that names the setting and says what to do. */
import { AppError } from './errors.js';

/** The setting that each of WeCom's codes is about. */
const FIELD_OF: Readonly<Record<number, string>> = {
  40013: 'corpId',
  41002: 'corpId',
  40001: 'secret',
  40091: 'secret',
  41004: 'secret',
  40056: 'agentId',
  41011: 'agentId',
  301002: 'agentId',
  40003: 'receivers',
  60111: 'receivers',
  81013: 'receivers',
  82001: 'receivers',
};

/** Throws bad_field or wecom_failed for a failure of the platform, which tells `advice`; anything else as it is. */
export function toWecomError(error: unknown): never {
  // The domain does not know the platform's class, only what it says.
  if (!(error instanceof Error) || !('advice' in error)) {
    throw error;
  }
  const code = 'code' in error && typeof error.code === 'number' ? error.code : null;
  const field = code === null ? undefined : FIELD_OF[code];
  const detail = `${error.message}；${String(error.advice)}`;
  throw field ? new AppError('bad_field', { field, detail }) : new AppError('wecom_failed', { detail });
}

/** What a failure of a WeCom call, or a message that missed some of its receivers, means for a delivery. */
import { toFailureOutcome } from '#src/channels/robot-answers.js';
import type { Outcome } from '#src/core/types.js';
import { describeWecomCode, PlatformError } from '#src/platforms/wecom/index.js';

/** A token that cannot be had has sent nothing. */
const SEND_CALL = 'message/send';

/** How long an app rests that called too often, or whose address must be allowed first, in milliseconds. */
const REST_MS = 60_000;

/** Turns a failure into an outcome; anything that is no platform failure is thrown on, as a bug. */
export function toWecomOutcome(error: unknown): Outcome {
  if (!(error instanceof PlatformError) || error.kind !== 'api' || error.code === undefined) {
    return toFailureOutcome(error, SEND_CALL);
  }
  const code = String(error.code);
  const why = `${error.message}；${error.advice}`;
  switch (describeWecomCode(error.code).kind) {
    case 'later':
    case 'token':
      return { kind: 'retry', code, why };
    case 'limit':
    case 'address':
      return { kind: 'retry', scope: 'queue', afterMs: REST_MS, code, why };
    case 'config':
    case 'receiver':
    case 'bug':
      return { kind: 'refused', code, why };
  }
}

/** Whether WeCom wants the server's address allowed first. */
export function isAddressRefusal({ code = '' }: Exclude<Outcome, { kind: 'sent' }>): boolean {
  return describeWecomCode(Number(code)).kind === 'address';
}

/** Who missed a message. */
export interface Missed {
  invalid: readonly string[];
  unlicensed: readonly string[];
}

/** Names those who missed it, in Chinese and English; null when nobody did. */
export function tellMissed({ invalid, unlicensed }: Missed): string | null {
  const parts = [
    invalid.length > 0
      ? `${list(invalid)}: 不存在或不在应用可见范围内 unknown or outside the app's visible range`
      : '',
    unlicensed.length > 0 ? `${list(unlicensed)}: 没有接口许可 without an interface licence` : '',
  ].filter((part) => part !== '');
  return parts.length > 0 ? `未送达 not delivered: ${parts.join('；')}` : null;
}

function list(ids: readonly string[]): string {
  const shown = ids.slice(0, 20).join(', ');
  return ids.length > 20 ? `${shown} …(${ids.length})` : shown;
}

/** What the answers of the chat robots (WeCom, DingTalk, Feishu) mean for a delivery, from a table for each. */
import type { Outcome } from '#src/core/types.js';
import type { JsonAnswer } from '#src/platforms/json-host.js';
import { isUnanswered, PlatformError } from '#src/platforms/platform-error.js';

/** What a code of a robot means. `rest`: nothing goes through for `afterMs`. */
export type RobotCode =
  | { kind: 'refused'; advice: string }
  | { kind: 'retry'; advice: string }
  | { kind: 'rest'; afterMs: number; advice: string };

/** The outcome of an answer; `describe` looks a code up, and may read the robot's words. */
export function toRobotOutcome(
  answer: JsonAnswer,
  service: string,
  describe: (answer: JsonAnswer) => RobotCode,
): Outcome {
  if (answer.code === 0) {
    return { kind: 'sent' };
  }
  const meaning = describe(answer);
  const code = String(answer.code);
  const why = `${service}: ${code} ${answer.message}；${meaning.advice}`;
  switch (meaning.kind) {
    case 'refused':
      return { kind: 'refused', code, why };
    case 'retry':
      return { kind: 'retry', code, why };
    case 'rest':
      return { kind: 'retry', scope: 'queue', afterMs: meaning.afterMs, code, why };
  }
}

/** A platform that says 429 instead of one of its codes. */
const TOO_MANY = 429;
const TOO_MANY_REST_MS = 60_000;

/**
 * The outcome of a call that got no answer; throws on what is no failure of a platform, as a bug.
 * @param sendCall the call that sends, where others come before it
 */
export function toFailureOutcome(error: unknown, sendCall?: string): Outcome {
  if (!(error instanceof PlatformError)) {
    throw error;
  }
  const code = String(error.status ?? error.kind);
  const why = `${error.message}；${error.advice}`;
  if (isUnanswered(error, sendCall)) {
    return { kind: 'unknown', code, why };
  }
  return error.status === TOO_MANY
    ? { kind: 'retry', scope: 'queue', afterMs: TOO_MANY_REST_MS, code, why }
    : { kind: 'retry', code, why };
}

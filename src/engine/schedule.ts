/** When a delivery that could not go out is tried again. Pure: time and chance come in as arguments. */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Messages: quick at first, since a busy platform is soon free; the last delay repeats until the message is too old. */
const MESSAGE_DELAYS_MS = [
  SECOND,
  3 * SECOND,
  10 * SECOND,
  30 * SECOND,
  MINUTE,
  2 * MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  30 * MINUTE,
  HOUR,
];

/** Callbacks: the schedule that Standard Webhooks advises. After the last delay the callback has failed. */
const CALLBACK_DELAYS_MS = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];

/** How long a message is tried: a day and a half, so that a quota used up in the morning still lets it out after midnight. */
export const MESSAGE_LIFE_MS = 36 * HOUR;

/** Up to a fifth earlier or later, so that what failed together does not come back together. */
const JITTER = 0.2;

/** After so many tries an exact time is no sooner than this: an account that nobody mends is not knocked at every minute. */
const PATIENT_AFTER_TRIES = 20;
const PATIENT_MS = 10 * MINUTE;

/** What decides about the next try. */
export interface RetryInput {
  kind: 'message' | 'callback';
  /** Tries so far, at least 1. */
  tries: number;
  createdAt: number;
  now: number;
  /** The delay that the other side asked for, in milliseconds. */
  askedMs?: number;
  /** Whether the other side set an exact time, as a used-up quota does, instead of a wish. */
  exact?: boolean;
  /** 0 up to 1. */
  chance: number;
}

/** The time of the next try in milliseconds since the epoch, or null when no more is worth trying. */
export function nextAttemptAt(input: RetryInput): number | null {
  const { kind, tries, createdAt, now, askedMs, chance } = input;
  const delays = kind === 'message' ? MESSAGE_DELAYS_MS : CALLBACK_DELAYS_MS;
  if (kind === 'callback' && tries > delays.length) {
    return null;
  }
  if (kind === 'message' && now - createdAt > MESSAGE_LIFE_MS) {
    return null;
  }
  const planned = delays[Math.min(tries, delays.length) - 1] ?? SECOND;
  const jittered = planned * (1 + JITTER * (2 * chance - 1));
  if (askedMs === undefined) {
    return Math.round(now + jittered);
  }
  // A wish is honoured between the planned delay and twice of it, so that nobody can park us for ever.
  const wished = input.exact
    ? Math.max(askedMs, tries > PATIENT_AFTER_TRIES ? PATIENT_MS : 0) + chance * SECOND
    : Math.min(Math.max(askedMs, jittered), 2 * jittered);
  return Math.round(now + wished);
}

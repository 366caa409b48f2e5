/** Sends one event to one endpoint: signed, bounded in time, never redirected, and never to an address it must not reach. */
import type { Event, Outcome, SentRequest } from '#src/core/types.js';
import type { Clock } from '#src/lib/clock.js';
import { FetchError, type SafeAnswer, type SafeFetch } from '#src/lib/safe-fetch.js';
import { signHeaders } from './sign.js';

/** An endpoint to call. */
export interface CallbackTarget {
  url: string;
  secret: string;
  /** The secret that was replaced, as long as it signs too. */
  oldSecret?: string | null;
  style: string;
}

/** How a try went, and what it sent: absent where nothing was. */
export interface CallbackTry {
  outcome: Outcome;
  request?: SentRequest;
}

/** Sends an event and says how it went. */
export type SendCallback = (event: Event, target: CallbackTarget) => Promise<CallbackTry>;

/** Fifteen seconds for everything, the first kilobyte of the answer is kept (Standard Webhooks' advice). */
const TIMEOUT_MS = 15_000;
const KEPT_BYTES = 1024;

/** Makes the sender. `payloadOf` writes the event in the endpoint's wire form; null means there is nothing to send. */
export function createSendCallback(deps: {
  http: Pick<SafeFetch, 'fetch'>;
  clock: Clock;
  payloadOf: (style: string, event: Event) => object | null | Promise<object | null>;
}): SendCallback {
  return async (event, target) => {
    const payload = await deps.payloadOf(target.style, event);
    if (payload === null) {
      const why = 'the endpoint style has no form for this event';
      return { outcome: { kind: 'refused', code: 'no_form', why } };
    }
    const request = toRequest(event, { target, body: JSON.stringify(payload), now: deps.clock.now() });
    const { url, headers, body } = request;
    try {
      const answer = await deps.http.fetch(url, {
        method: 'POST',
        headers: { ...headers },
        body,
        timeoutMs: TIMEOUT_MS,
        maxBytes: KEPT_BYTES,
      });
      return { outcome: toOutcome(answer, deps.clock.now()), request };
    } catch (error) {
      if (error instanceof FetchError) {
        const isRefused = error.reason === 'blocked' || error.reason === 'bad_url';
        const kind = isRefused ? 'refused' : 'retry';
        const outcome = { kind, code: error.reason, why: error.message } as const;
        return isRefused ? { outcome } : { outcome, request };
      }
      throw error;
    }
  };
}

function toRequest(
  event: Event,
  { target, body, now }: { target: CallbackTarget; body: string; now: number },
): SentRequest {
  const { url, secret, oldSecret } = target;
  const timestamp = Math.floor(now / 1000);
  const signed = signHeaders({ secret, oldSecret, id: `evt_${event.id}`, timestamp, body });
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'user-agent': 'Qingniao-Callback',
    ...signed,
  };
  return { url, headers, body };
}

function toOutcome({ status, headers, body }: SafeAnswer, now: number): Outcome {
  const code = String(status);
  if (status >= 200 && status < 300) {
    return { kind: 'sent', detail: body };
  }
  if (status === 410) {
    return { kind: 'gone', code, why: 'the endpoint answered 410 Gone and is switched off' };
  }
  const afterMs = readRetryAfter(headers['retry-after'], now);
  return {
    kind: 'retry',
    code,
    why: body === '' ? `HTTP ${status}` : `HTTP ${status}: ${body}`,
    ...(afterMs === null ? {} : { afterMs }),
  };
}

/** Retry-After holds seconds or a date (RFC 9110 section 10.2.3). Milliseconds from now; null for none or a past one. */
function readRetryAfter(value: string | undefined, now: number): number | null {
  if (value === undefined) {
    return null;
  }
  const afterMs = /^\d+$/.test(value.trim()) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isFinite(afterMs) && afterMs > 0 ? afterMs : null;
}

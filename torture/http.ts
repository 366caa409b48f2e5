/** HTTP of the harness: an answer, or that there was none. */
import { setTimeout as sleep } from 'node:timers/promises';

/** An answer; null stands for a call that broke off, after which nobody knows what became of it. */
export interface Answer {
  status: number;
  /** The header Retry-After; null where there is none. */
  retryAfter: string | null;
  json: unknown;
}

const TIMEOUT_MS = 20_000;
const TRIES = 10;
const PAUSE_MS = 500;

/** One call. An object goes as JSON, a text as it is. */
export async function call(
  url: string,
  body?: object | string,
  headers: Record<string, string> = {},
): Promise<Answer | null> {
  try {
    const answer = await fetch(url, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { ...(typeof body === 'object' ? { 'content-type': 'application/json' } : {}), ...headers },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body === undefined ? {} : { body: typeof body === 'object' ? JSON.stringify(body) : body }),
    });
    const text = await answer.text();
    return { status: answer.status, retryAfter: answer.headers.get('retry-after'), json: parse(text) };
  } catch {
    return null;
  }
}

/** A call that must go well: what it answered. One that is told to come back later does. Throws otherwise. */
export async function must<T>(url: string, body?: object, headers: Record<string, string> = {}): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    const answer = await call(url, body, headers);
    if (answer && answer.status < 300) {
      return answer.json as T;
    }
    if (answer?.status !== 503 || tried === TRIES) {
      throw new Error(`${url} answered ${answer?.status}: ${JSON.stringify(answer?.json)}`);
    }
    await sleep(PAUSE_MS);
  }
}

/** A field of a JSON object; undefined where there is no such thing. */
export function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

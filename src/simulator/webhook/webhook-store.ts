/** Keeps what came to each named webhook, and what the next requests to it are answered. */

const KEPT_REQUESTS = 1_000;
const KEPT_NEWEST = 200;
const MAX_NAMES = 20_000;

/** A request that came to a webhook. */
export interface KeptRequest {
  id: number;
  /** Milliseconds since the epoch. */
  at: number;
  request: { method: string; path: string; headers: Record<string, string>; body: string };
  /** What a person would read: the body. */
  rendered: string;
}

/** What a webhook answers. */
export interface WebhookAnswer {
  status: number;
  headers?: Record<string, string>;
  body?: string;
  delayMs?: number;
  /** How many requests are answered so; all by default. */
  times?: number;
}

/** The webhooks of one simulator. */
export interface WebhookStore {
  /** Keeps a request; only the newest thousand of a name stay. */
  keep(name: string, request: KeptRequest): void;
  /** The answer to give now, counted as given once; null when nothing was told. */
  takeAnswer(name: string): WebhookAnswer | null;
  /** Tells what the next requests get; it takes the place of an earlier one. */
  tell(name: string, answer: WebhookAnswer): void;
  /** The newest of all names, newest first, each with its name. */
  newest(): (KeptRequest & { to: string })[];
  /** Newest first. */
  list(name: string): KeptRequest[];
  clear(): void;
}

/** Makes the store, empty. */
export function createWebhookStore(): WebhookStore {
  const kept = new Map<string, KeptRequest[]>();
  const answers = new Map<string, WebhookAnswer & { left: number }>();
  let newest: (KeptRequest & { to: string })[] = [];
  return {
    keep: (name, request) => {
      const requests = kept.get(name) ?? [];
      if (requests.length === 0) {
        forgetOldest(kept);
        kept.set(name, requests);
      }
      requests.push(request);
      // Cut in steps: moving a thousand entries for each request would cost more than the request.
      if (requests.length >= 2 * KEPT_REQUESTS) {
        requests.splice(0, requests.length - KEPT_REQUESTS);
      }
      newest.push({ ...request, to: name });
      newest = newest.length >= 2 * KEPT_NEWEST ? newest.slice(-KEPT_NEWEST) : newest;
    },
    takeAnswer: (name) => {
      const answer = answers.get(name);
      if (!answer) {
        return null;
      }
      answer.left -= 1;
      if (answer.left <= 0) {
        answers.delete(name);
      }
      return answer;
    },
    tell: (name, answer) => {
      forgetOldest(answers);
      answers.set(name, { ...answer, left: answer.times ?? Number.POSITIVE_INFINITY });
    },
    newest: () => newest.slice(-KEPT_NEWEST).reverse(),
    list: (name) => (kept.get(name) ?? []).slice(-KEPT_REQUESTS).reverse(),
    clear: () => {
      kept.clear();
      newest = [];
      answers.clear();
    },
  };
}

function forgetOldest(map: Map<string, unknown>): void {
  const [oldest] = map.keys();
  if (map.size >= MAX_NAMES && oldest !== undefined) {
    map.delete(oldest);
  }
}

/** The demo program's own end of the callbacks: checks their signature and keeps the newest few of each person. */
import { createHmac } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Clock } from '#src/lib/clock.js';
import { equalsInConstantTime } from '#src/lib/hash.js';

/** A callback that arrived, as the demo page shows it. */
export interface DemoCallback {
  at: Date;
  /** The parsed JSON body. */
  body: unknown;
}

/** What a callback's request carried. */
export interface CallbackRequest {
  /** The value of a header by its lower-case name; '' when it is not there. */
  header(name: string): string;
  /** The exact bytes of the body as text. */
  body: string;
}

/** Keeps callbacks in memory only: they are for looking at. */
export interface DemoInbox {
  /**
   * Takes a callback request. `refused`: the signature is missing, wrong or older than five minutes, or the body is no
   * callback. A repeated webhook-id is accepted and kept once.
   */
  receive(request: CallbackRequest): 'accepted' | 'refused';
  /** The newest callbacks about a person, newest first. */
  list(uid: string): DemoCallback[];
}

interface Kept extends DemoCallback {
  id: string;
  sizeCharacters: number;
}

const TOLERANCE_MS = 5 * 60_000;
const PER_PERSON = 20;
const MAX_PEOPLE = 2_000;
const MAX_BODY = 100_000;
const MAX_CHARACTERS = 16_000_000;

/** Makes an inbox. `secrets` are the app's valid `whsec_` secrets, two during a rotation. */
export function createDemoInbox(needs: { secrets: () => readonly string[]; clock: Clock }): DemoInbox {
  const kept = new LRUCache<string, Kept[]>({
    max: MAX_PEOPLE,
    maxSize: MAX_CHARACTERS,
    sizeCalculation: (callbacks) => callbacks.reduce((sum, { sizeCharacters }) => sum + sizeCharacters, 1),
  });
  return {
    receive(request) {
      const uid = isSigned(request, needs.secrets(), needs.clock.now()) ? readUid(request.body) : null;
      if (uid === null) {
        return 'refused';
      }
      const id = request.header('webhook-id');
      const others = (kept.get(uid) ?? []).filter((callback) => callback.id !== id);
      const body: unknown = JSON.parse(request.body);
      const callback = { id, at: new Date(needs.clock.now()), body, sizeCharacters: request.body.length };
      kept.set(uid, [callback, ...others].slice(0, PER_PERSON));
      return 'accepted';
    },
    list: (uid) => (kept.get(uid) ?? []).map(({ at, body }) => ({ at, body })),
  };
}

/** Verifies as the Standard Webhooks specification says: HMAC-SHA-256 over `id.timestamp.body`, any of several marks. */
function isSigned(request: CallbackRequest, secrets: readonly string[], nowMs: number): boolean {
  const id = request.header('webhook-id');
  const timestamp = request.header('webhook-timestamp');
  const ageMs = Math.abs(nowMs - Number(timestamp) * 1000);
  if (id === '' || !/^\d{1,12}$/.test(timestamp) || ageMs > TOLERANCE_MS || request.body.length > MAX_BODY) {
    return false;
  }
  const marks = request.header('webhook-signature').split(' ').slice(0, 10);
  return secrets.some((secret) => {
    const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
    const expected = createHmac('sha256', key).update(`${id}.${timestamp}.${request.body}`).digest('base64');
    return marks.some((mark) => equalsInConstantTime(mark, `v1,${expected}`));
  });
}

function readUid(body: string): string | null {
  try {
    const parsed: unknown = JSON.parse(body);
    const data = isRecord(parsed) && isRecord(parsed.data) ? parsed.data : {};
    return typeof data.uid === 'string' && data.uid !== '' ? data.uid : null;
  } catch {
    return null;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

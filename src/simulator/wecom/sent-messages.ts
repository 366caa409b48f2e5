/** Remembers what apps sent: for recalls, for suppressed duplicates, and for the day's cap. */
import { createHash } from 'node:crypto';
import { chinaDayStart } from '#src/lib/china-time.js';
import type { Clock } from '#src/lib/clock.js';
import type { Arrival } from '../arrivals.js';
import type { WecomTalkItem } from './talks.js';
import type { TokenOwner } from './tokens.js';

const KEPT_MESSAGES = 20_000;
const RECALL_WITHIN_MS = 86_400_000;
/** Deliveries a day for each seat of the corp. */
const PER_SEAT_AND_DAY = 200;

/** A message that was sent. */
export interface SentMessage {
  readonly owner: TokenOwner;
  readonly at: number;
  /** What the sender was answered. */
  readonly answer: object;
  /** What stands in the members' chats. */
  readonly items: readonly WecomTalkItem[];
  readonly arrival: Arrival | null;
}

/** The memory of one simulator. */
export class SentMessages {
  private readonly byId = new Map<string, SentMessage>();
  private readonly byDigest = new Map<string, SentMessage>();
  private readonly taskIds = new Set<string>();
  private readonly today = { day: 0, counts: new Map<string, number>() };

  constructor(private readonly clock: Clock) {}

  /** Keeps a message under its msgid and its digest. */
  keep(msgid: string, { message, digest }: { message: SentMessage; digest: string }): void {
    forgetOldest(this.byId);
    forgetOldest(this.byDigest);
    this.byId.set(msgid, message);
    this.byDigest.delete(digest);
    this.byDigest.set(digest, message);
  }

  /** The answer to the same request within the last so many ms; null when there was none. */
  findSame(digest: string, withinMs: number): object | null {
    const message = this.byDigest.get(digest);
    return message && message.at > this.clock.now() - withinMs ? message.answer : null;
  }

  /** Takes a message out of the WeCom client. False when it is unknown, another app's or over a day old. */
  recall(owner: TokenOwner, msgid: string): boolean {
    const message = this.byId.get(msgid);
    const isTheirs = message?.owner.agent === owner.agent && message.owner.corp === owner.corp;
    if (!message || !isTheirs || message.at <= this.clock.now() - RECALL_WITHIN_MS) {
      return false;
    }
    for (const item of message.items) {
      item.rendered = null;
    }
    if (message.arrival) {
      message.arrival.recalled = true;
    }
    return true;
  }

  /** Counts deliveries against the app's cap of the day; false, and none counted, when they would go over it. */
  countToday({ corp, agent }: TokenOwner, deliveries: number): boolean {
    const day = chinaDayStart(this.clock.now());
    if (this.today.day !== day) {
      this.today.day = day;
      this.today.counts.clear();
    }
    const key = `${corp.id}/${agent.id}`;
    const after = (this.today.counts.get(key) ?? 0) + deliveries;
    if (after > corp.members.size * PER_SEAT_AND_DAY) {
      return false;
    }
    this.today.counts.set(key, after);
    return true;
  }

  /** Takes the task id of a card; false when the app had used it. */
  takeTaskId({ corp, agent }: TokenOwner, taskId: string): boolean {
    const key = `${corp.id}/${agent.id}/${taskId}`;
    const isNew = !this.taskIds.has(key);
    this.taskIds.add(key);
    return isNew;
  }

  /** Forgets all. */
  clear(): void {
    this.byId.clear();
    this.byDigest.clear();
    this.taskIds.clear();
    this.today.counts.clear();
  }
}

/** The same for two requests of an app whose JSON says the same, in whatever order. */
export function digestOf({ corp, agent }: TokenOwner, body: string): string {
  const canonical = JSON.stringify(sortKeys(JSON.parse(body)));
  return createHash('sha256').update(`${corp.id}/${agent.id}/${canonical}`).digest('base64');
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sortKeys);
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const names = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(names.map(([name, part]) => [name, sortKeys(part)]));
}

function forgetOldest(map: Map<string, unknown>): void {
  const [oldest] = map.keys();
  if (map.size >= KEPT_MESSAGES && oldest !== undefined) {
    map.delete(oldest);
  }
}

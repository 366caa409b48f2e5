/** Turns the outcome of a try into the delivery's next state. Pure. */
import { assertNever } from '#src/core/errors.js';
import type { Attempt, Outcome, Repeats, RouteStep, SentRequest } from '#src/core/types.js';
import { formatChinaTime } from '#src/lib/china-time.js';
import { redactText } from '#src/lib/logger.js';
import { takeCodePoints } from '#src/lib/text.js';
import type { ClaimedDelivery } from '#src/store/claims.js';
import type { DeliveryResult } from '#src/store/outbox.js';
import { type Doubt, planRepeat } from './doubts.js';
import { nextAttemptAt } from './schedule.js';

/** The most characters of a reason that an attempt keeps: the first kilobyte of an endpoint's answer and its status. */
const DETAIL_LENGTH = 1100;

/** When a try began and how it ended. */
export interface TryRecord {
  outcome: Outcome;
  /** What a callback's endpoint was sent. */
  request?: SentRequest | undefined;
  startedAt: number;
  endedAt: number;
  /** What the channel's platform makes of repeats; harmless where nothing is said. */
  repeats?: Repeats;
  /** Its app or channel wants it rather twice than never. */
  isRatherTwice?: boolean;
  /** 0 up to 1: spreads retries. */
  chance: number;
}

/** The row that a finished try makes of a delivery. */
export function toResult(delivery: ClaimedDelivery, done: TryRecord): DeliveryResult {
  const { outcome, endedAt } = done;
  const doubt = findDoubt(delivery, done);
  const base = {
    id: delivery.id,
    messageId: delivery.messageId,
    dueAt: null,
    ref: null,
    finishedAt: endedAt,
    doubtAt: doubt?.doubtAt ?? null,
  };
  const log = (attempt: Partial<Attempt> = {}): string =>
    JSON.stringify({ ...toAttempt(done), ...channelOf(delivery), ...attempt });
  const next = doubt && !doubt.isRatherTwice ? null : readNext(delivery);
  if (next && isStepOver(outcome, delivery.tries)) {
    return { ...base, ...moveOn(next, endedAt), attempt: log({ next: next.step.channel }) };
  }
  switch (outcome.kind) {
    case 'sent':
      return { ...base, ...paidOf(delivery), state: 'sent', ref: outcome.ref || null, attempt: log() };
    case 'refused':
    case 'gone':
      return { ...base, state: doubt ? 'unknown' : 'failed', attempt: log() };
    case 'unknown':
    case 'retry': {
      const dueAt = planNext(delivery, done, doubt);
      if (dueAt === null) {
        const end = doubt ? NOT_AGAIN : '不再重试 no more tries';
        const detail = `${shorten(outcome.why)}；${end}`;
        const attempt = doubt ? log({ outcome: 'unknown', detail }) : log({ detail });
        return { ...base, state: doubt ? 'unknown' : 'failed', attempt };
      }
      const again = outcome.kind === 'unknown' ? log({ outcome: 'retry', inDoubt: true }) : log();
      return { ...base, state: 'due', dueAt, finishedAt: null, attempt: again };
    }
    default:
      return assertNever(outcome);
  }
}

const NOT_AGAIN =
  '可能已经送达，再发可能重复，不再自动重发 it may have arrived, and another try might show it twice: not tried again by itself';

/** The doubt that a try leaves, of its own or an earlier one's; null where the fate is known. */
function findDoubt({ doubtAt }: ClaimedDelivery, done: TryRecord): Doubt | null {
  const { outcome, startedAt, repeats = { kind: 'harmless' }, isRatherTwice = false } = done;
  if (repeats.kind === 'harmless') {
    return null;
  }
  const since = doubtAt ?? (outcome.kind === 'unknown' ? startedAt : null);
  return since === null || outcome.kind === 'sent' ? null : { doubtAt: since, repeats, isRatherTwice };
}

function planNext(delivery: ClaimedDelivery, done: TryRecord, doubt: Doubt | null): number | null {
  const { outcome, endedAt, chance } = done;
  const asked = outcome.kind === 'retry' ? outcome : null;
  const planned = nextAttemptAt({
    kind: delivery.channel === 'callback' ? 'callback' : 'message',
    tries: delivery.tries,
    createdAt: delivery.createdAt,
    now: endedAt,
    ...(asked?.afterMs === undefined ? {} : { askedMs: asked.afterMs }),
    exact: asked?.scope === 'queue',
    chance,
  });
  return planned === null || !doubt ? planned : planRepeat(doubt, { planned, now: endedAt });
}

/** The row of a delivery that is not tried again because an earlier try may have arrived. */
export function toUnknown(delivery: ClaimedDelivery, at: number): DeliveryResult {
  const attempt: Attempt = {
    at,
    outcome: 'unknown',
    code: 'doubt',
    detail: NOT_AGAIN,
    ...channelOf(delivery),
  };
  return {
    ...toReturned(delivery),
    state: 'unknown',
    attempt: JSON.stringify(attempt),
    finishedAt: at,
  };
}

/** The row of a delivery that ends without a try. */
export function toStopped(
  delivery: ClaimedDelivery,
  stop: { state: 'failed' | 'cancelled'; code: string; why: string; at: number },
): DeliveryResult {
  const attempt: Attempt = {
    at: stop.at,
    outcome: 'skipped',
    code: stop.code,
    detail: stop.why,
    ...channelOf(delivery),
  };
  if (delivery.doubtAt !== null && delivery.messageId !== null) {
    // Nobody may say of it that it did not arrive.
    const ended = JSON.stringify({ ...attempt, detail: `${stop.why}；${NOT_AGAIN}` });
    return { ...toUnknown(delivery, stop.at), attempt: ended };
  }
  const next = stop.state === 'failed' && stop.code !== 'expired' ? readNext(delivery) : null;
  if (next) {
    const { id, messageId } = delivery;
    const moved = JSON.stringify({ ...attempt, next: next.step.channel });
    return { id, messageId, ref: null, ...moveOn(next, stop.at), attempt: moved };
  }
  return {
    id: delivery.id,
    messageId: delivery.messageId,
    state: stop.state,
    dueAt: null,
    ref: null,
    attempt: JSON.stringify(attempt),
    finishedAt: stop.at,
  };
}

/** The row of a delivery that waits for the end of its receiver's quiet hours. */
export function toWaiting(delivery: ClaimedDelivery, until: number, at: number): DeliveryResult {
  const detail = `免打扰，${formatChinaTime(new Date(until))} 后发送 Quiet hours: goes out after them`;
  const attempt: Attempt = { at, outcome: 'skipped', code: 'quiet', detail };
  return { ...toReturned(delivery), dueAt: until, attempt: JSON.stringify(attempt) };
}

/** The row of a claim that is given back untried. */
export function toReturned(delivery: ClaimedDelivery): DeliveryResult {
  const { id, messageId } = delivery;
  return {
    id,
    messageId,
    state: 'due',
    dueAt: null,
    ref: null,
    attempt: null,
    finishedAt: null,
    doubtAt: delivery.doubtAt,
    untried: true,
  };
}

function toAttempt({ outcome, request, startedAt, endedAt }: TryRecord): Attempt {
  const detail = outcome.kind === 'sent' ? (outcome.detail ?? '') : outcome.why;
  return {
    at: startedAt,
    outcome: outcome.kind,
    ...(outcome.kind !== 'sent' && outcome.code !== undefined ? { code: outcome.code } : {}),
    ...(detail === '' ? {} : { detail: shorten(detail) }),
    tookMs: endedAt - startedAt,
    ...(request === undefined ? {} : { request }),
  };
}

function shorten(text: string): string {
  return takeCodePoints(redactText(text), DETAIL_LENGTH, '…');
}

/** A step is tried so often while the other side is merely busy; then the next one takes over. */
const TRIES_BEFORE_NEXT = 5;

interface NextStep {
  step: RouteStep;
  rest: string;
}

function readNext(delivery: ClaimedDelivery): NextStep | null {
  const [step, ...rest] = delivery.route === '' ? [] : (JSON.parse(delivery.route) as RouteStep[]);
  return step ? { step, rest: JSON.stringify(rest) } : null;
}

/** Refused, gone, over quota, or busy for too long: the route goes on. */
function isStepOver(outcome: Outcome, tries: number): boolean {
  if (outcome.kind === 'retry' || outcome.kind === 'unknown') {
    return (outcome.kind === 'retry' && outcome.scope === 'queue') || tries >= TRIES_BEFORE_NEXT;
  }
  return outcome.kind !== 'sent';
}

function moveOn({ step, rest }: NextStep, now: number) {
  const { channel, queue, configId } = step;
  return {
    state: 'due' as const,
    dueAt: now,
    finishedAt: null,
    doubtAt: null,
    next: { channel, queue, configId, route: rest },
  };
}

/** Short messages by the server's own account are what points pay for. */
function paidOf({ channel, configId }: ClaimedDelivery): { isPaid?: true } {
  return channel === 'sms' && configId === null ? { isPaid: true } : {};
}

/** Deliveries with a route, or by a person's own channel, say in each attempt which channel it was. */
function channelOf(delivery: ClaimedDelivery): { channel?: string } {
  return delivery.route === '' && delivery.configId === null ? {} : { channel: delivery.channel };
}

/** Runs one job: sends it, heeds what the outcome means beyond it, and says what becomes of the delivery. */
import type { CallbackTry, SendCallback } from '#src/callbacks/send.js';
import type { ChannelRegistry } from '#src/channels/registry.js';
import type { DeliveryEnd } from '#src/core/figures.js';
import type { Outcome, Repeats } from '#src/core/types.js';
import type { Clock } from '#src/lib/clock.js';
import { type Logger, redactText } from '#src/lib/logger.js';
import type { SafeFetch } from '#src/lib/safe-fetch.js';
import { takeCodePoints } from '#src/lib/text.js';
import type { Db } from '#src/store/open.js';
import type { DeliveryResult } from '#src/store/outbox.js';
import { markLeft } from '#src/store/people.js';
import type { Job } from './contents.js';
import { mayRepeat } from './doubts.js';
import type { Limits } from './limits.js';
import { toResult, toStopped, toUnknown, toWaiting } from './results.js';
import { holdForSequence } from './sequences.js';
import type { Troubles } from './troubles.js';

/** What running is made with. */
export interface RunDeps {
  db: Db;
  clock: Clock;
  log: Logger;
  account: { platform: string; account: string };
  channels: ChannelRegistry;
  sendCallback: SendCallback;
  limits: Limits;
  /** The guarded client that channels get for addresses of users. */
  http: Pick<SafeFetch, 'fetch'>;
  /** 0 up to 1: spreads retries. */
  chance: () => number;
  /** Told of queues that must rest and of how each try went, for the operator. */
  troubles: Pick<Troubles, 'noteTry' | 'noteRest'>;
  /** Told of each finished try, for the counters. */
  onTry?: (queue: string, outcome: Outcome, tookMs: number) => void;
  /** Told of each delivery that was sent or has failed, for the figures. */
  onEnd?: (end: DeliveryEnd) => void;
}

/** Runs a job and gives the row that is to be recorded. Never throws: a bug counts as a try that failed. */
export type RunJob = (job: Job) => Promise<DeliveryResult>;

type LiveJob = Exclude<Job, { kind: 'stop' | 'wait' }>;

/** The time of a channel's last success is kept this exact, in milliseconds. */
const HEALTH_MS = 60_000;
const MAX_REASON = 500;

/** How long a queue rests whose outcome names no time, in milliseconds. */
const REST_MS = 1000;

/** Makes the runner. */
export function createRunJob(deps: RunDeps): RunJob {
  const { clock, log } = deps;
  return async (job) => {
    const startedAt = clock.now();
    if (job.kind === 'stop') {
      return tellEnd(deps, job, {
        result: toStopped(job.delivery, { ...job, at: startedAt }),
        code: job.code,
      });
    }
    if (job.kind === 'wait') {
      return toWaiting(job.delivery, job.until, startedAt);
    }
    const drawn = drawJob(deps, job);
    const repeats = drawn ? drawn.channel.repeatsOf(drawn.card, drawn.job.settings) : HARMLESS;
    const isRatherTwice = job.kind === 'message' && job.isRatherTwice;
    const { doubtAt } = job.delivery;
    if (doubtAt !== null && !mayRepeat({ doubtAt, repeats, isRatherTwice }, startedAt)) {
      return tellEnd(deps, job, { result: toUnknown(job.delivery, startedAt), code: 'doubt' });
    }
    const held = await holdBack(deps, job, startedAt);
    if (held) {
      return held;
    }
    const { outcome, request } = await send(deps, job, drawn).catch((error: unknown): CallbackTry => {
      log.error('a delivery failed by a bug', { delivery: job.delivery.id, error });
      return { outcome: { kind: 'retry', code: 'internal', why: '服务器内部错误 internal error' } };
    });
    // Read before anything of it is stored: the rest of a queue and the next try begin at the same moment.
    const endedAt = clock.now();
    await heed(deps, { job, outcome, startedAt, endedAt }).catch((error: unknown) => {
      log.error('the consequence of an outcome could not be stored', { delivery: job.delivery.id, error });
    });
    deps.onTry?.(job.delivery.queue, outcome, endedAt - startedAt);
    deps.troubles.noteTry(job.delivery.queue, outcome);
    const chance = deps.chance();
    const tried = { outcome, request, startedAt, endedAt, repeats, isRatherTwice, chance };
    const result = toResult(job.delivery, tried);
    return tellEnd(deps, job, {
      result,
      code: outcome.kind === 'sent' ? '' : (outcome.code ?? outcome.kind),
    });
  };
}

/** Passes a result on; where it is the end, it is told of. */
function tellEnd(
  deps: RunDeps,
  { delivery }: Job,
  { result, code }: { result: DeliveryResult; code: string | number },
): DeliveryResult {
  const { state } = result;
  if (state === 'sent' || state === 'failed' || state === 'unknown') {
    const tookMs = Math.max(0, deps.clock.now() - delivery.createdAt);
    deps.onEnd?.({ state, channel: delivery.channel, code: String(code), tookMs });
  }
  return result;
}

/** Callbacks carry an id by which their receivers know repeats, and come again by contract. */
const HARMLESS: Repeats = { kind: 'harmless' };

/** A message as its channel draws it, once for each try; null for a callback, and where there is no such channel. */
function drawJob({ channels }: RunDeps, job: LiveJob) {
  const channel = job.kind === 'message' ? channels.find(job.delivery.channel) : null;
  return job.kind === 'message' && channel ? { job, channel, card: channel.render(job.content) } : null;
}

/** What becomes of a later message of a sequence where its channel cannot replace what it shows; null: it goes out. */
async function holdBack(deps: RunDeps, job: LiveJob, now: number): Promise<DeliveryResult | null> {
  const sequence = job.kind === 'message' ? job.content.sequence : undefined;
  const { delivery } = job;
  if (sequence === undefined || deps.channels.find(delivery.channel)?.replaces) {
    return null;
  }
  try {
    return await holdForSequence(deps.db, { delivery, sequence, now });
  } catch (error) {
    // A second card is better than none.
    deps.log.error('a sequence could not be looked up', { delivery: delivery.id, error });
    return null;
  }
}

async function send(deps: RunDeps, job: LiveJob, drawn: ReturnType<typeof drawJob>): Promise<CallbackTry> {
  if (job.kind === 'callback') {
    return deps.sendCallback(job.event, job.target);
  }
  if (!drawn) {
    const why = `没有通道 no channel "${job.delivery.channel}"`;
    return { outcome: { kind: 'refused', code: 'no_channel', why } };
  }
  const outcome = await drawn.channel.send(drawn.card, job.settings, job.recipient, {
    deliveryId: job.delivery.id,
    http: deps.http,
    clock: deps.clock,
  });
  return { outcome };
}

/** What an outcome means beyond its own delivery: a queue rests, a person has left, an endpoint is switched off. */
async function heed(
  deps: RunDeps,
  tried: { job: LiveJob; outcome: Outcome; startedAt: number; endedAt: number },
): Promise<void> {
  const { job, outcome, startedAt, endedAt } = tried;
  if (outcome.kind === 'retry' && outcome.scope === 'queue') {
    const { code = '', why } = outcome;
    const until = new Date(endedAt + (outcome.afterMs ?? REST_MS));
    deps.troubles.noteRest(job.delivery.queue, { until, code, why });
    await deps.limits.rest(job.delivery.queue, { until, code, why });
  }
  if (job.kind === 'message' && job.delivery.configId !== null) {
    await noteHealth(deps, job.delivery.configId, outcome);
  }
  if (outcome.kind === 'gone' && job.kind === 'message' && job.delivery.channel === 'wechat') {
    // As of the time of asking: the person may have come back while the refusal was on its way.
    const left = { ...deps.account, externalId: job.recipient.address, at: startedAt, isDated: true };
    await markLeft(deps.db, [left]);
  }
  if (job.kind === 'callback') {
    deps.limits.noteAnswer(job.delivery.queue, outcome.kind === 'sent');
  }
  if (outcome.kind === 'gone' && job.kind === 'callback') {
    const data = { disabledAt: new Date(endedAt), why: outcome.why };
    await deps.db.callback.updateMany({ where: { id: job.callbackId }, data });
  }
}

/** What the owner of a channel sees of its health; written when it changes, not with every message. */
async function noteHealth(deps: RunDeps, configId: number, outcome: Outcome): Promise<void> {
  const at = new Date(deps.clock.now());
  if (outcome.kind === 'retry' && outcome.isHeld) {
    return;
  }
  if (outcome.kind === 'sent') {
    const stale = new Date(at.getTime() - HEALTH_MS);
    const where = { id: configId, OR: [{ lastOkAt: null }, { lastOkAt: { lt: stale } }] };
    await deps.db.channelConfig.updateMany({ where, data: { lastOkAt: at } });
  } else {
    await deps.db.channelConfig.updateMany({
      where: { id: configId },
      data: { lastError: takeCodePoints(redactText(outcome.why), MAX_REASON, '…'), lastErrorAt: at },
    });
  }
}

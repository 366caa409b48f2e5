/** The WeCom app channel: app messages to members, also inside WeChat where the corp uses the plugin. */
import { LRUCache } from 'lru-cache';
import type { Channel, ChannelIo, ChannelSettings } from '#src/channels/channel.js';
import { extrasOf, keepsOwn, settingOf } from '#src/channels/parts.js';
import { SHOWN_AGAIN } from '#src/channels/repeats.js';
import type { MessageContent, Outcome, Recipient, Repeats } from '#src/core/types.js';
import type { WecomPlatform } from '#src/platforms/wecom/index.js';
import { drawWecomBodies, type WecomBody } from './draw.js';
import { createMemberPace, MEMBER_WINDOWS, type MemberPace, type TakePlaces } from './member-pace.js';
import { isAddressRefusal, tellMissed, toWecomOutcome } from './outcome.js';
import {
  checkWecomAppSettings,
  credentialsOf,
  formatOf,
  overflowOf,
  readReceivers,
  WECOM_APP_FIELDS,
  type WecomFormat,
  type WecomOverflow,
} from './settings.js';

export type { TakePlaces } from './member-pace.js';
export { readReceivers } from './settings.js';

/** A message ready to be drawn in the format that the settings choose. */
export interface WecomAppDrawing {
  bodies(format: WecomFormat, overflow: WecomOverflow): readonly WecomBody[];
  /** The receivers that the message itself names, in place of the settings' ones. */
  receivers: unknown;
  /** The page of the message: it makes two messages with the same words differ. */
  pageUrl: string;
}

/** The call of the platform that the channel makes. */
export type WecomSender = Pick<WecomPlatform, 'sendMessage'>;

/** What the channel is made with. */
export interface WecomAppDeps {
  platform: WecomSender;
  /** Counts what members were sent, for all processes that send by the same apps. */
  takePlaces: TakePlaces;
  inFlight?: number;
}

/** WeCom takes so many receivers at once. */
const MAX_RECEIVERS = 1000;
/** A net under our own retries: WeCom drops an identical request within this time. */
const REPEAT_SECONDS = 1800;
const REPEAT_MARGIN_SECONDS = 180;

/** What was done of a delivery that takes several calls; a retry goes on from there. */
interface Progress {
  done: number;
  refs: string[];
  invalid: string[];
  unlicensed: string[];
}

/**
 * Makes the channel. A recipient with an address is a member of the server's own app; without one the message's
 * `extras['wecom-app'].receivers` say who gets it, else the settings.
 */
export function createWecomAppChannel({
  platform,
  takePlaces,
  inFlight,
}: WecomAppDeps): Channel<WecomAppDrawing> {
  const pace = createMemberPace(takePlaces);
  const unfinished = new LRUCache<number, Progress>({ max: 2_000 });
  return {
    id: 'wecom-app',
    title: { zh: '企业微信应用', en: 'WeCom app' },
    configFields: WECOM_APP_FIELDS,
    limits: { inFlight: inFlight ?? 16, windows: MEMBER_WINDOWS },
    repeatsOf,
    accountOf: (settings, recipient) => {
      const { ids } = readReceivers(recipient.address || settings.receivers);
      return `${appOf(settings)}:${ids
        .map((id) => id.toLowerCase())
        .sort()
        .join('|')}`;
    },
    checkSettings: checkWecomAppSettings,
    render: drawForWecom,
    send: async (drawing, settings, recipient, io) => {
      const job = planSend(drawing, settings, recipient);
      if ('kind' in job) {
        return job;
      }
      return runSend({ platform, pace, unfinished, io }, job);
    },
  };
}

/** Keeps a message until the settings say how to draw it. */
export function drawForWecom(message: MessageContent): WecomAppDrawing {
  return {
    bodies: (format, overflow) => drawWecomBodies(message, format, overflow),
    receivers: extrasOf(message.extras, 'wecom-app').receivers,
    pageUrl: message.pageUrl,
  };
}

function appOf(settings: ChannelSettings): string {
  return `${settingOf(settings, 'corpId')}:${settingOf(settings, 'agentId')}`;
}

interface SendJob {
  settings: ChannelSettings;
  steps: { receivers: readonly string[]; body: WecomBody }[];
  receivers: readonly string[];
}

/** The calls to make, or why there is none. */
function planSend(
  drawing: WecomAppDrawing,
  settings: ChannelSettings,
  recipient: Recipient,
): SendJob | Outcome {
  const { ids, wrong } =
    recipient.address === ''
      ? chooseReceivers(drawing.receivers, settings)
      : readReceivers(recipient.address);
  if (wrong.length > 0 || ids.length === 0) {
    const why =
      ids.length + wrong.length === 0
        ? '没有接收人：请在通道里填写默认接收人 No receivers: set default ones in the channel'
        : `不是成员账号 not member ids: ${wrong.slice(0, 5).join(', ')}`;
    return { kind: 'refused', code: 'no_receiver', why };
  }
  const bodies = drawing.bodies(formatOf(settings), overflowOf(settings));
  const steps = bodies.flatMap((body) =>
    chunk(ids, MAX_RECEIVERS).map((receivers) => ({
      receivers,
      body: withRepeatCheck(body, drawing.pageUrl),
    })),
  );
  return { settings, steps, receivers: ids };
}

/** Those whom the message names, those of the settings where it names none, or both. */
function chooseReceivers(named: unknown, settings: ChannelSettings): ReturnType<typeof readReceivers> {
  const given = readReceivers(named);
  const own = settings.receivers ?? '';
  if (given.ids.length + given.wrong.length === 0) {
    return readReceivers(own);
  }
  return keepsOwn(settings) ? readReceivers([own, ...given.ids, ...given.wrong]) : given;
}

/** WeCom drops what it was told to check for repeats, less a few minutes for what lies between its clock and ours. */
function repeatsOf(drawing: WecomAppDrawing, settings: ChannelSettings): Repeats {
  const bodies = drawing.bodies(formatOf(settings), overflowOf(settings));
  return bodies.every((body) => 'enable_duplicate_check' in withRepeatCheck(body, drawing.pageUrl))
    ? { kind: 'dropped', forMs: (REPEAT_SECONDS - REPEAT_MARGIN_SECONDS) * 1000 }
    : SHOWN_AGAIN;
}

/** Only where the message's own page tells it from another message of the same words. */
function withRepeatCheck(body: WecomBody, pageUrl: string): WecomBody {
  return pageUrl !== '' && JSON.stringify(body).includes(JSON.stringify(pageUrl).slice(1, -1))
    ? { ...body, enable_duplicate_check: 1, duplicate_check_interval: REPEAT_SECONDS }
    : body;
}

interface SendRun {
  platform: WecomSender;
  pace: MemberPace;
  unfinished: LRUCache<number, Progress>;
  io: ChannelIo;
}

async function runSend({ platform, pace, unfinished, io }: SendRun, job: SendJob): Promise<Outcome> {
  const { settings, steps, receivers } = job;
  const app = appOf(settings);
  const progress = unfinished.get(io.deliveryId) ?? newProgress();
  const members = receivers.map((id) => `${app}:${id.toLowerCase()}`);
  // Counted before the calls: what breaks off may have arrived.
  const waitMs = await pace.take(members, steps.length - progress.done);
  if (waitMs > 0) {
    const why =
      '每位成员每分钟最多 30 条、每小时 1000 条，稍后自动发送 Each member gets 30 messages a minute and 1000 an hour: waiting';
    return { kind: 'retry', afterMs: waitMs, code: 'member_limit', why };
  }
  for (const step of steps.slice(progress.done)) {
    const message = { touser: step.receivers.join('|'), ...step.body };
    const sent = await platform
      .sendMessage(credentialsOf(settings), message)
      .catch((error: unknown) => toWecomOutcome(error));
    if ('kind' in sent) {
      return toPartOutcome(sent, progress, steps.length);
    }
    progress.done += 1;
    progress.refs.push(sent.msgId);
    progress.invalid.push(...sent.invalidUsers);
    progress.unlicensed.push(...sent.unlicensedUsers);
    if (progress.done < steps.length) {
      unfinished.set(io.deliveryId, progress);
    }
  }
  unfinished.delete(io.deliveryId);
  return concludeSend(progress, receivers);
}

/**
 * A failure behind parts that have arrived is none of the whole message: who is told of a failure sends all of it again. What
 * can follow does so by itself, also once the server's address is allowed.
 */
function toPartOutcome(failure: Outcome, { done, refs }: Progress, parts: number): Outcome {
  if (done === 0 || failure.kind === 'sent') {
    return failure;
  }
  const why = `只送达 ${done}/${parts} 段 only ${done} of ${parts} parts arrived: ${failure.why}`;
  if (failure.kind === 'unknown') {
    return { ...failure, why };
  }
  if (failure.kind !== 'retry') {
    return { kind: 'sent', ref: refs.join(','), detail: why };
  }
  return isAddressRefusal(failure)
    ? { kind: 'retry', code: 'part', why, ...(failure.afterMs ? { afterMs: failure.afterMs } : {}) }
    : { ...failure, why };
}

function newProgress(): Progress {
  return { done: 0, refs: [], invalid: [], unlicensed: [] };
}

function concludeSend(progress: Progress, receivers: readonly string[]): Outcome {
  // A member can be named once for each part of a split message.
  const invalid = [...new Set(progress.invalid)];
  const unlicensed = [...new Set(progress.unlicensed)];
  const missed = new Set([...invalid, ...unlicensed].map((id) => id.toLowerCase()));
  const detail = tellMissed({ invalid, unlicensed });
  if (detail !== null && receivers.every((id) => missed.has(id.toLowerCase()))) {
    return { kind: 'refused', code: 'all_missed', why: detail };
  }
  return { kind: 'sent', ref: progress.refs.join(','), ...(detail === null ? {} : { detail }) };
}

function chunk<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) =>
    items.slice(at * size, (at + 1) * size),
  );
}

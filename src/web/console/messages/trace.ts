/** What the trace of a message shows: its steps, how far it has come, and a page of its deliveries. */
import type { Core } from '#src/core/index.js';
import type { MessageTrace, TracedDelivery } from '#src/core/message-trace.js';
import type { Attempt } from '#src/core/types.js';
import { startOfPlainText, takeCodePoints } from '#src/lib/text.js';
import { nameChannels } from '#src/web/console/channel-titles.js';
import type { MessagesVisit } from './index.js';

const PER_PAGE = 20;
const TARGETS_SHOWN = 8;
/** The page behind the card shows the whole body. */
const BODY_SHOWN = 2000;
const SHARES = ['sent', 'failed', 'unknown', 'cancelled', 'open'] as const;
const FILTERS = ['open', 'sent', 'failed', 'unknown', 'cancelled'] as const;
const OUTCOMES = {
  sent: ['attemptSent', 'good'],
  confirmed: ['attemptConfirmed', 'good'],
  trying: ['attemptTrying', 'warn'],
  retry: ['attemptRetry', 'warn'],
  unknown: ['attemptUnknown', 'bad'],
  refused: ['attemptRefused', 'bad'],
  gone: ['attemptGone', 'bad'],
  denied: ['attemptDenied', 'bad'],
  skipped: ['attemptSkipped', ''],
} as const satisfies Record<Attempt['outcome'], readonly [string, string]>;

/** Reads all that the page shows. Throws not_found. */
export async function readTrace(core: Core, visit: MessagesVisit, id: number) {
  const { t } = visit;
  const message = await core.messages.getTrace(id);
  const state = FILTERS.find((known) => known === visit.query('state'));
  const uid = visit.query('uid').slice(0, 64);
  const after = visit.query('after').slice(0, 100);
  const page = await core.messages.traceDeliveries({
    messageId: id,
    take: PER_PAGE,
    after,
    ...(state ? { state } : {}),
    ...(uid === '' ? {} : { uid }),
  });
  const titleOf = nameChannels(core, visit.language);
  const app = message.appId === null ? null : await core.apps.findApp(message.appId);
  const progress = toProgress(message);
  return {
    message: { ...message, body: takeCodePoints(message.body, BODY_SHOWN, '…') },
    head: message.title || message.summary || startOfPlainText(message.body, message.format, 60),
    appName: app?.name ?? (message.appId === null ? t('personal') : `#${message.appId}`),
    appPath: app ? `/console/apps/${app.id}` : '',
    audience: await nameTargets(core, visit, message),
    channels: message.channels.map(titleOf),
    progress,
    steps: toSteps(visit, message, core.clock.now()),
    isLive: message.stage !== 'ended' && !isFarOff(message, core.clock.now()),
    canCancel: message.stage !== 'ended' && message.stage !== 'stopping',
    canResend: progress.failed > 0 && isSpread(message),
    canResendUnknown: progress.unknown > 0 && isSpread(message),
    filters: [
      { key: '', count: progress.total },
      ...FILTERS.map((key) => ({ key, count: progress[key] })),
    ].map(({ key, count }) => ({ key, count, isCurrent: key === (state ?? '') })),
    deliveries: page.items.map((row) => drawDelivery(row, { visit, titleOf })),
    next: page.next,
    isFirst: after === '',
    uid,
  };
}

/** All its deliveries are there. */
function isSpread({ stage }: MessageTrace): boolean {
  return stage === 'sending' || stage === 'ended';
}

/** Numbers and the parts of the bar, in tenths of a percent. */
function toProgress({ total, isMore, sent, failed, cancelled, unknown }: MessageTrace) {
  const open = Math.max(0, total - sent - failed - cancelled - unknown);
  const counts = { sent, failed, unknown, cancelled, open };
  let x = 0;
  const bars = SHARES.map((name) => {
    const width = total > 0 ? Math.round((counts[name] / total) * 1000) : 0;
    const bar = { name, x, width: Math.min(counts[name] > 0 ? Math.max(width, 4) : 0, 1000 - x) };
    x += bar.width;
    return bar;
  });
  return { ...counts, total, isMore, bars };
}

interface Step {
  label: string;
  detail: string;
  at: Date | null;
  mood: 'done' | 'now' | 'later' | 'bad';
}

/** The way of a message, one line a step. */
function toSteps({ t }: MessagesVisit, message: MessageTrace, now: number): Step[] {
  const { stage, sendAt, createdAt, finishedAt, state, total } = message;
  const steps: Step[] = [{ label: t('stepAccepted'), detail: '', at: createdAt, mood: 'done' }];
  if (sendAt) {
    const isPast = stage !== 'waiting' || sendAt.getTime() <= now;
    steps.push({ label: t('scheduled'), detail: '', at: sendAt, mood: isPast ? 'done' : 'now' });
  }
  if (state === 'cancelled' && total === 0) {
    return [...steps, { label: t('stepCancelled'), detail: '', at: finishedAt, mood: 'bad' }];
  }
  const count = `${message.total.toLocaleString('en-US')}${message.isMore ? '+' : ''}`;
  const spread = { waiting: '', spreading: t('spreading', { count }) }[stage as string];
  steps.push({
    label: t('stepSpread'),
    detail: spread ?? (total > 0 ? t('spreadDone', { count }) : t('nobody')),
    at: null,
    mood: stage === 'waiting' ? 'later' : stage === 'spreading' ? 'now' : 'done',
  });
  const ends = { ended: 'done', sending: 'now', stopping: 'now' }[stage as string] ?? 'later';
  const label = stage === 'ended' ? t('stepEnded') : stage === 'stopping' ? t('stopping') : t('sending');
  return [
    ...steps,
    { label, detail: '', at: finishedAt, mood: ends === 'done' || ends === 'now' ? ends : 'later' },
  ];
}

/** A message for next week needs no watching. */
function isFarOff({ stage, sendAt }: MessageTrace, now: number): boolean {
  return stage === 'waiting' && sendAt !== null && sendAt.getTime() > now + 600_000;
}

async function nameTargets(core: Core, { t }: MessagesVisit, { targets, appId }: MessageTrace) {
  const shown = targets.slice(0, TARGETS_SHOWN);
  const topics = await core.topics.findTopics(shown.flatMap(({ topicId }) => topicId ?? []));
  const names = shown.map(({ uid, topicId }) => {
    const topic = topics.find(({ id }) => id === topicId && appId !== null);
    return uid ?? (topic ? t('topic', { name: topic.name }) : t('topicGone', { id: topicId ?? 0 }));
  });
  return { names, more: targets.length - shown.length };
}

function drawDelivery(
  row: TracedDelivery,
  { visit, titleOf }: { visit: MessagesVisit; titleOf: (channel: string) => string },
) {
  return {
    ...row,
    name: row.nickname || row.remark,
    title: titleOf(row.channel),
    asked: row.slot !== '' && row.slot !== row.channel ? visit.t('askedFor', { slot: row.slot }) : '',
    attempts: row.attempts.map((attempt) => {
      const [word, mood] = OUTCOMES[attempt.outcome];
      return {
        ...attempt,
        at: new Date(attempt.at),
        label: visit.t(attempt.inDoubt ? 'attemptInDoubt' : word),
        mood,
        channel: attempt.channel ? titleOf(attempt.channel) : '',
        next: attempt.next ? visit.t('goesOn', { channel: titleOf(attempt.next) }) : '',
      };
    }),
  };
}

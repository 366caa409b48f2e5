/** What the answers for several receivers of one delivery mean together. */
import { toOutcome } from '#src/channels/wechat/outcome.js';
import type { Outcome } from '#src/core/types.js';

/** How one receiver fared. */
export interface ReceiverOutcome {
  openid: string;
  outcome: Outcome;
}

/** The server's own settings by the name that this channel's fields have: the shared advice speaks of the former. */
const NAMES: readonly (readonly [RegExp, string])[] = [
  [/WECHAT_APP_ID/g, 'AppID'],
  [/WECHAT_APP_SECRET/g, 'AppSecret'],
  [/WECHAT_TEMPLATE_ID/g, '模板 ID'],
  [/WECHAT_TEMPLATE_FIELDS/g, '模板字段'],
];
/** Not following may end again: the next message is worth another try, so the channel is not given up. */
const NOT_FOLLOWING = '43004';

/** The outcome of a failed call, in the words of this channel. Throws on what is no platform failure. */
export function toOwnOutcome(error: unknown, now: number): Outcome {
  const outcome = toOutcome(error, now);
  if (outcome.kind === 'sent') {
    return outcome;
  }
  const why = NAMES.reduce((done, [name, word]) => done.replace(name, word), outcome.why);
  return outcome.kind === 'gone' && outcome.code === NOT_FOLLOWING
    ? { kind: 'refused', code: NOT_FOLLOWING, why }
    : { ...outcome, why };
}

/**
 * One outcome of all: sent when anyone got it, with a detail for those who did not; else unknown when anyone may have got it;
 * else whatever still has a chance; gone
 * only when no receiver is any good.
 */
export function joinOutcomes(all: readonly ReceiverOutcome[]): Outcome {
  const [only] = all;
  if (only && all.length === 1) {
    return only.outcome;
  }
  const sent = all.map(({ outcome }) => outcome).filter((outcome) => outcome.kind === 'sent');
  const detail = all.map(({ openid, outcome }) => `${maskOpenid(openid)}: ${describe(outcome)}`).join('; ');
  const [first] = sent;
  if (first) {
    return { kind: 'sent', ref: first.ref, detail };
  }
  const failed = all.map(({ outcome }) => outcome);
  const worst =
    failed.find((outcome) => outcome.kind === 'unknown') ??
    failed.find((outcome) => outcome.kind === 'retry' && outcome.scope === 'queue') ??
    failed.find((outcome) => outcome.kind === 'retry') ??
    failed.find((outcome) => outcome.kind === 'refused') ??
    failed[0];
  return worst && worst.kind !== 'sent'
    ? { ...worst, why: `${worst.why}；${detail}` }
    : { kind: 'refused', code: 'no_receiver', why: '没有接收人 no receiver' };
}

function describe(outcome: Outcome): string {
  return outcome.kind === 'sent' ? 'OK' : `${outcome.code ?? outcome.kind}`;
}

function maskOpenid(openid: string): string {
  return `${openid.slice(0, 4)}…${openid.slice(-4)}`;
}

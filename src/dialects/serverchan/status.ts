/** The status call: what the upstream platform said to a message, for whoever holds its read key. */
import type { Context } from 'koa';
import type { Core } from '#src/core/index.js';
import type { SentDelivery, SentMessage } from '#src/core/sent-messages.js';
import type { Attempt } from '#src/core/types.js';
import { asWrongKey } from '#src/core/wrong-keys.js';
import { formatChinaTime } from '#src/lib/china-time.js';
import { CHANNEL_NAMES } from './channel-codes.js';
import { type Answer, Refusal } from './envelope.js';
import { readFields } from './read-fields.js';
import { READ_KEY_PREFIX } from './send.js';

/** Answers GET /push?id=&readkey=. Throws Refusal for a pair that does not fit. */
export async function readStatus(core: Core, ctx: Context): Promise<Answer> {
  const { id = '', readkey = '' } = await readFields(ctx);
  const isShaped = /^\d{1,16}$/.test(id) && readkey.startsWith(READ_KEY_PREFIX);
  const sent = isShaped
    ? await core.messages.findSent(Number(id), readkey.slice(READ_KEY_PREFIX.length))
    : null;
  if (sent?.source !== 'serverchan') {
    throw asWrongKey(new Refusal('INPUT', 'id 或 readkey 不正确'), readkey === '' ? 0 : 1);
  }
  return { status: 200, body: { code: 0, message: '', data: toStatus(sent, readkey) } };
}

function toStatus(sent: SentMessage, readkey: string) {
  const { account, encoded, titleOnly } = sent.extras.serverchan ?? {};
  return {
    id: sent.id,
    uid: String(account ?? ''),
    title: sent.title,
    desp: titleOnly === true ? '' : sent.body,
    encoded: encoded === true ? '1' : '',
    readkey,
    wxstatus: toUpstreamAnswer(sent.deliveries),
    created_at: toMoment(sent.createdAt),
    updated_at: toMoment(sent.updatedAt),
  };
}

function toMoment(at: Date): string {
  return `${formatChinaTime(at).replace(' ', 'T')}+08:00`;
}

const FINAL = ['sent', 'failed', 'cancelled', 'unknown'];

/**
 * The upstream's own answer as a JSON text, empty while there is none: clients poll until there is one, so a refusal that
 * is still to be tried again does not count. Of several channels the answer of one that took the message, and in `channels`
 * of each under its number.
 */
export function toUpstreamAnswer(deliveries: readonly SentDelivery[]): string {
  const taken = deliveries.find(({ state }) => state === 'sent');
  const first = taken ?? deliveries[0];
  const isOver = deliveries.every(({ state }) => FINAL.includes(state));
  if (!first || !(taken || isOver)) {
    return '';
  }
  const each = deliveries.length > 1 ? `,"channels":[${deliveries.map(toLine).join(',')}]` : '';
  return `{${toFields(first)}${each}}`;
}

function toLine(delivery: SentDelivery): string {
  const channel = JSON.stringify(CHANNEL_NAMES[delivery.channel] ?? delivery.channel);
  return `{"channel":${channel},${toFields(delivery)}}`;
}

/** Written by hand: WeChat's numbers are beyond what a number of JavaScript holds. */
function toFields({ state, ref, attempts }: SentDelivery): string {
  if (state === 'sent') {
    const msgid = /^\d+$/.test(ref) ? ref.replace(/^0+(?=\d)/, '') : JSON.stringify(ref);
    return `"errcode":0,"errmsg":"ok","msgid":${msgid}`;
  }
  return FINAL.includes(state)
    ? JSON.stringify(toError(attempts.at(-1))).slice(1, -1)
    : '"errmsg":"排队中 waiting"';
}

function toError(attempt: Attempt | undefined): { errcode: number; errmsg: string } {
  const code = attempt?.code ?? '';
  const detail = attempt?.detail ?? '';
  return /^-?\d{1,9}$/.test(code)
    ? { errcode: Number(code), errmsg: detail }
    : { errcode: -1, errmsg: [code, detail].filter((part) => part !== '').join(': ') };
}

/** The status call: what the upstream platform said to a message, for whoever holds its read key. */
import type { Context } from 'koa';
import type { Core } from '#src/core/index.js';
import type { SentDelivery, SentMessage } from '#src/core/sent-messages.js';
import type { Attempt } from '#src/core/types.js';
import { formatChinaTime } from '#src/lib/china-time.js';
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
    throw new Refusal('INPUT', 'id 或 readkey 不正确');
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

const FINAL = ['sent', 'failed', 'cancelled'];

/**
 * The upstream's own answer as a JSON text, empty while there is none: clients poll until there is one, so a refusal that
 * is still to be tried again does not count. Of several channels, one that took the message.
 */
export function toUpstreamAnswer(deliveries: readonly SentDelivery[]): string {
  const taken = deliveries.find((delivery) => delivery.state === 'sent');
  if (taken) {
    // Written by hand: WeChat's numbers are beyond what a number of JavaScript holds.
    const msgid = /^\d+$/.test(taken.ref) ? taken.ref.replace(/^0+(?=\d)/, '') : JSON.stringify(taken.ref);
    return `{"errcode":0,"errmsg":"ok","msgid":${msgid}}`;
  }
  if (deliveries.length === 0 || !deliveries.every((delivery) => FINAL.includes(delivery.state))) {
    return '';
  }
  return JSON.stringify(toError(deliveries[0]?.attempts.at(-1)));
}

function toError(attempt: Attempt | undefined): { errcode: number; errmsg: string } {
  const code = attempt?.code ?? '';
  const detail = attempt?.detail ?? '';
  return /^-?\d{1,9}$/.test(code)
    ? { errcode: Number(code), errmsg: detail }
    : { errcode: -1, errmsg: [code, detail].filter((part) => part !== '').join(': ') };
}

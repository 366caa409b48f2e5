/** Measures what of a message arrives by a channel, by sending one and looking. */
import type { Outside, Receiver } from './outside.js';

/** What of a message a channel shows: all of it there, only on the page that it links, or not at all. */
export type Shown = 'there' | 'page' | 'no';

/** What a channel shows. */
export interface Showing {
  title: Shown;
  /** The whole text, not only its beginning. */
  text: Shown;
  /** Bold words are bold, or the app is told that this is Markdown. */
  markup: Shown;
  /** The message's own link. */
  link: Shown;
  /** Urgent messages are marked so for the device. */
  urgent: Shown;
}

/** A message with a mark in each of its parts. */
export const MARKED = {
  title: '标题记号',
  body: `**粗体记号** 开头。${'这是中间的一段话。'.repeat(20)}结尾记号`,
  link: 'https://link.example/marked',
} as const;

/** What of the marked message is in something that arrived; `urgent` is not seen in one message. */
export function readMarks(arrived: string): Omit<Showing, 'urgent'> {
  const rest: Shown = /\/m\/[a-z\d]+-[\da-f]+/.test(arrived) ? 'page' : 'no';
  const has = (pattern: RegExp): Shown => (pattern.test(arrived) ? 'there' : rest);
  return {
    title: has(/标题记号/),
    text: has(/结尾记号/),
    markup: has(/\*\*粗体记号\*\*|<(?:strong|b)>粗体记号/),
    link: has(/link\.example/),
  };
}

/** Measures every channel. */
export async function measureChannels({ w, receivers }: Outside): Promise<Record<string, Showing>> {
  const seen: Record<string, Showing> = {};
  for (const receiver of receivers) {
    const plain = await send({ w }, receiver, 0);
    const urgent = await send({ w }, receiver, 1);
    const isMarked = neutral(plain) !== neutral(urgent);
    seen[receiver.kind] = { ...readMarks(plain), urgent: isMarked ? 'there' : 'no' };
  }
  return seen;
}

/** Sends the marked message, and gives what arrived. */
async function send({ w }: Pick<Outside, 'w'>, { personId, uid, kind, arrived }: Receiver, priority: number) {
  await w.core.publish({
    appId: null,
    senderId: personId,
    title: MARKED.title,
    body: MARKED.body,
    format: 'markdown',
    url: MARKED.link,
    audience: { people: [personId], topics: [] },
    targets: [{ uid }],
    priority,
    source: 'docs',
  });
  await w.drain();
  const [newest] = await arrived();
  if (newest === undefined) {
    throw new Error(`nothing arrived by ${kind}`);
  }
  return newest;
}

/** What arrived without what differs from message to message: numbers, ids, signatures, boundaries. */
function neutral(arrived: string): string {
  const { request } = JSON.parse(arrived) as { request?: { body: unknown } };
  const body = typeof request?.body === 'string' ? request.body : JSON.stringify(request?.body ?? '');
  return body.replace(/[\w%+/=-]{8,}/g, '…');
}

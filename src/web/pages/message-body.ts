/** Renders bodies of messages for their pages, each once: small ones at once, those of much markup in a thread. */
import { LRUCache } from 'lru-cache';
import { splitByCost } from '#src/lib/markup-budget.js';
import type { TextFormat } from '#src/lib/text.js';
import { createThreadLine, ThreadError } from '#src/lib/thread-line.js';
import { type BodySource, type MessageBody, renderBody, toPlainBody } from './render-body.js';

/** Renders a body. Never rejects: what cannot be rendered is shown as text. */
export type BodyRenderer = (body: string, format: TextFormat) => Promise<MessageBody>;

const CACHE_CHARACTERS = 8_000_000;
/** Rendered at once: it takes some thousandths of a second, and most messages are so. */
const SMALL = { marks: 500, characters: 20_000 };
/** The worst page takes a fraction of a second. */
const TIMEOUT_MS = 3_000;
/** More pages than these are shown as text: their readers would wait for seconds. */
const MAX_WAITING = 16;
const MAX_MEMORY_MB = 160;

/** One thread for all pages of the process. */
const THREAD = createThreadLine<BodySource, MessageBody>({
  program: 'web/pages/render-thread',
  maxWaiting: MAX_WAITING,
  timeoutMs: TIMEOUT_MS,
  maxMemoryMb: MAX_MEMORY_MB,
});

/** Makes the renderer; it remembers the newest results, since one message is opened by many people at once. */
export function createBodyRenderer(thread: Pick<typeof THREAD, 'run'> = THREAD): BodyRenderer {
  const known = new LRUCache<string, MessageBody>({
    maxSize: CACHE_CHARACTERS,
    sizeCalculation: (made, key) => made.html.length + made.rest.length + key.length + 1,
  });
  const underWay = new Map<string, Promise<MessageBody>>();

  async function render(source: BodySource, key: string): Promise<MessageBody> {
    const made = isSmall(source) ? renderBody(source) : await renderApart(source);
    if (made.note !== 'busy') {
      known.set(key, made);
    }
    return made;
  }

  async function renderApart(source: BodySource): Promise<MessageBody> {
    try {
      return await thread.run(source);
    } catch (error) {
      const isBusy = error instanceof ThreadError && error.trouble === 'busy';
      return toPlainBody(source.body, isBusy ? 'busy' : 'tooMuch');
    }
  }

  return (body, format) => {
    const key = `${format} ${body}`;
    const made = known.get(key);
    if (made) {
      return Promise.resolve(made);
    }
    const pending = underWay.get(key) ?? render({ body, format }, key).finally(() => underWay.delete(key));
    underWay.set(key, pending);
    return pending;
  };
}

function isSmall({ body, format }: BodySource): boolean {
  return (
    format === 'text' ||
    (body.length <= SMALL.characters && splitByCost(body, format, SMALL.marks).rest === '')
  );
}

/** Tells open phone pages what just happened, as a stream of Server-Sent Events. */
import { PassThrough, type Readable } from 'node:stream';

/** A page that falls so far behind misses events rather than filling the memory; it reads anew when it reconnects. */
const MAX_BEHIND_BYTES = 256 * 1024;

/** What can happen: a message reached a person, a person came or changed, the menu changed, another platform got something. */
export type LiveEventName = 'inbox' | 'follower' | 'menu' | 'arrival';

/** The stream to all open pages. */
export interface LiveEvents {
  /** Tells every open page; `fields` stay small and flat. Costs nothing when no page is open. */
  tell(name: LiveEventName, fields: Readonly<Record<string, unknown>>): void;
  /** Opens one page's stream. It ends when the page goes away or `close` is called. */
  open(): Readable;
  /** Ends all streams. */
  close(): void;
}

/** Makes the hub, with nobody listening. */
export function createLiveEvents(): LiveEvents {
  const pages = new Set<PassThrough>();
  return {
    tell: (name, fields) => {
      if (pages.size === 0) {
        return;
      }
      const text = `event: ${name}\ndata: ${JSON.stringify(fields)}\n\n`;
      for (const page of pages) {
        if (page.writableLength + page.readableLength < MAX_BEHIND_BYTES) {
          page.write(text);
        }
      }
    },
    open: () => {
      const page = new PassThrough();
      page.write('retry: 1000\n\n');
      pages.add(page);
      page.once('close', () => pages.delete(page));
      return page;
    },
    close: () => {
      for (const page of pages) {
        page.end();
        page.destroy();
      }
      pages.clear();
    },
  };
}

/** What a person received: the list of their own messages, newest first, with a search that never takes long. */
import { closeCut } from '#src/lib/html-tags.js';
import { takeCodePoints, toPlainText } from '#src/lib/text.js';
import { BODY_START, listReceived, type ReceivedRow } from '#src/store/received.js';
import type { CoreDeps } from './deps.js';
import type { PageLinks } from './page-links.js';
import type { Format } from './types.js';

/** A message as its receiver sees it in a list. */
export interface ReceivedMessage {
  id: number;
  /** Its page. */
  url: string;
  title: string;
  /** The beginning of the text, plain; empty where the title says it all. */
  preview: string;
  /** The app it came from; null for messages that one's own keys sent. */
  appName: string | null;
  source: string;
  /** `sent`, `failed`, `cancelled`, or under way. */
  state: 'sent' | 'failed' | 'cancelled' | 'sending';
  isRead: boolean;
  isDeleted: boolean;
  at: Date;
}

/** A part of the list. */
export interface ReceivedList {
  items: ReceivedMessage[];
  /** Where to go on: pass it as `before`. Null at the end. */
  before: number | null;
}

/** A search looks at so many deliveries at once; older ones are a click away. */
const WINDOW = 20_000;
const PREVIEW_LENGTH = 80;

/** The verbs of received messages. */
export type ReceivedMessages = ReturnType<typeof createReceivedMessages>;

/** Makes the verbs; `window` is how many deliveries one search looks at. */
export function createReceivedMessages({ db }: CoreDeps, links: PageLinks, window = WINDOW) {
  /** A part of what a person received. */
  async function listMine(
    personId: number,
    wish: { search: string; before?: number; take: number },
  ): Promise<ReceivedList> {
    const { search, before, take } = wish;
    const found = await listReceived(db, {
      personId,
      search,
      take: take + 1,
      window: search === '' ? (take + 1) * 20 : window,
      ...(before === undefined ? {} : { before }),
    });
    const shown = found.rows.slice(0, take);
    const limit = search === '' ? (take + 1) * 20 : window;
    const next =
      found.rows.length > take ? shown.at(-1)?.deliveryId : found.looked >= limit ? found.oldest : null;
    return { items: shown.map((row) => toMessage(row, links)), before: next ?? null };
  }

  return { listMine };
}

function toMessage(row: ReceivedRow, links: PageLinks): ReceivedMessage {
  const isCut = row.format !== 'text' && row.body.length >= BODY_START;
  const plain = toPlainText(isCut ? closeCut(row.body) : row.body, row.format as Format);
  const title = row.title || row.summary;
  const preview = title === '' ? '' : row.title !== '' && row.summary !== '' ? row.summary : plain;
  return {
    id: row.messageId,
    url: links.urlOf(row.messageId, row.deliveryId),
    title: takeCodePoints(title || plain, PREVIEW_LENGTH, '…'),
    preview: preview === title ? '' : takeCodePoints(preview, PREVIEW_LENGTH, '…'),
    appName: row.appName,
    source: row.source,
    state: toState(row.state),
    isRead: row.isRead,
    isDeleted: row.isDeleted,
    at: new Date(row.createdAt),
  };
}

function toState(state: string): ReceivedMessage['state'] {
  if (state === 'unknown') {
    // To its receiver a message that may be there is one that was sent.
    return 'sent';
  }
  return state === 'sent' || state === 'failed' || state === 'cancelled' ? state : 'sending';
}

/** QR codes as their owners see them: lists, one code by its scene, and its scans day by day. */
import { chinaDayStart } from '#src/lib/china-time.js';
import type { QrCode as QrCodeRow } from '#src/store/generated/client.js';
import { scanFigure } from '#src/store/scans.js';
import { pickScenes } from '#src/store/text-search.js';
import type { CoreDeps } from './deps.js';
import { notFound } from './errors.js';

/** A code with its numbers. */
export interface ListedQrCode {
  scene: string;
  code: string;
  appId: number;
  topicId: number;
  extra: string;
  permanent: boolean;
  /** The one that is shown for its app or topic, and followed by another in time. */
  usual: boolean;
  /** The text that the picture encodes. */
  url: string;
  createdAt: Date;
  expiresAt: Date | null;
  isExpired: boolean;
  scans: number;
  lastScanAt: Date | null;
  /** Who scanned last; empty: nobody. */
  lastUid: string;
}

/** The scans of one day, China time. */
export interface DayScans {
  /** When the day began. */
  day: Date;
  scans: number;
}

/** Which parameterised codes to list, the newest first. */
export interface QrCodeSearch {
  /** Part of the parameter, or a whole scene; empty: all. */
  text?: string;
  /** Where the part before ended; what is no such place is the beginning. */
  before?: string;
  take: number;
}

/** Part of the codes. */
export interface FoundQrCodes {
  items: ListedQrCode[];
  /** Where to go on: pass it as `before`. Null at the end of the list. */
  before: string | null;
  /** The search stopped before its page was full, at codes of this time; null: it did not. */
  searchedTo: Date | null;
}

interface Cursor {
  createdAt: Date;
  scene: string;
}

const DAY_MS = 86_400_000;
/** A search looks at so many codes at once; older ones are a click away. */
const WINDOW = 20_000;

/** The verbs of lists of QR codes. */
export type QrCodeLists = ReturnType<typeof createQrCodeLists>;

/** Makes the verbs; `window` is how many codes one search looks at. */
export function createQrCodeLists({ db, clock }: CoreDeps, window = WINDOW) {
  /** Finds parameterised codes of an app (topicId 0) or topic. Nothing is counted, and an index is followed. */
  async function searchCodes(
    { appId, topicId }: { appId: number; topicId: number },
    { text = '', before = '', take }: QrCodeSearch,
  ): Promise<FoundQrCodes> {
    const here = { appId, topicId, permanent: false, usual: false };
    const named = text === '' ? null : await db.qrCode.findFirst({ where: { ...here, scene: text } });
    if (named) {
      return { items: await withLastUids([named]), before: null, searchedTo: null };
    }
    const cursor = readCursor(before);
    const older = { ...here, ...olderThan(cursor) };
    const edge =
      text === '' ? null : await db.qrCode.findFirst({ where: older, orderBy: NEWEST, skip: window - 1 });
    const found =
      text === ''
        ? older
        : {
            scene: {
              in: await pickScenes(db, { appId, topicId, before: cursor, text, window, take: take + 1 }),
            },
          };
    const rows = await db.qrCode.findMany({ where: found, orderBy: NEWEST, take: take + 1 });
    const shown = rows.slice(0, take);
    const items = await withLastUids(shown);
    if (rows.length > take) {
      return { items, before: writeCursor(shown.at(-1)), searchedTo: null };
    }
    return { items, before: writeCursor(edge), searchedTo: edge?.createdAt ?? null };
  }

  /** A code of a place by its scene, ended or not; throws not_found. */
  async function getCode(place: { appId: number; topicId: number }, scene: string): Promise<ListedQrCode> {
    const row = await db.qrCode.findUnique({ where: { scene } });
    const [code] =
      row?.appId === place.appId && row.topicId === place.topicId ? await withLastUids([row]) : [];
    if (!code) {
      throw notFound('二维码 QR code');
    }
    return code;
  }

  /** How often a code was scanned on each of the last `days` days, oldest first. */
  async function readScans(scene: string, days: number): Promise<DayScans[]> {
    const today = chinaDayStart(clock.now());
    const starts = Array.from({ length: days }, (_, at) => new Date(today - (days - 1 - at) * DAY_MS));
    const rows = await db.hourFigure.findMany({ where: { name: scanFigure(scene), hour: { in: starts } } });
    const scansOf = new Map(rows.map(({ hour, value }) => [hour.getTime(), value]));
    return starts.map((day) => ({ day, scans: scansOf.get(day.getTime()) ?? 0 }));
  }

  async function withLastUids(rows: readonly QrCodeRow[]): Promise<ListedQrCode[]> {
    const ids = rows.flatMap(({ lastPersonId }) => lastPersonId ?? []);
    const people = await db.person.findMany({ where: { id: { in: ids } }, select: { id: true, uid: true } });
    const uidOf = new Map(people.map(({ id, uid }) => [id, uid]));
    return rows.map((row) => toListed(row, uidOf.get(row.lastPersonId ?? 0n) ?? '', clock.now()));
  }

  return { searchCodes, getCode, readScans };
}

/** The order of the index; codes of one moment are told apart by their scenes. */
const NEWEST = [{ createdAt: 'desc' as const }, { scene: 'desc' as const }];

/** The first condition leads into the index; the second passes over what was shown. */
function olderThan(cursor: Cursor | null) {
  return cursor
    ? {
        createdAt: { lte: cursor.createdAt },
        OR: [{ createdAt: { lt: cursor.createdAt } }, { scene: { lt: cursor.scene } }],
      }
    : {};
}

function readCursor(text: string): Cursor | null {
  const [, at, scene] = /^(\d{1,15})-(\w{1,64})$/.exec(text) ?? [];
  return at !== undefined && scene !== undefined ? { createdAt: new Date(Number(at)), scene } : null;
}

function writeCursor(code: Cursor | null | undefined): string | null {
  return code ? `${code.createdAt.getTime()}-${code.scene}` : null;
}

function toListed(row: QrCodeRow, lastUid: string, now: number): ListedQrCode {
  const { lastPersonId: _lastPersonId, ticket: _ticket, ...code } = row;
  return { ...code, lastUid, isExpired: row.expiresAt !== null && row.expiresAt.getTime() <= now };
}

/** QR codes as their owners see them: lists, one code by its scene, and its scans day by day. */
import { chinaDayStart } from '#src/lib/china-time.js';
import type { QrCode as QrCodeRow } from '#src/store/generated/client.js';
import { scanFigure } from '#src/store/scans.js';
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

const DAY_MS = 86_400_000;

/** The verbs of lists of QR codes. */
export type QrCodeLists = ReturnType<typeof createQrCodeLists>;

/** Makes the verbs. */
export function createQrCodeLists({ db, clock }: CoreDeps) {
  /** Parameterised codes of an app (topicId 0) or topic, newest first. Nothing is counted: ask for one more than you show. */
  async function listParameterised(
    place: { appId: number; topicId: number },
    page: { skip: number; take: number },
  ): Promise<ListedQrCode[]> {
    const { appId, topicId } = place;
    const rows = await db.qrCode.findMany({
      where: { appId, topicId, permanent: false },
      orderBy: { createdAt: 'desc' },
      ...page,
    });
    return withLastUids(rows);
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

  return { listParameterised, getCode, readScans };
}

function toListed(row: QrCodeRow, lastUid: string, now: number): ListedQrCode {
  const { lastPersonId: _lastPersonId, ticket: _ticket, ...code } = row;
  return { ...code, lastUid, isExpired: row.expiresAt !== null && row.expiresAt.getTime() <= now };
}

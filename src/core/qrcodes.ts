/** QR codes: what a scene means. Any `extra` fits, since the platform only ever sees a short scene code. */
import { LRUCache } from 'lru-cache';
import { createBatcher } from '#src/lib/batcher.js';
import { atMost } from '#src/lib/cache-size.js';
import { chinaDayStart } from '#src/lib/china-time.js';
import { randomText } from '#src/lib/ids.js';
import type { QrCode as QrCodeRow } from '#src/store/generated/client.js';
import { countScans } from '#src/store/scans.js';
import type { CoreDeps } from './deps.js';
import { AppError, notFound } from './errors.js';
import { rememberMs } from './remember.js';

/** Makes the platform's side of a QR code; throws when the platform refuses. */
export interface QrcodeMaker {
  createQrcode(input: { scene: string; expireSeconds?: number }): Promise<{ ticket: string; url: string }>;
}

/** A QR code with its meaning. */
export interface QrCode {
  scene: string;
  /** What outsiders hold: 64 characters. */
  code: string;
  appId: number;
  topicId: number;
  extra: string;
  permanent: boolean;
  /** The text that the picture encodes. */
  url: string;
  expiresAt: Date | null;
}

/** Limits of parameterised codes (the platform's own for the time: 30 days). */
export const QRCODE_LIMITS = { extraMax: 64, validSecondsMax: 2_592_000, validSecondsDefault: 1800 };

/** The verbs of QR codes. */
export type QrCodes = ReturnType<typeof createQrCodes>;

/** Makes the verbs of QR codes. */
export function createQrCodes(deps: CoreDeps, maker: QrcodeMaker) {
  const { db, clock } = deps;
  const byScene = new LRUCache<string, QrCode>({ ...atMost(10_000), ttl: rememberMs(db) });
  const scans = createBatcher({
    run: async (items: { scene: string; personId: number }[]) => {
      const now = clock.now();
      await countScans(db, sumScans(items), { now, day: chinaDayStart(now) });
      return items.map(() => undefined);
    },
    maxItems: 500,
  });

  /** Makes a temporary code with a parameter. Throws bad_field, or what the maker throws. */
  async function createParameterised(input: {
    appId: number;
    extra: string;
    validSeconds: number;
  }): Promise<QrCode> {
    if (input.extra === '' || isTooLong(input.extra)) {
      throw badExtra(1);
    }
    return createTemporary({ ...input, topicId: 0 });
  }

  /** Makes a temporary code of an app (topicId 0) or topic, with a parameter or an empty text. Throws as above. */
  async function createTemporary(input: {
    appId: number;
    topicId: number;
    extra: string;
    validSeconds: number;
  }): Promise<QrCode> {
    if (isTooLong(input.extra)) {
      throw badExtra(0);
    }
    const { validSeconds } = input;
    if (!Number.isInteger(validSeconds) || validSeconds < 1 || validSeconds > QRCODE_LIMITS.validSecondsMax) {
      throw new AppError('bad_field', {
        field: 'validTime',
        detail: `1..${QRCODE_LIMITS.validSecondsMax} 秒 1..${QRCODE_LIMITS.validSecondsMax} seconds`,
      });
    }
    return store(input);
  }

  /** The permanent code of an app (topicId 0) or topic, made on the first call. */
  async function getDefault(appId: number, topicId = 0): Promise<QrCode> {
    const row = await db.qrCode.findFirst({ where: { appId, topicId, permanent: true } });
    return row ? toQrCode(row) : store({ appId, topicId, extra: '' });
  }

  async function store(input: { appId: number; topicId: number; extra: string; validSeconds?: number }) {
    const code = randomText(64);
    const scene = code.slice(0, 20);
    const now = clock.now();
    const { validSeconds, ...meaning } = input;
    const made = await maker.createQrcode({
      scene,
      ...(validSeconds === undefined ? {} : { expireSeconds: validSeconds }),
    });
    const row = await db.qrCode.create({
      data: {
        ...meaning,
        scene,
        code,
        permanent: validSeconds === undefined,
        ticket: made.ticket,
        url: made.url,
        expiresAt: validSeconds === undefined ? null : new Date(now + validSeconds * 1000),
        createdAt: new Date(now),
      },
    });
    return toQrCode(row);
  }

  /** What a scene means, or null when it is unknown or its time has passed. */
  async function findByScene(scene: string): Promise<QrCode | null> {
    const cached = byScene.get(scene);
    const found = cached ?? (await readScene(scene));
    return found && !isExpired(found) ? found : null;
  }

  async function readScene(scene: string): Promise<QrCode | null> {
    const row = await db.qrCode.findUnique({ where: { scene } });
    if (!row) {
      return null;
    }
    const code = toQrCode(row);
    byScene.set(scene, code);
    return code;
  }

  /** Whether a temporary code's time has passed. */
  function isExpired(code: QrCode): boolean {
    return code.expiresAt !== null && code.expiresAt.getTime() <= clock.now();
  }

  /** Counts a scan and remembers its person as the last. */
  async function recordScan(scene: string, personId: number): Promise<void> {
    await scans({ scene, personId });
  }

  /** A code by what outsiders hold, with its last scanner's UID or null; throws not_found. */
  async function getByCode(code: string): Promise<QrCode & { lastUid: string | null }> {
    const row = await db.qrCode.findUnique({ where: { code } });
    if (!row) {
      throw notFound('二维码 QR code');
    }
    const last = row.lastPersonId ? await db.person.findUnique({ where: { id: row.lastPersonId } }) : null;
    return { ...toQrCode(row), lastUid: last?.uid ?? null };
  }

  /**
   * Removes a temporary code of an app (topicId 0) or topic: who scans it from now on subscribes to nothing, who
   * came by it stays. Its scans by day are forgotten with their month. Throws not_found, also for the permanent code.
   */
  async function deleteCode(place: { appId: number; topicId: number }, scene: string): Promise<void> {
    const { appId, topicId } = place;
    const where = { scene, appId, topicId, permanent: false };
    const { count } = await db.qrCode.deleteMany({ where });
    if (count === 0) {
      throw notFound('二维码 QR code');
    }
    byScene.delete(scene);
  }

  /** Drops the remembered meanings of an app's codes, after the app or a topic is removed. */
  function forgetApp(appId: number): void {
    for (const [scene, code] of byScene.entries()) {
      if (code.appId === appId) {
        byScene.delete(scene);
      }
    }
  }

  return {
    createParameterised,
    createTemporary,
    getDefault,
    findByScene,
    isExpired,
    recordScan,
    getByCode,
    deleteCode,
    forgetApp,
  };
}

function isTooLong(extra: string): boolean {
  return [...extra].length > QRCODE_LIMITS.extraMax;
}

function badExtra(least: number): AppError {
  const detail = `${least}..${QRCODE_LIMITS.extraMax} 个字符 characters`;
  return new AppError('bad_field', { field: 'extra', detail });
}

function sumScans(items: readonly { scene: string; personId: number }[]) {
  const sums = new Map<string, { scene: string; personId: number; scans: number }>();
  for (const { scene, personId } of items) {
    sums.set(scene, { scene, personId, scans: (sums.get(scene)?.scans ?? 0) + 1 });
  }
  return [...sums.values()];
}

function toQrCode(row: QrCodeRow): QrCode {
  const { scene, code, appId, topicId, extra, permanent, url, expiresAt } = row;
  return { scene, code, appId, topicId, extra, permanent, url, expiresAt };
}

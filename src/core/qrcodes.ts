/** QR codes: what a scene means. Any `extra` fits, since the platform only ever sees a short scene code. */
import { LRUCache } from 'lru-cache';
import { createBatcher } from '#src/lib/batcher.js';
import { atMost } from '#src/lib/cache-size.js';
import { chinaDayStart } from '#src/lib/china-time.js';
import { randomText } from '#src/lib/ids.js';
import type { QrCode as QrCodeRow } from '#src/store/generated/client.js';
import { countScans } from '#src/store/scans.js';
import type { CodeBudget } from './code-budget.js';
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
  /** The temporary one that stands for its app or topic, and is followed by another in time. */
  usual: boolean;
  /** The text that the picture encodes. */
  url: string;
  expiresAt: Date | null;
}

/** Limits of parameterised codes (the platform's own for the time: 30 days). */
export const QRCODE_LIMITS = { extraMax: 64, validSecondsMax: 2_592_000, validSecondsDefault: 1800 };

/** The usual code of an app or topic lasts as long as a temporary one can; with less than this left another takes its place. */
const RENEW_BEFORE_MS = 7 * 86_400_000;
/** A temporary code that is asked for again is the same while nine tenths of its time are left. */
const SAME_WHILE = 0.9;

/** What a temporary code is made of. */
interface TemporaryInput {
  appId: number;
  topicId: number;
  extra: string;
  validSeconds: number;
  /** Nobody is signed in who asks for it: it comes out of the visitors' share. */
  isForVisitor?: boolean;
}

/** The verbs of QR codes. */
export type QrCodes = ReturnType<typeof createQrCodes>;

/** Makes the verbs of QR codes. */
export function createQrCodes(deps: CoreDeps, maker: QrcodeMaker, budget: CodeBudget) {
  const { db, clock } = deps;
  /** Codes that are just being made: who asks meanwhile waits for the same. */
  const making = new Map<string, Promise<QrCode>>();
  const byScene = new LRUCache<string, QrCode>({ ...atMost(10_000), ttl: rememberMs(db) });
  const scans = createBatcher({
    run: async (items: { scene: string; personId: number }[]) => {
      const now = clock.now();
      await countScans(db, sumScans(items), { now, day: chinaDayStart(now) });
      return items.map(() => undefined);
    },
    maxItems: 500,
  });

  /** Makes a temporary code with a parameter. Throws bad_field, limit_reached, or what the maker throws. */
  async function createParameterised(input: Omit<TemporaryInput, 'topicId'>): Promise<QrCode> {
    if (input.extra === '' || isTooLong(input.extra)) {
      throw badExtra(1);
    }
    return createTemporary({ ...input, topicId: 0 });
  }

  /** Makes a temporary code of an app (topicId 0) or topic, with a parameter or an empty text. Throws as above. */
  async function createTemporary(input: TemporaryInput): Promise<QrCode> {
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
    return store(input, {});
  }

  /** A temporary code without a parameter, for so long: the same one again while nearly all of its time is left. Throws as above. */
  async function getTemporary(appId: number, topicId: number, validSeconds: number): Promise<QrCode> {
    const now = clock.now();
    const row = await db.qrCode.findFirst({
      where: {
        ...{ appId, topicId, permanent: false, extra: '' },
        expiresAt: {
          gt: new Date(now + validSeconds * SAME_WHILE * 1000),
          lte: new Date(now + validSeconds * 1000),
        },
      },
      orderBy: { createdAt: 'desc' },
    });
    return row ? toQrCode(row) : createTemporary({ appId, topicId, extra: '', validSeconds });
  }

  /**
   * The code of an app (topicId 0) or topic: the printable one where somebody asked for it, else one that lasts weeks and is
   * followed by another in time. Throws limit_reached, or what the maker throws.
   */
  async function getDefault(appId: number, topicId = 0): Promise<QrCode> {
    const lasting = await findPrintable(appId, topicId);
    if (lasting) {
      return lasting;
    }
    const now = clock.now();
    const row = await db.qrCode.findFirst({
      where: { appId, topicId, permanent: false, usual: true, expiresAt: { gt: new Date(now) } },
      orderBy: { createdAt: 'desc' },
    });
    const known = row ? toQrCode(row) : null;
    if (known && Number(known.expiresAt) > now + RENEW_BEFORE_MS) {
      return known;
    }
    const validSeconds = QRCODE_LIMITS.validSecondsMax;
    const made = makeOnce(`${appId} ${topicId} usual`, () =>
      store({ appId, topicId, extra: '', validSeconds }, { usual: true }),
    );
    // While the one before still works, nobody needs to hear that there is no other yet.
    return known ? made.catch(() => known) : made;
  }

  /** The permanent code of an app (topicId 0) or topic, if one was made. */
  async function findPrintable(appId: number, topicId = 0): Promise<QrCode | null> {
    const row = await db.qrCode.findFirst({ where: { appId, topicId, permanent: true } });
    return row ? toQrCode(row) : null;
  }

  /**
   * The permanent code of an app (topicId 0) or topic, made on the first call: an account has 100,000 for ever, and none comes
   * back. Throws limit_reached, limit_full, or what the maker throws.
   */
  async function getPrintable(appId: number, topicId = 0): Promise<QrCode> {
    const known = await findPrintable(appId, topicId);
    return (
      known ??
      makeOnce(`${appId} ${topicId} lasting`, async () => {
        await budget.takePrintable(appId);
        return store({ appId, topicId, extra: '' }, {});
      })
    );
  }

  function makeOnce(name: string, make: () => Promise<QrCode>): Promise<QrCode> {
    const known = making.get(name);
    if (known) {
      return known;
    }
    const made = make().finally(() => making.delete(name));
    making.set(name, made);
    return made;
  }

  async function store(
    input: Omit<TemporaryInput, 'validSeconds'> & { validSeconds?: number },
    { usual = false }: { usual?: boolean },
  ) {
    const { validSeconds, isForVisitor = false, ...meaning } = input;
    await budget.takeCode(isForVisitor ? null : input.appId);
    const code = randomText(64);
    const scene = code.slice(0, 20);
    const now = clock.now();
    const made = await maker.createQrcode({
      scene,
      ...(validSeconds === undefined ? {} : { expireSeconds: validSeconds }),
    });
    const row = await db.qrCode.create({
      data: {
        ...meaning,
        scene,
        code,
        usual,
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

  /** The code whose picture is shown under what outsiders hold: of a usual code the one that stands in its place now. Throws not_found. */
  async function getShown(code: string): Promise<QrCode> {
    const found = await getByCode(code);
    return found.usual ? getDefault(found.appId, found.topicId) : found;
  }

  /**
   * Removes a temporary code of an app (topicId 0) or topic: who scans it from now on subscribes to nothing, who
   * came by it stays. Its scans by day are forgotten with their month. Throws not_found, also for the permanent and the usual code.
   */
  async function deleteCode(place: { appId: number; topicId: number }, scene: string): Promise<void> {
    const { appId, topicId } = place;
    const where = { scene, appId, topicId, permanent: false, usual: false };
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
    getTemporary,
    getDefault,
    findPrintable,
    getPrintable,
    findByScene,
    isExpired,
    recordScan,
    getByCode,
    getShown,
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
  const { scene, code, appId, topicId, extra, permanent, usual, url, expiresAt } = row;
  return { scene, code, appId, topicId, extra, permanent, usual, url, expiresAt };
}

/** QR codes with a parameter: making one, asking who scanned it, and its picture. */
import type { Context } from 'koa';
import { AppError, notFound } from '#src/core/errors.js';
import type { Core } from '#src/core/index.js';
import { QRCODE_LIMITS } from '#src/core/qrcodes.js';
import { qrPng } from '#src/lib/qr-picture.js';
import { type Call, CODES, toFailure } from './envelope.js';
import { Refusal } from './errors.js';
import { getAppByToken } from './find-app.js';
import { parseFields, qrcodeSchema, scanSchema } from './schema.js';

/** The address of a code's picture. The picture is a PNG; clients know it under this ending. */
export const PICTURE_PATH = '/api/qrcode/:code.jpg';

/** The calls of QR codes. */
export function createQrcodeCalls(core: Core): Call[] {
  return [
    {
      method: 'POST',
      path: '/api/fun/create/qrcode',
      run: async ({ fields }) => {
        const { appToken, extra = '', validTime } = parseFields(qrcodeSchema, fields);
        const app = await getAppByToken(core, appToken);
        const validSeconds = validTime ?? QRCODE_LIMITS.validSecondsDefault;
        const made = await core.qrcodes.createParameterised({ appId: app.id, extra, validSeconds });
        return {
          data: {
            expires: made.expiresAt?.getTime() ?? 0,
            code: made.code,
            shortUrl: made.url,
            url: `${core.publicUrl}${PICTURE_PATH.replace(':code', made.code)}`,
            extra: made.extra,
          },
        };
      },
    },
    {
      method: 'GET',
      path: '/api/fun/scan-qrcode-uid',
      run: async ({ fields }) => {
        const { appToken, code = '' } = parseFields(scanSchema, fields);
        return { data: await findScanner(core, code.trim(), appToken) };
      },
    },
  ];
}

/** The UID of the last scanner. Some clients send their token along: then it must be the code's own app's. */
async function findScanner(core: Core, code: string, appToken: string | undefined): Promise<string> {
  const found = await core.qrcodes.getByCode(code);
  if (appToken !== undefined && (await getAppByToken(core, appToken)).id !== found.appId) {
    throw notFound('二维码 QR code');
  }
  if (found.lastUid !== null) {
    return found.lastUid;
  }
  if (core.qrcodes.isExpired(found)) {
    throw new AppError('expired', { what: '二维码' });
  }
  throw new Refusal(CODES.refused, '还没有用户扫码');
}

/** Answers the picture of a code: 404 for one that was never made, 410 for one whose time has passed. */
export async function answerPicture(core: Core, ctx: Context, code: string): Promise<void> {
  try {
    const found = await core.qrcodes.getShown(code);
    if (core.qrcodes.isExpired(found)) {
      throw new AppError('expired', { what: '二维码' });
    }
    ctx.set('Cache-Control', 'private, max-age=60');
    ctx.type = 'image/png';
    ctx.body = await qrPng(found.url);
  } catch (error) {
    if (!(error instanceof AppError)) {
      throw error;
    }
    ctx.status = error.status;
    ctx.body = toFailure(CODES.refused, error.zh);
  }
}

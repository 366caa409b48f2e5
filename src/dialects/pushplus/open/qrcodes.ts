/** The calls that give QR codes of groups and of the account itself, and their pictures. */
import type { Context } from 'koa';
import { z } from 'zod';
import { AppError } from '#src/core/errors.js';
import type { Core } from '#src/core/index.js';
import { QRCODE_LIMITS, type QrCode } from '#src/core/qrcodes.js';
import { qrPng } from '#src/lib/qr-picture.js';
import { type Call, DONE, notServed } from './call.js';
import { integer, parseFields, text } from './read-fields.js';
import { getOwn, toPictureUrl } from './topics.js';

/** The address of a code's picture. */
export const PICTURE_PATH = '/api/common/qrcode/:code.png';

const lasting = { second: integer.optional(), scanCount: integer.optional() };
const topicAsk = z.object({ topicId: integer, ...lasting });
const friendAsk = z.object({ content: text.optional(), ...lasting });

/** The calls that give QR codes. */
export function createQrcodeCalls(core: Core): Call[] {
  return [
    {
      method: 'GET',
      path: '/topic/qrCode',
      run: async (caller, fields) => {
        const { topicId, ...asked } = parseFields(topicAsk, fields);
        const { appId } = await getOwn(core, caller, topicId);
        const validSeconds = readSeconds(asked) ?? QRCODE_LIMITS.validSecondsMax;
        const code = await core.qrcodes.getTemporary(appId, topicId, validSeconds);
        return { data: { qrCodeImgUrl: toPictureUrl(core, code.code), forever: 0 } };
      },
    },
    {
      method: 'GET',
      path: '/friend/getQrCode',
      run: async ({ personId }, fields) => {
        const { content: extra = '', ...asked } = parseFields(friendAsk, fields);
        await core.accounts.checkSender(personId);
        const { id: appId } = await core.spaces.getSpace(personId);
        const code = await getFriendCode(core, { appId, extra, validSeconds: readSeconds(asked) });
        return { data: { qrCodeImgUrl: toPictureUrl(core, code.code) }, msg: DONE };
      },
    },
  ];
}

/** Answers the picture of a code: 404 for one that was never made, 410 for one whose time has passed. */
export async function answerPicture(core: Core, ctx: Context, code: string): Promise<void> {
  const found = await core.qrcodes.getShown(code);
  if (core.qrcodes.isExpired(found)) {
    throw new AppError('expired', { what: '二维码 QR code' });
  }
  ctx.set('Cache-Control', 'private, max-age=60');
  ctx.type = 'image/png';
  ctx.body = await qrPng(found.url);
}

/** Without a parameter and a time it is the account's own, whose picture always shows the code that works. */
function getFriendCode(
  core: Core,
  { appId, extra, validSeconds }: { appId: number; extra: string; validSeconds: number | null },
): Promise<QrCode> {
  if (extra === '' && validSeconds === null) {
    return core.qrcodes.getDefault(appId);
  }
  const seconds = validSeconds ?? QRCODE_LIMITS.validSecondsMax;
  return extra === ''
    ? core.qrcodes.getTemporary(appId, 0, seconds)
    : core.qrcodes.createTemporary({ appId, topicId: 0, extra, validSeconds: seconds });
}

/** How long a code is to last, thirty days at most; null where nothing is said of it. */
function readSeconds({ second = 0, scanCount = 0 }: { second?: number; scanCount?: number }): number | null {
  if (scanCount > 0) {
    throw notServed('限制扫码次数的二维码(scanCount)');
  }
  return second < 1 ? null : Math.min(second, QRCODE_LIMITS.validSecondsMax);
}

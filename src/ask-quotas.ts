/** Asks WeChat what the account may still do today: what may be sent, for the drawings, and how many QR codes, for the limits. */
import type { Core } from './core/index.js';
import type { WechatPlatform } from './platforms/wechat/index.js';

/** The call whose daily quota is drawn. */
const TEMPLATE_CALL = '/cgi-bin/message/template/send';
/** The call that visitors and people's apps share. */
const QRCODE_CALL = '/cgi-bin/qrcode/create';

/** Makes the asking, which is done once an hour however often it is called. */
export function createAskQuotas(core: Core, wechat: Pick<WechatPlatform, 'quota'>): () => Promise<void> {
  return () =>
    core.figures.noteQuota(async () => {
      const codes = await wechat.quota(QRCODE_CALL).catch(() => null);
      if (codes && codes.dailyLimit > 0) {
        await core.limits.notePlatform('qr-code', codes.dailyLimit);
      }
      return wechat.quota(TEMPLATE_CALL);
    });
}

/** The calls of PushPlus's that nothing here answers to: each says so itself, so that nobody looks for a mistake. */
import type { Call } from './call.js';

/** Such a call. Its request is not read: it may be a file. */
export interface NotServedCall {
  method: Call['method'];
  /** From the root; `*call` stands for a whole family. */
  path: string;
  what: string;
}

const PREPROCESSING = '预处理信息(pre)';
const CLAW_BOT = '微信ClawBot';
const IMAGES = '图片托管';
/** These families live beside the other calls, under a name of their own. */
const DOCUMENTS: readonly [string, string][] = [
  ['form', '表单(form)'],
  ['doc', '文档(doc)'],
  ['excel', '表格(excel)'],
];

const CALLS: readonly [Call['method'], string, string][] = [
  ['POST', '/topic/isOpen', '积分群组'],
  ['POST', '/pay/transferOrder', '积分提现'],
  ['POST', '/pre/list', PREPROCESSING],
  ['GET', '/pre/detail', PREPROCESSING],
  ['POST', '/pre/add', PREPROCESSING],
  ['POST', '/pre/edit', PREPROCESSING],
  ['POST', '/pre/test', PREPROCESSING],
  ['DELETE', '/pre/delete', PREPROCESSING],
  ['GET', '/clawBot/botInfo', CLAW_BOT],
  ['GET', '/clawBot/getBotQrcode', CLAW_BOT],
  ['GET', '/clawBot/getQrcodeStatus', CLAW_BOT],
  ['GET', '/clawBot/getMsg', CLAW_BOT],
  ['GET', '/clawBot/unbind', CLAW_BOT],
  ['GET', '/userImage/uploadToken', IMAGES],
  ['POST', '/userImage/list', IMAGES],
  ['DELETE', '/userImage/delete', IMAGES],
  ['POST', '/file/uploadImage', IMAGES],
];

/** All of them. */
export const NOT_SERVED: readonly NotServedCall[] = [
  ...CALLS.map(([method, path, what]) => ({ method, path: `/api/open${path}`, what })),
  ...DOCUMENTS.flatMap(([family, what]) =>
    (['GET', 'POST'] as const).map((method) => ({ method, path: `/push/api/open/${family}/*call`, what })),
  ),
];

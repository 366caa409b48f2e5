/** The calls of PushPlus's that nothing here answers to: each says so itself, so that nobody looks for a mistake. */
import { type Call, notServed } from './call.js';

const PREPROCESSING = '预处理信息(pre)';
const CLAW_BOT = '微信ClawBot';

const CALLS: readonly [Call['method'], string, string][] = [
  ['POST', '/topic/isOpen', '积分群组'],
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
];

/** These calls. */
export function createNotServedCalls(): Call[] {
  return CALLS.map(([method, path, what]) => ({ method, path, run: () => Promise.reject(notServed(what)) }));
}

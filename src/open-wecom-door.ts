/** Opens the server URL of the server's own WeCom app. */
import type { Config } from './config.js';
import type { Core } from './core/index.js';
import type { Clock } from './lib/clock.js';
import type { Logger } from './lib/logger.js';
import type { createOutgoing } from './outgoing.js';
import { createWecomDoor, type WechatDoor } from './wechat/index.js';

/** The WeCom app's server URL, where its token and key are set. */
export function openWecomDoor(parts: {
  core: Core;
  outgoing: ReturnType<typeof createOutgoing>;
  config: Config;
  clock: Clock;
  log: Logger;
}): WechatDoor | null {
  const { core, outgoing, clock, log } = parts;
  const { wecom } = parts.config;
  if (!wecom?.token || !wecom.aesKey) {
    return null;
  }
  return createWecomDoor({
    core,
    settings: { corpId: wecom.corpId, token: wecom.token, aesKey: wecom.aesKey },
    sendText: async (member, content) => {
      await outgoing.wecom.sendMessage(wecom, { touser: member, msgtype: 'text', text: { content } });
    },
    clock,
    log: log.child('wecom'),
  });
}

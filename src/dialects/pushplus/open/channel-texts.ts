/** What PushPlus calls its channels for people. */
import type { ChannelName } from '#src/dialects/pushplus/channels.js';

/** By the name that calls use. */
export const CHANNEL_TEXTS: Readonly<Record<ChannelName, string>> = {
  wechat: '微信公众号',
  webhook: '第三方webhook',
  cp: '企业微信应用',
  mail: '邮件',
  sms: '短信',
};

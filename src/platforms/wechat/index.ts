/** The WeChat official account's client: the only door into this folder. */
export { PlatformError, type PlatformErrorKind, type QuotaPause } from '#src/platforms/platform-error.js';
export type { StoredToken, TokenStore } from '#src/platforms/token-keeper.js';
export { type CodeMeaning, describeCode } from './codes.js';
export { createWechatPlatform } from './platform.js';
export type {
  CallbackCheck,
  CallQuota,
  FollowerPage,
  OauthRequest,
  QrcodeRequest,
  TemplateCard,
  WechatConfig,
  WechatDeps,
  WechatMenu,
  WechatMenuButton,
  WechatPlatform,
  WechatTemplate,
  WechatUser,
} from './types.js';

/** WeCom's client: the only door into this folder. */
export { PlatformError } from '#src/platforms/platform-error.js';
export { describeWecomCode, WECOM_CODES, type WecomCode, type WecomCodeKind, wecomError } from './errors.js';
export { createWecomPlatform } from './platform.js';
export type {
  WecomAgent,
  WecomConfig,
  WecomCredentials,
  WecomDeps,
  WecomMember,
  WecomMessage,
  WecomPlatform,
  WecomSent,
} from './types.js';

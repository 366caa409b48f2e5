/** Where WeChat's calls go, and how its refusals are told to callers. */
import type { WechatSettings } from './config.js';
import { AppError } from './core/errors.js';
import { PlatformError } from './platforms/wechat/index.js';

/** The real hosts, or the simulator of this very server; people's browsers reach it by the public address. */
export function withBases(settings: WechatSettings, urls: { selfUrl: string; publicUrl: string }) {
  const simulator = `${urls.selfUrl}/simulator/wechat`;
  const { appId, appSecret, apiBase, mpBase, openBase } = settings;
  return {
    appId,
    appSecret,
    apiBase: apiBase ?? simulator,
    mpBase: mpBase ?? simulator,
    openBase: openBase ?? `${urls.publicUrl}/simulator/wechat`,
  };
}

/** A refusal of WeChat's becomes an error that tells the caller what to do. */
export async function askWechat<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof PlatformError) {
      throw new AppError('wechat_failed', { detail: `${error.message}；${error.advice}` });
    }
    throw error;
  }
}

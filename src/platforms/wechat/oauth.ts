/** Signs people in inside WeChat: the page's address, and the trade of its code for a person. */
import { PlatformError } from '#src/platforms/platform-error.js';
import { readText } from './answers.js';
import type { WechatClient } from './client.js';
import { decodeError } from './errors.js';
import type { OauthRequest, WechatConfig } from './types.js';

const CALL = 'sns/oauth2/access_token';

/** The sign-in page. The platform insists on this order of parameters and on the fragment. */
export function buildOauthUrl(config: WechatConfig, input: OauthRequest): string {
  if (!/^[a-zA-Z0-9]{0,128}$/.test(input.state)) {
    throw new RangeError('an oauth state has at most 128 letters and digits');
  }
  const query = [
    `appid=${encodeURIComponent(config.appId)}`,
    `redirect_uri=${encodeURIComponent(input.redirectUri)}`,
    'response_type=code',
    `scope=${input.scope ?? 'snsapi_base'}`,
    `state=${input.state}`,
  ];
  return `${config.openBase.replace(/\/+$/, '')}/connect/oauth2/authorize?${query.join('&')}#wechat_redirect`;
}

/** Trades the code. The answer's tokens are of no use to us and go no further than here. */
export async function exchangeCode(
  client: WechatClient,
  config: WechatConfig,
  code: string,
): Promise<{ openid: string }> {
  const query = [
    `appid=${encodeURIComponent(config.appId)}`,
    `secret=${encodeURIComponent(config.appSecret)}`,
    `code=${encodeURIComponent(code)}`,
    'grant_type=authorization_code',
  ];
  const answer = await client.getOpenly(`/sns/oauth2/access_token?${query.join('&')}`, [code]);
  if (answer.is_snapshotuser === 1) {
    throw new PlatformError(`wechat ${CALL}: a preview identity (is_snapshotuser) is nobody`, {
      platform: 'wechat',
      kind: 'api',
      call: CALL,
      advice:
        '当前是微信的快照页，请点右下角「使用完整服务」后再试。 This is WeChat’s preview of the page: tap “use the full service” at the bottom and try again.',
      retryable: false,
      uncertain: false,
    });
  }
  const openid = readText(answer.openid);
  if (openid === '') {
    throw decodeError(CALL, 'the answer holds no openid');
  }
  return { openid };
}

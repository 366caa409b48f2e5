/** Registration, as the Bark app and its tools ask for it: keys are made in WeChat, so it can only confirm what exists. */
import type { Context } from 'koa';
import type { Core } from '#src/core/index.js';
import { asWrongKey } from '#src/core/wrong-keys.js';
import { type BarkAnswer, BarkRefusal, SUCCESS, toUnknownKey } from './envelope.js';
import { readRegistration, unescapeSegments } from './read-parameters.js';

const MAX_TOKEN_LENGTH = 160;
const NO_NEW_KEYS =
  'device registration failed: 这里不能匿名新建 Key，请在微信里发送「密钥」获取自己的 Bark Key，填入 device_key new keys cannot be made here: ask for yours in WeChat and give it as device_key';

/** Answers `GET /register/{key}`: is this a key? Throws BarkRefusal, BodyError. */
export async function checkKey(core: Core, segment: string): Promise<BarkAnswer> {
  const [key = ''] = unescapeSegments([segment]);
  if (!(await core.keys.findOwner('bark', key))) {
    throw asWrongKey(new BarkRefusal(400, toUnknownKey(key)));
  }
  return SUCCESS;
}

/** Answers `/register`: confirms a known key without keeping the device's token. Throws BarkRefusal, BodyError. */
export async function register(core: Core, ctx: Context): Promise<BarkAnswer> {
  const fields = await readRegistration(ctx);
  const text = (...names: string[]): string =>
    names
      .map((name) => fields[name])
      .find((value): value is string => typeof value === 'string' && value !== '') ?? '';
  const token = text('device_token', 'devicetoken');
  const key = text('device_key', 'key').trim();
  if (token === '') {
    throw new BarkRefusal(400, 'device token is empty');
  }
  if (token.length > MAX_TOKEN_LENGTH) {
    throw new BarkRefusal(400, 'device token is invalid');
  }
  if (key === '' || !(await core.keys.findOwner('bark', key))) {
    throw asWrongKey(new BarkRefusal(400, NO_NEW_KEYS), key === '' ? 0 : 1);
  }
  return { ...SUCCESS, data: { key, device_key: key, device_token: token } };
}

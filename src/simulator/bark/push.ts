/** Pushes to one phone or to many, refused where a bark-server or Apple would refuse. */
import type Koa from 'koa';
import type { Arrivals } from '../arrivals.js';
import type { Call } from '../call.js';
import type { World } from '../world.js';
import type { BarkKeys } from './keys.js';
import { fitsApns, mainText, renderNotification, showOnPhone, toNotification } from './notification.js';
import { type BarkParameters, readBatch, readParameters } from './parameters.js';

/** One bark-server. */
export interface BarkState {
  world: World;
  keys: BarkKeys;
  arrivals: Arrivals;
  settings: {
    /** Basic auth; null lets everybody in. */
    credentials: { user: string; password: string } | null;
    /** How many keys a batch may have; -1 for any number. */
    maxBatch: number;
  };
}

/** An answer before it is put in the envelope; the HTTP status is the code. */
export interface BarkAnswer {
  code: number;
  message: string;
  data?: unknown;
}

const SUCCESS: BarkAnswer = { code: 200, message: 'success' };

/** Answers a push; `segments` are the path's parts from the device key on. */
export async function pushAll(
  state: BarkState,
  ctx: Koa.Context,
  { call, segments }: { call: Call; segments: readonly string[] },
): Promise<BarkAnswer> {
  const reading = await readParameters(ctx, call, segments);
  if ('problem' in reading) {
    return { code: 400, message: reading.problem };
  }
  const { parameters } = reading;
  const keys = reading.isV2 ? readBatch(parameters) : null;
  if (keys === 'invalid') {
    return { code: 400, message: 'invalid type for device_keys' };
  }
  if (!keys || keys.length === 0) {
    return pushOne(state, call, parameters);
  }
  const { maxBatch } = state.settings;
  if (maxBatch >= 0 && keys.length > maxBatch) {
    return { code: 400, message: `batch push count exceeds the maximum limit: ${maxBatch}` };
  }
  const rows = keys.map((key) => {
    const answer = pushOne(state, call, { ...parameters, device_key: key });
    return answer.code === 200
      ? { code: 200, device_key: key }
      : { code: answer.code, device_key: key, message: answer.message };
  });
  return { ...SUCCESS, data: rows };
}

function pushOne(state: BarkState, call: Call, parameters: BarkParameters): BarkAnswer {
  const key = typeof parameters.device_key === 'string' ? parameters.device_key : '';
  if (key === '') {
    return { code: 400, message: 'device key is empty' };
  }
  const phone = state.keys.find(key);
  if (!phone) {
    const why = `failed to get [${key}] device token from database`;
    return { code: 400, message: `failed to get device token: ${why}` };
  }
  if (phone.refusal) {
    // Apple's 410 and BadDeviceToken make the server forget the token: the next push finds an unknown key.
    state.keys.forgetToken(key);
    return { code: 500, message: `push failed: APNS push failed: ${phone.refusal}` };
  }
  const pushed = toNotification(parameters);
  if (!fitsApns(pushed)) {
    return { code: 500, message: 'push failed: APNS push failed: PayloadTooLarge' };
  }
  const shown = showOnPhone(pushed, phone.encryption);
  replaceEarlier(state, key, shown.extras.id);
  const { title, subtitle, sound, isRemoval, encryption, extras } = shown;
  const text = mainText(shown);
  const rendered = isRemoval ? '' : renderNotification(shown);
  const more = { title, subtitle, text, sound, encryption, isRemoval, isReplaced: isRemoval };
  const { url, image } = extras;
  state.arrivals.keep({ request: call.request, to: key, rendered, ...more, url, image, extras });
  return SUCCESS;
}

/** A notification with the id of an earlier one takes its place; a removal leaves nothing. */
function replaceEarlier({ arrivals }: BarkState, key: string, id: unknown): void {
  if (typeof id !== 'string' || id === '') {
    return;
  }
  for (const item of arrivals.list()) {
    const extras = item.extras as BarkParameters;
    if (item.to === key && extras.id === id) {
      item.isReplaced = true;
    }
  }
}

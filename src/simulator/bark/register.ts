/** Registration of a phone at a bark-server, by its three forms. */
import type Koa from 'koa';
import { type Call, formFields, parseRecord, queryFields } from '../call.js';
import type { BarkAnswer, BarkState } from './push.js';

const LONGEST_TOKEN = 160;

/** Answers `POST /register`, the compat form `GET /register?key=&devicetoken=`, and the check `GET /register/{key}`. */
export async function registerPhone(
  state: BarkState,
  ctx: Koa.Context,
  { call, segments }: { call: Call; segments: readonly string[] },
): Promise<BarkAnswer> {
  const [, asked] = segments;
  if (asked !== undefined) {
    return checkPhone(state, asked);
  }
  const fields = await readFields(ctx, call);
  if (!fields) {
    return { code: 400, message: 'request bind failed1: the body is not a JSON object' };
  }
  const token = fields.device_token || fields.devicetoken || '';
  if (token === '') {
    return { code: 400, message: 'device token is empty' };
  }
  if (token.length > LONGEST_TOKEN) {
    return { code: 400, message: 'device token is invalid' };
  }
  const key = state.keys.register(fields.device_key || fields.key || '');
  return { code: 200, message: 'success', data: { key, device_key: key, device_token: token } };
}

function checkPhone({ keys }: BarkState, key: string): BarkAnswer {
  return keys.find(key)
    ? { code: 200, message: 'success' }
    : { code: 400, message: `failed to get [${key}] device token from database` };
}

async function readFields(ctx: Koa.Context, call: Call): Promise<Record<string, string> | null> {
  if (!call.type.startsWith('application/json')) {
    return { ...queryFields(ctx), ...(await formFields(call)) };
  }
  const body = parseRecord(call.request.body);
  return (
    body &&
    Object.fromEntries(
      Object.entries(body).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
    )
  );
}

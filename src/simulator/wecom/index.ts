/** The simulated WeCom: qyapi.weixin.qq.com with two corps, and its group robots. */
import type Koa from 'koa';
import { parseRecord, readCall, sendJson } from '../call.js';
import type { Platform, ServedCall } from '../platform.js';
import { callerIp } from '../robot-rules.js';
import { createWecomBot, type WecomBot } from '../wecom-bot/index.js';
import type { World } from '../world.js';
import type { WecomCall } from './calls.js';
import { wecomControls } from './controls.js';
import { directoryCalls } from './directory-calls.js';
import { refusalBody, WecomRefusal } from './errors.js';
import { badField, readLoosely, TYPE_WARNING } from './loose-fields.js';
import { MAX_UPLOAD_BYTES } from './media.js';
import { sendCalls } from './send-calls.js';
import { createWecomState, findCorp, resetWecomState, type WecomState } from './wecom-state.js';

const MAX_BODY_BYTES = 1024 * 1024;
const CALLS: ReadonlyMap<string, WecomCall> = new Map(Object.entries({ ...sendCalls, ...directoryCalls }));

/** Makes the platform and its part of the control API. */
export function createWecomPlatform(world: World): Platform {
  const state = createWecomState(world);
  const bot = createWecomBot(world, state.media);
  return {
    name: 'wecom',
    serve: (ctx, path) => serveCall({ state, bot }, ctx, path),
    controls: [state.inbox.route, ...wecomControls(state), ...bot.controls],
    faultBody: (errcode) => refusalBody({ errcode }, { nowMs: world.clock.now(), ip: '127.0.0.1' }),
    reset: () => {
      resetWecomState(state);
      bot.reset();
    },
    stats: () => ({ wecomTokenDeaths: state.tokens.deaths }),
    pushRaw: (body) => state.pusher.pushRaw(body),
    idle: () => state.pusher.idle(),
    close: () => state.pusher.close(),
  };
}

/** Every answer is HTTP 200 and carries errcode and errmsg, also on success. */
async function serveCall(
  { state, bot }: { state: WecomState; bot: WecomBot },
  ctx: Koa.Context,
  path: string,
): Promise<ServedCall> {
  try {
    const answer = path.startsWith('/cgi-bin/webhook/')
      ? await bot.answer(ctx, path)
      : await answerCall(state, ctx, path);
    sendJson(ctx, 200, answer);
    return {};
  } catch (error) {
    if (!(error instanceof WecomRefusal)) {
      throw error;
    }
    sendJson(ctx, 200, refusalBody(error, { nowMs: state.world.clock.now(), ip: callerIp(ctx) }));
    return { errcode: error.errcode };
  }
}

async function answerCall(state: WecomState, ctx: Koa.Context, path: string): Promise<object> {
  const query = new URLSearchParams(ctx.querystring);
  if (path === '/cgi-bin/gettoken') {
    return { errcode: 0, errmsg: 'ok', ...issueToken(state, query) };
  }
  const isUpload = path === '/cgi-bin/media/upload';
  const known = CALLS.get(path);
  if (!known && !isUpload) {
    throw new WecomRefusal(40066);
  }
  const owner = state.tokens.use(query.get('access_token'));
  const { trustedIps } = owner.corp;
  if (trustedIps && !trustedIps.includes(callerIp(ctx))) {
    throw new WecomRefusal(60020);
  }
  const method = known?.method ?? 'POST';
  if ((ctx.method === 'HEAD' ? 'GET' : ctx.method) !== method) {
    throw new WecomRefusal(method === 'POST' ? 43002 : 43001);
  }
  const call = await readCall(ctx, isUpload ? MAX_UPLOAD_BYTES : MAX_BODY_BYTES);
  if (!known) {
    return { errcode: 0, errmsg: 'ok', ...(await state.media.add(query.get('type') ?? '', call)) };
  }
  if (!call || (state.maxBodyBytes !== null && call.bytes.length > state.maxBodyBytes)) {
    throw new WecomRefusal(45002);
  }
  const record = method === 'GET' ? {} : parseRecord(call.request.body);
  if (!record) {
    // The number for a body that is no JSON object is not documented; the catch-all is taken.
    throw badField('json parse error');
  }
  const body = readLoosely(record);
  return answerKnown(known, { state, owner, query, body, request: call.request });
}

/** A wrong type anywhere adds a warning to the text, of success and refusal alike. */
function answerKnown(call: WecomCall, input: Parameters<WecomCall['run']>[0]): object {
  try {
    const answer = call.run(input);
    return { errcode: 0, errmsg: input.body.isOdd() ? `ok. ${TYPE_WARNING}` : 'ok', ...answer };
  } catch (error) {
    if (error instanceof WecomRefusal && input.body.isOdd()) {
      throw new WecomRefusal(error.errcode, [error.detail, TYPE_WARNING].filter(Boolean).join('. '));
    }
    throw error;
  }
}

/** Refuses with 41002, 41004, 40013, 40001, or 40091 for the secret of another corp. */
function issueToken(state: WecomState, query: URLSearchParams): object {
  const corpId = query.get('corpid');
  const secret = query.get('corpsecret');
  if (!corpId) {
    throw new WecomRefusal(41002);
  }
  if (!secret) {
    throw new WecomRefusal(41004);
  }
  const corp = findCorp(state, corpId);
  if (!corp) {
    throw new WecomRefusal(40013);
  }
  const agent = corp.agents.find((known) => known.secret === secret);
  if (!agent) {
    const isForeign = state.corps.some(({ agents }) => agents.some((known) => known.secret === secret));
    throw new WecomRefusal(isForeign ? 40091 : 40001);
  }
  return state.tokens.issue({ corp, agent });
}

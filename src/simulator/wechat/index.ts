/** The simulated official account: api.weixin.qq.com and mp.weixin.qq.com under one base. */
import type Koa from 'koa';
import { BodyError, decodeUtf8, readRawBody } from '#src/lib/body.js';
import { qrPng } from '#src/lib/qr-picture.js';
import type { Platform, ServedCall } from '../platform.js';
import type { World } from '../world.js';
import { accountCalls } from './account-calls.js';
import { accountControls } from './account-controls.js';
import { serveAuthorize } from './authorize-page.js';
import { isRecord, type WechatCall, type WechatCalls } from './calls.js';
import { customCalls } from './custom-calls.js';
import { Refusal, refusalBody } from './errors.js';
import { followerControls } from './follower-controls.js';
import { menuCalls } from './menu-calls.js';
import { oauthCalls } from './oauth-calls.js';
import { qrcodeCalls } from './qrcode-calls.js';
import { templateAdminCalls } from './template-admin-calls.js';
import { templateCalls } from './template-calls.js';
import { tokenCalls } from './token-calls.js';
import { userCalls } from './user-calls.js';
import { createWechatState, resetWechatState, type WechatState } from './wechat-state.js';

const BODY_LIMIT_BYTES = 1024 * 1024;
const CALLS: ReadonlyMap<string, WechatCall> = new Map(
  [
    tokenCalls,
    qrcodeCalls,
    templateCalls,
    templateAdminCalls,
    customCalls,
    userCalls,
    menuCalls,
    accountCalls,
    oauthCalls,
  ].flatMap((calls: WechatCalls) => Object.entries(calls)),
);

/** Makes the account and its part of the control API. */
export function createWechatPlatform(world: World): Platform {
  const state = createWechatState(world);
  return {
    name: 'wechat',
    serve: (ctx, path) => servePath(state, ctx, path),
    controls: [...followerControls(state), ...accountControls(state)],
    faultBody: (errcode) => refusalBody(errcode, world.clock.now()),
    reset: () => resetWechatState(state),
    stats: () => ({ tokenDeaths: state.tokens.deaths, pushLoad: state.pusher.load() }),
    pushRaw: (body) => state.pusher.pushRaw(body),
    idle: () => state.pusher.idle(),
    close: () => state.pusher.close(),
  };
}

async function servePath(state: WechatState, ctx: Koa.Context, path: string): Promise<ServedCall> {
  if (path === '/cgi-bin/showqrcode') {
    await showPicture(state, ctx);
    return {};
  }
  if (path === '/connect/oauth2/authorize') {
    await serveAuthorize(state, ctx);
    return {};
  }
  return serveCall(state, ctx, path);
}

async function serveCall(state: WechatState, ctx: Koa.Context, path: string): Promise<ServedCall> {
  ctx.status = 200;
  ctx.type = 'application/json; charset=utf-8';
  let clientMsgId: string | undefined;
  try {
    const call = CALLS.get(path);
    if (!call) {
      ctx.status = 404;
      throw new Refusal(40066);
    }
    const query = new URLSearchParams(ctx.querystring);
    admit(state, { call, path, method: ctx.method, token: query.get('access_token') });
    const body = call.method === 'POST' ? await readJson(ctx) : {};
    clientMsgId = typeof body.client_msg_id === 'string' ? body.client_msg_id : undefined;
    const answer = call.run({ state, query, body, ip: ctx.ip.replace(/^::ffff:/, '') });
    ctx.body = typeof answer === 'string' ? answer : JSON.stringify(answer);
    return { clientMsgId };
  } catch (error) {
    if (!(error instanceof Refusal)) {
      throw error;
    }
    ctx.body = JSON.stringify(refusalBody(error.errcode, state.world.clock.now(), error.params));
    return { errcode: error.errcode, clientMsgId };
  }
}

interface Asked {
  call: WechatCall;
  path: string;
  method: string;
  token: string | null;
}

/** The common checks in the platform's order: token, right, method, quota. */
function admit(state: WechatState, { call, path, method, token }: Asked): void {
  const refusal = call.isOpen ? 0 : state.tokens.use(token);
  if (refusal !== 0) {
    throw new Refusal(refusal);
  }
  if (call.isServiceOnly && state.account.kind === 'subscription') {
    throw new Refusal(48001);
  }
  if ((method === 'HEAD' ? 'GET' : method) !== call.method) {
    throw new Refusal(call.method === 'POST' ? 43002 : 43001);
  }
  const overQuota = state.quotas.count(path);
  if (overQuota !== 0) {
    throw new Refusal(overQuota);
  }
}

/** The JSON object of a POST: 44002 when empty, 47001 when it is none. */
async function readJson(ctx: Koa.Context): Promise<Readonly<Record<string, unknown>>> {
  let value: unknown;
  try {
    const text = decodeUtf8(await readRawBody(ctx.req, { limitBytes: BODY_LIMIT_BYTES }));
    if (text === '') {
      throw new Refusal(44002);
    }
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof BodyError && error.reason === 'too_large') {
      throw new Refusal(45002);
    }
    if (error instanceof SyntaxError || (error instanceof BodyError && error.reason === 'encoding')) {
      throw new Refusal(47001);
    }
    throw error;
  }
  if (!isRecord(value)) {
    throw new Refusal(47001);
  }
  return value;
}

async function showPicture(state: WechatState, ctx: Koa.Context): Promise<void> {
  const code = state.codes.findByTicket(new URLSearchParams(ctx.querystring).get('ticket') ?? '');
  if (!code) {
    ctx.status = 404;
    ctx.body = '';
    return;
  }
  ctx.type = 'image/png';
  ctx.body = await qrPng(code.url);
}

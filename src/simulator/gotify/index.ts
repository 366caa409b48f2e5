/** A gotify server: `POST /message` with its answers, and what its clients show. */
import type Koa from 'koa';
import { type Arrivals, createArrivals } from '../arrivals.js';
import { type Call, formFields, isRecord, parseRecord, queryFields, readCall, sendJson } from '../call.js';
import type { Platform, ServedCall } from '../platform.js';
import type { World } from '../world.js';

const BODY_LIMIT_BYTES = 2 * 1024 * 1024;
const APP_NAME = '模拟应用';
const NAMES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  413: 'Request Entity Too Large',
  500: 'Internal Server Error',
};

interface GotifyState {
  world: World;
  arrivals: Arrivals;
}

interface GotifyMessage {
  message: string;
  title: string;
  priority: number;
  extras?: Record<string, unknown>;
}

/** Makes the gotify server: `/gotify/message`. Tokens that start with `sim-client` are a client's, not an application's. */
export function createGotifyPlatform(world: World): Platform {
  const state = { world, arrivals: createArrivals(world, 'gotify') };
  return {
    name: 'gotify',
    serve: (ctx, path) => serveGotify(state, ctx, path.replace(/\/$/, '')),
    controls: [state.arrivals.route],
    faultBody: (code) => errorBody(code, 'injected fault'),
    reset: () => state.arrivals.clear(),
  };
}

async function serveGotify(state: GotifyState, ctx: Koa.Context, path: string): Promise<ServedCall> {
  if (ctx.method === 'GET' && path === '/health') {
    sendJson(ctx, 200, { health: 'green', database: 'green' });
    return {};
  }
  if (ctx.method === 'GET' && path === '/version') {
    sendJson(ctx, 200, { version: '3.0.0', commit: 'simulator', buildDate: '2026-07-18-12:08:41' });
    return {};
  }
  if (ctx.method !== 'POST' || path !== '/message') {
    return refuse(ctx, 404, 'page not found');
  }
  const call = await readCall(ctx, BODY_LIMIT_BYTES);
  if (!call) {
    return refuse(ctx, 413, 'the body is too large');
  }
  const token = readToken(ctx);
  if (!token.startsWith('sim-')) {
    return refuse(
      ctx,
      401,
      'you need to provide a valid access token or user credentials to access this api',
    );
  }
  if (token.startsWith('sim-client')) {
    return refuse(ctx, 403, 'you are not allowed to access this api');
  }
  const message = toMessage(await readFields(ctx, call));
  if (typeof message === 'string') {
    return refuse(ctx, 400, message);
  }
  return accept(state, ctx, { call, token, message });
}

function accept(
  { world, arrivals }: GotifyState,
  ctx: Koa.Context,
  { call, token, message }: { call: Call; token: string; message: GotifyMessage },
): ServedCall {
  const { title, message: text, priority, extras } = message;
  const url = clickUrl(extras);
  const kept = arrivals.keep({
    request: call.request,
    to: token,
    rendered: `${title}\n${text}`,
    title,
    text,
    priority,
    ...(extras ? { extras } : {}),
    ...(url ? { url } : {}),
  });
  const date = new Date(world.clock.now()).toISOString();
  sendJson(ctx, 200, {
    id: kept.id,
    appid: 1,
    message: text,
    title,
    priority,
    ...(extras && Object.keys(extras).length > 0 ? { extras } : {}),
    date,
  });
  return {};
}

/** The message, or the sentence by which it is refused. */
function toMessage(fields: Record<string, unknown> | null): GotifyMessage | string {
  if (!fields) {
    return 'invalid character in the body: it is not valid JSON';
  }
  const { message, title = '', priority = 0, extras } = fields;
  if (typeof message !== 'string' || message === '') {
    return "Field 'message' is required";
  }
  const number = typeof priority === 'string' && /^-?\d{1,9}$/.test(priority) ? Number(priority) : priority;
  if (typeof number !== 'number' || !Number.isSafeInteger(number)) {
    return `strconv.ParseInt: parsing "${String(priority)}": invalid syntax`;
  }
  if (typeof title !== 'string' || (extras !== undefined && extras !== null && !isRecord(extras))) {
    return 'json: cannot unmarshal the value into a field of another type';
  }
  return {
    message,
    title: title.trim() === '' ? APP_NAME : title,
    priority: number,
    ...(isRecord(extras) ? { extras } : {}),
  };
}

/** JSON or a form, with the query where they say nothing; null for broken JSON. Extras come by JSON only. */
async function readFields(ctx: Koa.Context, call: Call): Promise<Record<string, unknown> | null> {
  const query = queryFields(ctx);
  if (call.type === 'application/json') {
    return parseRecord(call.request.body);
  }
  const { extras: _, ...fields } = { ...query, ...(await formFields(call)) };
  return fields;
}

function readToken(ctx: Koa.Context): string {
  const bearer = /^Bearer (.+)$/i.exec(ctx.get('authorization'))?.[1];
  return queryFields(ctx).token || ctx.get('x-gotify-key') || bearer || '';
}

function clickUrl(extras: Record<string, unknown> | undefined): string | null {
  const notification = extras?.['client::notification'];
  const click = isRecord(notification) ? notification.click : null;
  return isRecord(click) && typeof click.url === 'string' ? click.url : null;
}

function refuse(ctx: Koa.Context, status: number, why: string): ServedCall {
  sendJson(ctx, status, errorBody(status, why));
  return { errcode: status };
}

function errorBody(status: number, why: string): object {
  return { error: NAMES[status] ?? 'Error', errorCode: status, errorDescription: why };
}

/** A bark-server: its push routes with all their forms, registration, and what the phones show. */
import type Koa from 'koa';
import { z } from 'zod';
import { equalsInConstantTime } from '#src/lib/hash.js';
import { createArrivals } from '../arrivals.js';
import { type Call, readCall, sendJson } from '../call.js';
import { type ControlRoute, controlRoute, type Platform, type ServedCall } from '../platform.js';
import type { World } from '../world.js';
import { createBarkKeys } from './keys.js';
import { type BarkState, pushAll } from './push.js';
import { registerPhone } from './register.js';

const BODY_LIMIT_BYTES = 4 * 1024 * 1024;
/** These answer without credentials. */
const OPEN_PATHS = /^\/(?:ping|register|healthz)/i;
const MOST_SEGMENTS = 4;

const keySchema = z.strictObject({
  key: z.string().min(1),
  encryption: z
    .strictObject({
      mode: z.enum(['CBC', 'ECB', 'GCM']),
      key: z.string().regex(/^(?:[\x20-\x7e]{16}|[\x20-\x7e]{24}|[\x20-\x7e]{32})$/),
      iv: z.string().optional(),
    })
    .optional(),
  refusal: z.enum(['Unregistered', 'BadDeviceToken']).optional(),
});

/** Makes the bark-server: `/bark/push`, `/bark/{key}/…`. */
export function createBarkPlatform(world: World): Platform {
  const state: BarkState = {
    world,
    keys: createBarkKeys(),
    arrivals: createArrivals(world, 'bark'),
    settings: { credentials: null, maxBatch: -1 },
  };
  return {
    name: 'bark',
    serve: (ctx, path) => serveBark(state, ctx, path),
    controls: barkControls(state),
    faultBody: (code) => ({ code, message: 'injected fault', timestamp: toSeconds(world) }),
    reset: () => {
      state.keys.clear();
      state.arrivals.clear();
      state.settings = { credentials: null, maxBatch: -1 };
    },
  };
}

function barkControls(state: BarkState): ControlRoute[] {
  return [
    state.arrivals.route,
    controlRoute({
      method: 'POST',
      pattern: '/bark/keys',
      status: 201,
      schema: keySchema,
      run: ({ body: { key, ...phone } }) => {
        state.keys.set(key, phone);
        return { key };
      },
    }),
    controlRoute({
      method: 'POST',
      pattern: '/bark/settings',
      schema: z.strictObject({
        credentials: z.strictObject({ user: z.string(), password: z.string() }).nullable().optional(),
        maxBatch: z.int().min(-1).optional(),
      }),
      run: ({ body }) => {
        state.settings = { ...state.settings, ...body };
        return { maxBatch: state.settings.maxBatch, isOpen: state.settings.credentials === null };
      },
    }),
  ];
}

async function serveBark(state: BarkState, ctx: Koa.Context, path: string): Promise<ServedCall> {
  if (!OPEN_PATHS.test(path) && !hasCredentials(state, ctx)) {
    ctx.status = 418;
    ctx.type = 'text/plain; charset=utf-8';
    ctx.body = "I'm a teapot";
    return {};
  }
  const call = await readCall(ctx, BODY_LIMIT_BYTES);
  if (!call) {
    return send(state, ctx, { code: 413, message: 'Request Entity Too Large' });
  }
  // The real router ignores a closing slash, and the case of its words.
  const segments = path.replace(/^\/|\/$/g, '').split('/');
  const fixed = serveFixedPath(state, ctx, { call, segments });
  if (fixed) {
    return fixed;
  }
  if (segments.length > MOST_SEGMENTS) {
    return send(state, ctx, { code: 404, message: `Cannot ${ctx.method} ${path}` });
  }
  if (ctx.method !== 'POST' && (ctx.method !== 'GET' || isWord(segments, 'push'))) {
    return send(state, ctx, { code: 405, message: 'Method Not Allowed' });
  }
  const isBare = segments.length === 1 && isWord(segments, 'push');
  return send(state, ctx, await pushAll(state, ctx, { call, segments: isBare ? [] : segments }));
}

/** Answers the routes that are no pushes; null for the others. */
function serveFixedPath(
  state: BarkState,
  ctx: Koa.Context,
  { call, segments }: { call: Call; segments: readonly string[] },
): Promise<ServedCall> | ServedCall | null {
  const word = segments.length === 1 ? (segments[0] ?? '').toLowerCase() : null;
  if (word === '' || word === 'healthz') {
    ctx.type = 'text/plain; charset=utf-8';
    ctx.body = 'ok';
    return {};
  }
  if (word === 'ping') {
    return send(state, ctx, { code: 200, message: 'pong' });
  }
  if (word === 'info') {
    sendJson(ctx, 200, {
      version: 'v2.3.4',
      build: '2026-02-24',
      arch: 'linux/amd64',
      commit: 'sim',
      devices: 1,
    });
    return {};
  }
  if (isWord(segments, 'register') && segments.length <= 2) {
    return registerPhone(state, ctx, { call, segments }).then((answer) => send(state, ctx, answer));
  }
  return null;
}

function isWord(segments: readonly string[], word: string): boolean {
  return segments[0]?.toLowerCase() === word;
}

function hasCredentials({ settings }: BarkState, ctx: Koa.Context): boolean {
  if (!settings.credentials) {
    return true;
  }
  const { user, password } = settings.credentials;
  const wanted = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  return equalsInConstantTime(ctx.get('authorization'), wanted);
}

function send(
  { world }: BarkState,
  ctx: Koa.Context,
  { code, message, data }: { code: number; message: string; data?: unknown },
): ServedCall {
  const envelope = { code, message, ...(data === undefined ? {} : { data }), timestamp: toSeconds(world) };
  sendJson(ctx, code, envelope);
  return { errcode: code === 200 ? 0 : code };
}

function toSeconds(world: World): number {
  return Math.floor(world.clock.now() / 1000);
}

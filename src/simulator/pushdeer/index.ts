/** A PushDeer server: `/message/push` with its exact answers, and what the devices show. */
import type Koa from 'koa';
import { z } from 'zod';
import { type Arrivals, createArrivals } from '../arrivals.js';
import { type Call, formFields, isRecord, parseRecord, queryFields, readCall, sendJson } from '../call.js';
import { type ControlRoute, controlRoute, type Platform, type ServedCall } from '../platform.js';
import { createRollingCounts, type RollingCounts, type RollingLimit } from '../rolling-counts.js';
import type { World } from '../world.js';

const BODY_LIMIT_BYTES = 2 * 1024 * 1024;
const PER_MINUTE = 60;
const MINUTE_MS = 60_000;
const [AUTH, ARGUMENTS] = [80403, 80501];

interface DeerKey {
  /** How many devices the key's owner has. */
  devices: number;
  /** The account was switched off by the server's operator. */
  isDisabled: boolean;
}

interface DeerState {
  world: World;
  arrivals: Arrivals;
  keys: Map<string, DeerKey>;
  /** The first so many keys of a list are used. */
  mostKeys: number;
  counts: RollingCounts<RollingLimit>;
}

interface DeerPush {
  keys: string[];
  text: string;
  desp: string;
  type: string;
}

/** Makes the PushDeer server: `/pushdeer/message/push`. */
export function createPushdeerPlatform(world: World): Platform {
  const state: DeerState = {
    world,
    arrivals: createArrivals(world, 'pushdeer'),
    keys: new Map(),
    mostKeys: 100,
    counts: createRollingCounts(world.clock, [{ most: PER_MINUTE, withinMs: MINUTE_MS }]),
  };
  return {
    name: 'pushdeer',
    serve: (ctx, path) => serveDeer(state, ctx, path),
    controls: deerControls(state),
    faultBody: (code) => ({ code, error: 'injected fault' }),
    reset: () => {
      state.arrivals.clear();
      state.keys.clear();
      state.mostKeys = 100;
      state.counts.clear();
    },
  };
}

function deerControls(state: DeerState): ControlRoute[] {
  return [
    state.arrivals.route,
    controlRoute({
      method: 'POST',
      pattern: '/pushdeer/keys',
      status: 201,
      schema: z.strictObject({
        key: z.string().min(1),
        devices: z.int().min(0).default(1),
        isDisabled: z.boolean().default(false),
      }),
      run: ({ body: { key, ...kept } }) => {
        state.keys.set(key, kept);
        return { key };
      },
    }),
    controlRoute({
      method: 'POST',
      pattern: '/pushdeer/settings',
      schema: z.strictObject({ mostKeys: z.int().min(1) }),
      run: ({ body }) => {
        state.mostKeys = body.mostKeys;
        return { mostKeys: state.mostKeys };
      },
    }),
  ];
}

async function serveDeer(state: DeerState, ctx: Koa.Context, path: string): Promise<ServedCall> {
  if (path.replace(/\/$/, '') !== '/message/push') {
    sendJson(ctx, 404, { message: 'Not Found' });
    return {};
  }
  const call = await readCall(ctx, BODY_LIMIT_BYTES);
  if (!call) {
    sendJson(ctx, 413, { message: 'Payload Too Large' });
    return {};
  }
  if (!takeTurn(state, ctx)) {
    sendJson(ctx, 429, { message: 'Too Many Attempts.' });
    return {};
  }
  const push = toPush(await readFields(ctx, call), state.mostKeys);
  const missing = push.keys.length === 0 ? 'pushkey' : push.text === '' ? 'text' : null;
  if (missing) {
    return refuse(ctx, ARGUMENTS, `The ${missing} field is required.`);
  }
  return deliver(state, ctx, { call, push });
}

/** Keys are served in their order, and the first bad one ends the call: those before it have got the message. */
function deliver(
  state: DeerState,
  ctx: Koa.Context,
  { call, push }: { call: Call; push: DeerPush },
): ServedCall {
  const result: string[] = [];
  for (const key of push.keys) {
    const known = state.keys.get(key) ?? (key.startsWith('sim-') ? { devices: 1, isDisabled: false } : null);
    if (!known) {
      // The real server stumbles over a key it does not have.
      sendJson(ctx, 500, { message: 'Server Error' });
      return {};
    }
    if (known.isDisabled) {
      return refuse(ctx, AUTH, '此账号已被停用');
    }
    if (known.devices === 0) {
      return refuse(ctx, ARGUMENTS, '没有可用的设备，请先注册');
    }
    for (let device = 0; device < known.devices; device += 1) {
      result.push(JSON.stringify({ counts: 1, logs: [], success: 'ok' }));
    }
    const { text, desp, type } = push;
    const rendered = type === 'image' ? '[图片]' : [text, desp].filter((part) => part !== '').join('\n');
    const shown = type === 'image' ? { image: text } : { title: text, text: desp };
    state.arrivals.keep({ request: call.request, to: key, rendered, ...shown, type });
  }
  sendJson(ctx, 200, { code: 0, content: { result } });
  return {};
}

function toPush(fields: Record<string, string>, mostKeys: number): DeerPush {
  const keys = (fields.pushkey ?? '').split(',').map((key) => key.trim());
  const type = fields.type ?? '';
  return {
    keys: [...new Set(keys.filter((key) => key !== ''))].slice(0, mostKeys),
    text: fields.text ?? '',
    desp: fields.desp ?? '',
    type: type === 'text' || type === 'image' ? type : 'markdown',
  };
}

async function readFields(ctx: Koa.Context, call: Call): Promise<Record<string, string>> {
  const json = call.type.includes('json') ? parseRecord(call.request.body) : null;
  const texts = Object.entries(json ?? {}).filter(([, value]) => !isRecord(value) && value !== null);
  return {
    ...queryFields(ctx),
    ...(await formFields(call)),
    ...Object.fromEntries(texts.map(([name, value]) => [name, String(value)])),
  };
}

function takeTurn({ world, counts }: DeerState, ctx: Koa.Context): boolean {
  if (!world.limits.isOn) {
    return true;
  }
  ctx.set('x-ratelimit-limit', String(PER_MINUTE));
  const isFree = counts.take(ctx.ip) === null;
  if (!isFree) {
    ctx.set({ 'x-ratelimit-remaining': '0', 'retry-after': String(MINUTE_MS / 1000) });
  }
  return isFree;
}

function refuse(ctx: Koa.Context, code: number, error: string): ServedCall {
  sendJson(ctx, 200, { code, error });
  return { errcode: code };
}

/** An ntfy server: publishing in all its forms, with its errors and limits, and what a subscriber sees. */
import type Koa from 'koa';
import { z } from 'zod';
import { randomText } from '#src/lib/ids.js';
import { type Arrivals, createArrivals } from '../arrivals.js';
import { type Call, readCall, sendJson } from '../call.js';
import { type ControlRoute, controlRoute, type Platform, type ServedCall } from '../platform.js';
import type { World } from '../world.js';
import { NtfyError, ntfyErrorBody } from './errors.js';
import { checkSequence, type NtfyMessage, readJsonMessage, readRawMessage } from './read-message.js';
import { createVisitors, type Visitors } from './visitors.js';

const BODY_LIMIT_BYTES = 16 * 1024 * 1024;
const CACHE_MS = 12 * 3_600_000;
const TOPIC = /^[-_A-Za-z0-9]{1,64}$/;
const RESERVED = ['docs', 'static', 'file', 'app', 'metrics', 'account', 'settings', 'signup', 'login', 'v1'];

interface NtfyState {
  world: World;
  arrivals: Arrivals;
  visitors: Visitors;
  allowsFiles: boolean;
}

/** Makes the ntfy server: `/ntfy/{topic}`, and JSON at `/ntfy/`. */
export function createNtfyPlatform(world: World): Platform {
  const state: NtfyState = {
    world,
    arrivals: createArrivals(world, 'ntfy'),
    visitors: createVisitors(world),
    allowsFiles: true,
  };
  return {
    name: 'ntfy',
    serve: (ctx, path) => serveNtfy(state, ctx, path.replace(/^\/|\/$/g, '')),
    controls: ntfyControls(state),
    faultBody: ntfyErrorBody,
    reset: () => {
      state.arrivals.clear();
      state.visitors.clear();
      state.allowsFiles = true;
    },
  };
}

function ntfyControls(state: NtfyState): ControlRoute[] {
  return [
    state.arrivals.route,
    controlRoute({
      method: 'POST',
      pattern: '/ntfy/topics',
      status: 201,
      schema: z.strictObject({
        topic: z.string().regex(TOPIC),
        token: z.string().optional(),
        user: z.string().optional(),
        password: z.string().optional(),
      }),
      run: ({ body: { topic, ...lock } }) => {
        state.visitors.lock(topic, lock);
        return { topic };
      },
    }),
    controlRoute({
      method: 'POST',
      pattern: '/ntfy/settings',
      schema: z.strictObject({
        attachments: z.boolean().optional(),
        dailyMessages: z.int().min(0).optional(),
        dailyBytes: z.int().min(0).optional(),
      }),
      run: ({ body: { attachments, ...limits } }) => {
        state.allowsFiles = attachments ?? state.allowsFiles;
        Object.assign(state.visitors.limits, limits);
        return { attachments: state.allowsFiles, ...state.visitors.limits };
      },
    }),
  ];
}

async function serveNtfy(state: NtfyState, ctx: Koa.Context, path: string): Promise<ServedCall> {
  if (ctx.method === 'GET' && path === 'v1/health') {
    sendJson(ctx, 200, { healthy: true });
    return {};
  }
  try {
    const call = await readCall(ctx, BODY_LIMIT_BYTES);
    if (!call) {
      throw new NtfyError(41301);
    }
    if (changeSequence(state, ctx, { call, path })) {
      return {};
    }
    const { topic, message } = readPublish(state, ctx, { call, path });
    publish(state, ctx, { call, topic, message });
    return {};
  } catch (error) {
    if (!(error instanceof NtfyError)) {
      throw error;
    }
    const body = ntfyErrorBody(error.code, error.detail);
    sendJson(ctx, body.http, body);
    return { errcode: error.code };
  }
}

/** Answers what takes a sequence off or marks it as read, as ntfy does since 2.16; false for all else. Throws NtfyError. */
function changeSequence(
  state: NtfyState,
  ctx: Koa.Context,
  { call, path }: { call: Call; path: string },
): boolean {
  const [topic = '', sequence = '', act, ...more] = path.split('/');
  const isDelete = ctx.method === 'DELETE' && sequence !== '' && act === undefined;
  const isClear = ctx.method === 'PUT' && (act === 'clear' || act === 'read');
  if (!TOPIC.test(topic) || more.length > 0 || !(isDelete || isClear)) {
    return false;
  }
  admit(state, ctx, { topic, call });
  checkSequence(sequence);
  const { world, arrivals } = state;
  replaceEarlier(arrivals, topic, sequence);
  const time = Math.floor(world.clock.now() / 1000);
  const event = isDelete ? 'message_delete' : 'message_clear';
  sendJson(ctx, 200, {
    id: randomText(12),
    sequence_id: sequence,
    time,
    expires: time + CACHE_MS / 1000,
    event,
    topic,
  });
  const { request } = call;
  arrivals.keep({ request, to: topic, rendered: '', event, sequence_id: sequence, isReplaced: true });
  return true;
}

/** A notification of the sequence of an earlier one takes its place. */
function replaceEarlier(arrivals: Arrivals, topic: string, sequence: string): void {
  for (const item of arrivals.list()) {
    if (item.to === topic && item.sequence_id === sequence) {
      item.isReplaced = true;
    }
  }
}

/** The topic and the message of any of the three forms. Throws NtfyError. */
function readPublish(
  state: NtfyState,
  ctx: Koa.Context,
  { call, path }: { call: Call; path: string },
): { topic: string; message: NtfyMessage } {
  const context = { nowMs: state.world.clock.now(), allowsFiles: state.allowsFiles };
  const isWrite = ctx.method === 'POST' || ctx.method === 'PUT';
  if (path === '' && isWrite) {
    const read = readJsonMessage(call, context);
    if (!TOPIC.test(read.topic)) {
      throw new NtfyError(40009);
    }
    admit(state, ctx, { topic: read.topic, call });
    return read;
  }
  const [topic = '', verb, ...more] = path.split('/');
  const isVerb = ctx.method === 'GET' && ['publish', 'send', 'trigger'].includes(verb ?? '');
  const isPublish = isVerb || isWrite;
  if (!isPublish || more.length > 0 || !TOPIC.test(topic)) {
    throw new NtfyError(40401);
  }
  admit(state, ctx, { topic, call });
  const sequence = isWrite && verb !== undefined ? { sequence: verb } : {};
  return { topic, message: readRawMessage(ctx, call, { ...context, ...sequence }) };
}

function admit(state: NtfyState, ctx: Koa.Context, { topic, call }: { topic: string; call: Call }): void {
  if (RESERVED.includes(topic)) {
    throw new NtfyError(40010);
  }
  state.visitors.check(ctx, topic, call.bytes.length);
}

function publish(
  { world, arrivals }: NtfyState,
  ctx: Koa.Context,
  {
    call,
    topic,
    message: { dueMs, isCached, ...message },
  }: { call: Call; topic: string; message: NtfyMessage },
): void {
  const time = Math.floor(dueMs / 1000);
  const expires = isCached ? { expires: time + CACHE_MS / 1000 } : {};
  sendJson(ctx, 200, { id: randomText(12), time, ...expires, event: 'message', topic, ...message });
  if (message.sequence_id) {
    replaceEarlier(arrivals, topic, message.sequence_id);
  }
  const { message: text, click, ...others } = message;
  arrivals.keep({
    request: call.request,
    to: topic,
    rendered: message.title ? `${message.title}\n${text}` : text,
    text,
    ...(click ? { url: click } : {}),
    ...(dueMs > world.clock.now() ? { dueAt: dueMs } : {}),
    ...others,
  });
}

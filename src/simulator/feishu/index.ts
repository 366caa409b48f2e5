/** The simulated Feishu group robot: open.feishu.cn's `/open-apis/bot/v2/hook/{id}`. */
import type Koa from 'koa';
import { z } from 'zod';
import { createArrivals } from '../arrivals.js';
import { type Call, parseRecord, readCall, sendJson } from '../call.js';
import { type ControlRoute, controlRoute, type Platform, type ServedCall } from '../platform.js';
import {
  callerIp,
  hasKeyword,
  isAllowedIp,
  isFresh,
  isSignedBy,
  plainRules,
  type RobotRules,
  robotRulesSchema,
} from '../robot-rules.js';
import { createRollingCounts } from '../rolling-counts.js';
import type { World } from '../world.js';
import { FeishuRefusal, refusalBody } from './errors.js';
import { lookOf } from './looks.js';

const MAX_BODY_BYTES = 20 * 1024;
/** Some clients end the address with a slash. */
const HOOK = /^\/open-apis\/bot\/v2\/hook\/([^/]+)\/?$/;
const KNOWN = /^sim-[A-Za-z0-9_-]{1,100}$/;
const LIMITS = [
  {
    most: 5,
    withinMs: 1_000,
    refusal: () => new FeishuRefusal(9499, { msg: 'too many request', status: 429 }),
  },
  { most: 100, withinMs: 60_000, refusal: () => new FeishuRefusal(11232) },
];
const SUCCESS = { StatusCode: 0, StatusMessage: 'success', code: 0, data: {}, msg: 'success' };

/** The hook of a fresh simulator that wants signatures. */
const SIGNED_HOOK = { id: 'sim-signed', secret: 'simfeishu' } as const;

/** Makes the platform: any hook whose id starts with `sim-` exists, and one of them wants signatures. */
export function createFeishuPlatform(world: World): Platform {
  const hooks = new Map<string, RobotRules>();
  const counts = createRollingCounts(world.clock, LIMITS);
  const inbox = createArrivals(world, 'feishu');
  const addFirst = (): void => {
    hooks.set(SIGNED_HOOK.id, plainRules(SIGNED_HOOK.secret));
  };
  const take = (ctx: Koa.Context, { id, call }: { id: string; call: Call | null }): void => {
    const rules = hooks.get(id) ?? (KNOWN.test(id) ? plainRules() : null);
    if (!rules) {
      throw new FeishuRefusal(19001);
    }
    if (!call || call.bytes.length > MAX_BODY_BYTES) {
      throw new FeishuRefusal(19036);
    }
    const broken = world.limits.isOn ? counts.take(id) : null;
    if (broken) {
      throw broken.refusal();
    }
    const body = parseRecord(call.request.body);
    if (ctx.method !== 'POST' || !body) {
      throw new FeishuRefusal(9499);
    }
    checkRules(rules, { body, ip: callerIp(ctx), nowMs: world.clock.now() });
    const look = lookOf(body);
    if (!hasKeyword(rules, look.rendered)) {
      throw new FeishuRefusal(19024);
    }
    inbox.keep({ request: call.request, to: id, ...look });
  };
  addFirst();
  return {
    name: 'feishu',
    serve: async (ctx, path) => {
      const id = HOOK.exec(path)?.[1];
      if (id === undefined) {
        sendJson(ctx, 404, refusalBody(404, '404 page not found'));
        return { errcode: 404 };
      }
      const call = await readCall(ctx, MAX_BODY_BYTES);
      return answer(ctx, () => take(ctx, { id, call }));
    },
    controls: [inbox.route, hooksRoute(hooks)],
    faultBody: (errcode) => refusalBody(errcode),
    reset: () => {
      hooks.clear();
      addFirst();
      counts.clear();
      inbox.clear();
    },
  };
}

function hooksRoute(hooks: Map<string, RobotRules>): ControlRoute {
  return controlRoute({
    method: 'POST',
    pattern: '/feishu/hooks',
    schema: z.strictObject({ id: z.string().min(1).max(200), ...robotRulesSchema }),
    run: ({ body: { id, ...rules } }) => {
      const hook = Object.assign(hooks.get(id) ?? plainRules(), rules);
      hooks.set(id, hook);
      return { id, ...hook };
    },
  });
}

function answer(ctx: Koa.Context, take: () => void): ServedCall {
  try {
    take();
    sendJson(ctx, 200, SUCCESS);
    return {};
  } catch (error) {
    if (!(error instanceof FeishuRefusal)) {
      throw error;
    }
    sendJson(ctx, error.status, refusalBody(error.code, error.own.msg));
    return { errcode: error.code };
  }
}

interface Asked {
  body: Readonly<Record<string, unknown>>;
  ip: string;
  nowMs: number;
}

/** The signature stands in the body: seconds as text, and an HMAC whose message is empty. */
function checkRules(rules: RobotRules, { body, ip, nowMs }: Asked): void {
  if (!rules.isEnabled) {
    throw new FeishuRefusal(19007);
  }
  if (!isAllowedIp(rules, ip)) {
    throw new FeishuRefusal(19022);
  }
  if (rules.secret === null) {
    return;
  }
  const { timestamp, sign } = body;
  const isTimed =
    typeof timestamp === 'string' && /^\d{10}$/.test(timestamp) && isFresh(Number(timestamp) * 1000, nowMs);
  if (!isTimed || typeof sign !== 'string' || !isSignedBy(`${timestamp}\n${rules.secret}`, '', sign)) {
    throw new FeishuRefusal(19021);
  }
}

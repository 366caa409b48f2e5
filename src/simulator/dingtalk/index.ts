/** The simulated DingTalk group robot: oapi.dingtalk.com's `/robot/send`. */
import type Koa from 'koa';
import { z } from 'zod';
import { createArrivals } from '../arrivals.js';
import { type Call, parseRecord, queryFields, readCall, sendJson } from '../call.js';
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
import { DingtalkRefusal, refusalBody } from './errors.js';
import { lookOf } from './looks.js';

const MAX_BODY_BYTES = 20_000;
const BLOCK_MS = 600_000;
const PER_MINUTE = { most: 20, withinMs: 60_000 };

/** The robots of a fresh simulator: a signed one, and one whose token has the form that real clients insist on. */
const FIRST_ROBOTS = [
  { token: 'sim-dingtalk', secret: 'SECsim' },
  { token: '0'.repeat(64), secret: null },
] as const;

interface Robot extends RobotRules {
  readonly token: string;
  /** After too many calls in a minute it takes none until then, in ms. */
  blockedUntil: number;
}

/** Makes the platform with its first robots. */
export function createDingtalkPlatform(world: World): Platform {
  const robots = new Map<string, Robot>();
  const counts = createRollingCounts(world.clock, [PER_MINUTE]);
  const inbox = createArrivals(world, 'dingtalk');
  const addFirstRobots = (): void => {
    for (const { token, secret } of FIRST_ROBOTS) {
      robots.set(token, newRobot(token, secret));
    }
  };
  const take = (ctx: Koa.Context, call: Call | null): void => {
    const robot = admit(world, { robots, ctx });
    if (world.limits.isOn) {
      slowDown(robot, { counts, nowMs: world.clock.now() });
    }
    if (!call || call.bytes.length > MAX_BODY_BYTES) {
      throw new DingtalkRefusal(460101);
    }
    const body = parseRecord(call.request.body);
    if (!body) {
      throw new DingtalkRefusal(40035, '缺少参数 json');
    }
    const look = lookOf(body);
    // The keyword may stand anywhere in the message, a title that only the notice shows included.
    if (!hasKeyword(robot, JSON.stringify(body))) {
      throw new DingtalkRefusal(310000, 'keywords not in content');
    }
    inbox.keep({ request: call.request, to: robot.token, ...look });
  };
  addFirstRobots();
  return {
    name: 'dingtalk',
    serve: async (ctx, path) => {
      if (path !== '/robot/send') {
        sendJson(ctx, 404, { errcode: 404, errmsg: '请求的URI地址不存在' });
        return { errcode: 404 };
      }
      const call = await readCall(ctx, MAX_BODY_BYTES);
      return answer(ctx, () => take(ctx, call));
    },
    controls: [inbox.route, robotsRoute(robots)],
    faultBody: (errcode) => refusalBody(errcode),
    reset: () => {
      robots.clear();
      addFirstRobots();
      counts.clear();
      inbox.clear();
    },
  };
}

function newRobot(token: string, secret: string | null): Robot {
  return { token, blockedUntil: 0, ...plainRules(secret) };
}

function robotsRoute(robots: Map<string, Robot>): ControlRoute {
  return controlRoute({
    method: 'POST',
    pattern: '/dingtalk/robots',
    schema: z.strictObject({ token: z.string().min(1).max(200), ...robotRulesSchema }),
    run: ({ body: { token, ...rules } }) => {
      const robot = robots.get(token) ?? newRobot(token, null);
      robots.set(token, Object.assign(robot, rules));
      return robot;
    },
  });
}

/** DingTalk refuses with HTTP 200. */
function answer(ctx: Koa.Context, take: () => void): ServedCall {
  try {
    take();
    sendJson(ctx, 200, { errcode: 0, errmsg: 'ok' });
    return {};
  } catch (error) {
    if (!(error instanceof DingtalkRefusal)) {
      throw error;
    }
    sendJson(ctx, 200, refusalBody(error.errcode, error.text));
    return { errcode: error.errcode };
  }
}

/** The robot that is called. Throws when there is none, when it is off, or when its rules refuse the caller. */
function admit(world: World, { robots, ctx }: { robots: Map<string, Robot>; ctx: Koa.Context }): Robot {
  if (ctx.method !== 'POST') {
    throw new DingtalkRefusal(43002);
  }
  const { access_token: token = '', timestamp = '', sign = '' } = queryFields(ctx);
  const robot = robots.get(token);
  if (!robot) {
    throw new DingtalkRefusal(300005);
  }
  if (!robot.isEnabled) {
    throw new DingtalkRefusal(400102);
  }
  if (!isAllowedIp(robot, callerIp(ctx))) {
    throw new DingtalkRefusal(310000, `ip ${callerIp(ctx)} not in whitelist`);
  }
  if (robot.secret !== null) {
    if (!/^\d{13}$/.test(timestamp) || !isFresh(Number(timestamp), world.clock.now())) {
      throw new DingtalkRefusal(310000, 'invalid timestamp');
    }
    if (!isSignedBy(robot.secret, `${timestamp}\n${robot.secret}`, sign)) {
      throw new DingtalkRefusal(310000, 'sign not match');
    }
  }
  return robot;
}

/** More than twenty calls in a minute close the robot for ten minutes. */
function slowDown(
  robot: Robot,
  { counts, nowMs }: { counts: ReturnType<typeof createRollingCounts>; nowMs: number },
): void {
  if (nowMs < robot.blockedUntil) {
    throw new DingtalkRefusal(130101);
  }
  if (counts.take(robot.token)) {
    robot.blockedUntil = nowMs + BLOCK_MS;
    throw new DingtalkRefusal(130101);
  }
}

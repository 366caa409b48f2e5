/** The side that platforms show: every call is counted, may be struck by a fault, and is answered by its platform. */
import type Koa from 'koa';
import type { Fault } from './faults.js';
import { isAfterwards, isFailure, isSilent } from './faults.js';
import type { Platform, ServedCall } from './platform.js';
import type { World } from './world.js';

/** Makes the middleware that answers for all platforms; calls to none of them go on. */
export function createSurface(world: World, platforms: readonly Platform[]): Koa.Middleware {
  const byName = new Map(platforms.map((platform) => [platform.name, platform]));
  return async (ctx, next) => {
    const [, name = ''] = ctx.path.split('/', 2);
    const platform = byName.get(name);
    if (!platform) {
      return next();
    }
    const finish = world.stats.begin(ctx.path);
    let ending: ServedCall = { errcode: -1 };
    try {
      ending = await serveWithFaults(world, platform, ctx);
    } finally {
      const isRefused = (ending.errcode ?? 0) !== 0 || ctx.status < 200 || ctx.status > 299;
      finish({ isError: isRefused, clientMsgId: ending.clientMsgId });
    }
  };
}

async function serveWithFaults(world: World, platform: Platform, ctx: Koa.Context): Promise<ServedCall> {
  const path = ctx.path.slice(platform.name.length + 1);
  const fault = world.faults.strike(ctx.path);
  if (!fault) {
    return platform.serve(ctx, path);
  }
  if (fault.latencyMs) {
    await world.delay(fault.latencyMs);
  }
  if (!isFailure(fault)) {
    return platform.serve(ctx, path);
  }
  const served = isAfterwards(fault) ? await platform.serve(ctx, path) : {};
  return { ...served, errcode: await fail(world, { platform, fault, ctx }) };
}

/** Answers as the fault says and returns the error number to count. */
async function fail(
  world: World,
  { platform, fault, ctx }: { platform: Platform; fault: Fault; ctx: Koa.Context },
): Promise<number> {
  if (isSilent(fault)) {
    await world.delay(fault.hang ?? 0);
    ctx.respond = false;
    ctx.req.socket.destroy();
    return -1;
  }
  if (fault.errcode !== undefined) {
    ctx.status = fault.status ?? 200;
    ctx.type = 'application/json; charset=utf-8';
    ctx.body = JSON.stringify(platform.faultBody(fault.errcode));
    return fault.errcode;
  }
  ctx.status = fault.status ?? 500;
  ctx.type = 'text/plain; charset=utf-8';
  ctx.body = 'injected fault';
  return fault.status !== undefined && fault.status < 300 ? 0 : -1;
}

/** The control calls that belong to no platform: faults, counters, time, the live stream, reset. */
import { z } from 'zod';
import { ControlError, type ControlRoute, controlRoute, type Platform } from '../platform.js';
import type { World } from '../world.js';
import { pushCall } from './push-call.js';

const MAX_WAIT_MS = 3_600_000;
const MAX_ADVANCE_MS = 400 * 86_400_000;

const faultSchema = z
  .strictObject({
    path: z.string().startsWith('/'),
    errcode: z.int().optional(),
    status: z.int().min(200).max(599).optional(),
    hang: z.int().min(0).max(MAX_WAIT_MS).optional(),
    drop: z.boolean().optional(),
    latencyMs: z.int().min(0).max(MAX_WAIT_MS).optional(),
    rate: z.number().min(0).max(1).optional(),
    count: z.int().min(1).optional(),
    after: z.boolean().optional(),
    lostAnswer: z.boolean().optional(),
  })
  .refine(
    ({ errcode, status, hang, drop, lostAnswer, latencyMs }) =>
      [errcode, status, hang, drop, lostAnswer, latencyMs].some(
        (value) => value !== undefined && value !== false,
      ),
    '要给 errcode、status、hang、drop、lostAnswer 或 latencyMs 之一 Say how it fails',
  );

/** Makes these routes over all platforms. */
export function sharedCalls(world: World, platforms: readonly Platform[]): ControlRoute[] {
  return [
    ...faultCalls(world),
    ...timeCalls(world),
    ...liveCalls(world),
    ...readCalls(world, platforms),
    pushCall(world, platforms),
  ];
}

function faultCalls(world: World): ControlRoute[] {
  return [
    controlRoute({
      method: 'POST',
      pattern: '/faults',
      status: 201,
      schema: faultSchema,
      run: ({ body }) => ({ id: world.faults.add(body) }),
    }),
    { method: 'GET', pattern: '/faults', run: () => ({ items: world.faults.list() }) },
    { method: 'DELETE', pattern: '/faults', status: 204, run: () => world.faults.clear() },
    {
      method: 'DELETE',
      pattern: '/faults/:id',
      status: 204,
      run: ({ params }) => {
        if (!world.faults.remove(Number(params.id))) {
          throw new ControlError(404, 'not_found', '没有这个故障 No such fault');
        }
      },
    },
  ];
}

function timeCalls(world: World): ControlRoute[] {
  return [
    controlRoute({
      method: 'POST',
      pattern: '/clock',
      schema: z.strictObject({ advanceMs: z.int().min(0).max(MAX_ADVANCE_MS) }),
      run: ({ body }) => {
        world.clock.advance(body.advanceMs);
        return { now: world.clock.now() };
      },
    }),
  ];
}

function readCalls(world: World, platforms: readonly Platform[]): ControlRoute[] {
  return [
    {
      method: 'GET',
      pattern: '/stats',
      run: () => Object.assign(world.stats.read(), ...platforms.map((platform) => platform.stats?.() ?? {})),
    },
    {
      method: 'POST',
      pattern: '/reset',
      status: 204,
      run: () => {
        world.reset();
        for (const platform of platforms) {
          platform.reset();
        }
        world.live.tell('follower', { reset: true });
        world.live.tell('menu', { reset: true });
      },
    },
  ];
}

function liveCalls(world: World): ControlRoute[] {
  return [
    {
      method: 'GET',
      pattern: '/events',
      run: ({ ctx }) => {
        ctx.set('cache-control', 'no-cache');
        ctx.set('x-accel-buffering', 'no');
        const page = world.live.open();
        ctx.req.once('close', () => page.destroy());
        ctx.body = page;
        // After the body, because Koa takes any stream for a file of bytes.
        ctx.type = 'text/event-stream';
      },
    },
  ];
}

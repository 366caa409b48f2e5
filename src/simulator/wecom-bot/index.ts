/** The simulated WeCom group robots: `/cgi-bin/webhook/send?key=`, where the key is the only credential. */
import type Koa from 'koa';
import { createArrivals } from '../arrivals.js';
import { parseRecord, readCall } from '../call.js';
import type { ControlRoute } from '../platform.js';
import { createRollingCounts } from '../rolling-counts.js';
import { WecomRefusal } from '../wecom/errors.js';
import { badField, readLoosely } from '../wecom/loose-fields.js';
import { MAX_UPLOAD_BYTES, type MediaShelf } from '../wecom/media.js';
import type { World } from '../world.js';
import { lookOf } from './looks.js';

const KNOWN_KEY = /^sim-[A-Za-z0-9_-]{1,100}$/;
/** A picture of 2 MB as base64, with room to spare. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;
const PER_MINUTE = { most: 20, withinMs: 60_000 };

/** The robots of one simulator: one for each key that starts with `sim-`. */
export interface WecomBot {
  /** The answer to a call below `/cgi-bin/webhook/`. Rejects with WecomRefusal. */
  answer(ctx: Koa.Context, path: string): Promise<object>;
  readonly controls: readonly ControlRoute[];
  reset(): void;
}

/** Makes the robots. They share the shelf of uploaded files with the apps. */
export function createWecomBot(world: World, media: MediaShelf): WecomBot {
  const inbox = createArrivals(world, 'wecom-bot');
  const counts = createRollingCounts(world.clock, [PER_MINUTE]);
  const send = async (ctx: Koa.Context, key: string): Promise<object> => {
    if (ctx.method !== 'POST') {
      throw new WecomRefusal(43002);
    }
    const call = await readCall(ctx, MAX_BODY_BYTES);
    if (!call) {
      throw new WecomRefusal(45002);
    }
    if (world.limits.isOn && counts.take(key)) {
      throw new WecomRefusal(45009);
    }
    const record = parseRecord(call.request.body);
    if (!record) {
      throw badField('json parse error');
    }
    const look = lookOf(readLoosely(record), (mediaId) => media.find(mediaId));
    inbox.keep({ request: call.request, to: key, ...look });
    return { errcode: 0, errmsg: 'ok' };
  };
  return {
    answer: async (ctx, path) => {
      const query = new URLSearchParams(ctx.querystring);
      const key = query.get('key') ?? '';
      if (!KNOWN_KEY.test(key)) {
        throw new WecomRefusal(93000);
      }
      switch (path) {
        case '/cgi-bin/webhook/send':
          return send(ctx, key);
        case '/cgi-bin/webhook/upload_media': {
          const call = await readCall(ctx, MAX_UPLOAD_BYTES);
          return { errcode: 0, errmsg: 'ok', ...(await media.add(query.get('type') ?? '', call)) };
        }
        default:
          throw new WecomRefusal(40066);
      }
    },
    controls: [inbox.route],
    reset: () => {
      inbox.clear();
      counts.clear();
    },
  };
}

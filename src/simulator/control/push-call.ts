/** The control call that pushes whatever it is given, for shapes of pushes that no person of the simulator makes. */
import { z } from 'zod';
import { ControlError, type ControlRoute, controlRoute, type Platform } from '../platform.js';
import type { RawAnswer } from '../raw-push.js';
import type { World } from '../world.js';

const MAX_TIMES = 1_000;
const MAX_APART_MS = 60_000;

const pushSchema = z
  .strictObject({
    to: z.enum(['wechat', 'wecom']),
    /** The body as text: XML, or anything else. */
    xml: z.string().optional(),
    /** The body as a JSON value. */
    json: z.unknown().optional(),
    /** The body's bytes in base64, for what is no text. */
    base64: z.base64().optional(),
    times: z.int().min(1).max(MAX_TIMES).default(1),
    everyMs: z.int().min(0).max(MAX_APART_MS).default(0),
  })
  .refine(
    ({ xml, json, base64 }) => [xml, json, base64].filter((given) => given !== undefined).length === 1,
    '要给 xml、json、base64 之一 Give one of xml, json and base64',
  );

/** Makes the route. The answer is the last push's; `all` has each one's where there are several. */
export function pushCall(world: World, platforms: readonly Platform[]): ControlRoute {
  return controlRoute({
    method: 'POST',
    pattern: '/push',
    schema: pushSchema,
    run: async ({ body: { to, times, everyMs, ...written } }) => {
      const platform = platforms.find(({ name }) => name === to);
      const answers: RawAnswer[] = [];
      while (answers.length < times) {
        if (answers.length > 0 && everyMs > 0) {
          await world.delay(everyMs);
        }
        const answer = await platform?.pushRaw?.(bytesOf(written));
        if (!answer) {
          throw new ControlError(409, 'no_server_url', '没有设置服务器地址 No server URL is set');
        }
        answers.push(answer);
      }
      return { ...answers.at(-1), ...(times > 1 ? { all: answers } : {}) };
    },
  });
}

function bytesOf({ xml, json, base64 }: { xml?: string; json?: unknown; base64?: string }): Buffer {
  if (base64 !== undefined) {
    return Buffer.from(base64, 'base64');
  }
  return Buffer.from(xml ?? JSON.stringify(json));
}

/** Sends pushes to the account's server URL: five seconds a try, three tries, few at once, over kept connections. */
import { Agent } from 'undici';
import type { XmlFields } from '#src/lib/xml.js';
import type { World } from '../world.js';
import { createLanes, type Lane } from './lanes.js';
import { formatPush, formatVerification } from './push-format.js';

const TRIES = 3;
/** Tries begin about so far apart. */
const TRY_APART_MS = 5_000;
const AT_ONCE = 32;
const MAX_ANSWER_BYTES = 256 * 1024;

/** What became of a push. */
export interface PushResult {
  /** The server's answer; null when it gave none. */
  body: string | null;
  tries: number;
  tookMs: number;
  /** Why there is no answer. */
  problem?: string;
}

/** What to push. */
export interface PushOrder {
  openid: string;
  fields: XmlFields;
  lane: Lane;
}

/** Switches for what a network may do to pushes. */
export interface PushSwitches {
  /** Every push arrives twice, the second time like a retry: same content, fresh signature. */
  isDuplicating: boolean;
  /** Pushes are kept back until released, and then come newest first. */
  isHolding: boolean;
}

/** The sender of one account. */
export interface Pusher {
  readonly switches: PushSwitches;
  /** Pushes and waits for the answer, through all tries. Never rejects. */
  push(order: PushOrder): Promise<PushResult>;
  /** Lets the kept pushes go, newest first, each after the answer to the one before. Resolves to their number. */
  release(): Promise<number>;
  /** Does WeChat's check of the server URL: resolves to whether the echo came back unchanged. */
  verify(): Promise<{ ok: boolean; problem?: string }>;
  /** Pushes waiting and under way. */
  load(): { waiting: number; running: number };
  /** Resolves when nothing is waiting or under way. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** Makes the sender. It reads the address and the mode from the world's settings at each try. */
export function createPusher(world: World): Pusher {
  const agent = new Agent({ connections: AT_ONCE, pipelining: 1, keepAliveTimeout: 4_000 });
  const lanes = createLanes(AT_ONCE);
  const switches: PushSwitches = { isDuplicating: false, isHolding: false };
  const underWay = new Set<Promise<PushResult>>();
  let held: (() => Promise<unknown>)[] = [];

  const sendOnce = (order: PushOrder): Promise<string> => {
    const { fields, openid } = order;
    const { query, body } = formatPush(world.settings, { fields, openid, nowMs: world.clock.now() });
    return exchange({ agent, world, query, body });
  };

  const sendWithTries = async (order: PushOrder): Promise<PushResult> => {
    const startedAt = performance.now();
    let problem = '';
    for (let tries = 1; tries <= TRIES; tries += 1) {
      const triedAt = performance.now();
      try {
        const body = await lanes.run(order.lane, () => sendOnce(order));
        return { body, tries, tookMs: Math.round(performance.now() - startedAt) };
      } catch (error) {
        problem = explain(error);
        world.stats.add('pushRetries', tries < TRIES ? 1 : 0);
        world.log.warn('a push was not answered', { tries, problem });
      }
      if (tries < TRIES) {
        await world.delay(Math.max(0, TRY_APART_MS - (performance.now() - triedAt)));
      }
    }
    world.stats.add('pushFailures');
    return { body: null, tries: TRIES, tookMs: Math.round(performance.now() - startedAt), problem };
  };

  const sendTracked = async (order: PushOrder): Promise<PushResult> => {
    world.stats.add('pushes');
    const sending = sendWithTries(order);
    underWay.add(sending);
    const result = await sending;
    underWay.delete(sending);
    if (switches.isDuplicating && result.body !== null) {
      await lanes.run(order.lane, () => sendOnce(order)).catch(() => '');
    }
    return result;
  };

  return {
    switches,
    push: (order) => {
      if (!world.settings.pushTo) {
        return Promise.resolve({ body: null, tries: 0, tookMs: 0, problem: 'no server URL is set' });
      }
      if (!switches.isHolding) {
        return sendTracked(order);
      }
      return new Promise((resolve) => {
        held.push(async () => resolve(await sendTracked(order)));
      });
    },
    release: async () => {
      const waiting = held.reverse();
      held = [];
      switches.isHolding = false;
      for (const send of waiting) {
        await send();
      }
      return waiting.length;
    },
    verify: async () => {
      const echo = String(Math.floor(Math.random() * 1e15) + 1e15);
      try {
        const query = formatVerification(world.settings, echo, world.clock.now());
        const body = await exchange({ agent, world, query, body: null });
        return body === echo ? { ok: true } : { ok: false, problem: 'the answer is not the echostr' };
      } catch (error) {
        return { ok: false, problem: explain(error) };
      }
    },
    load: () => lanes.load(),
    idle: async () => {
      while (underWay.size > 0) {
        await Promise.all(underWay);
      }
    },
    close: () => agent.destroy(),
  };
}

async function exchange({ agent, world, query, body }: Exchange): Promise<string> {
  const { pushTo, pushTimeoutMs } = world.settings;
  const target = new URL(pushTo ?? '');
  const path = `${target.pathname}${target.search ? `${target.search}&` : '?'}${query}`;
  const cut = new AbortController();
  const timer = setTimeout(() => cut.abort(new Error(`no answer within ${pushTimeoutMs} ms`)), pushTimeoutMs);
  try {
    const answer = await agent.request({
      origin: target.origin,
      path,
      method: body === null ? 'GET' : 'POST',
      headers: body === null ? {} : { 'content-type': 'text/xml' },
      body,
      signal: cut.signal,
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    const text = await readText(answer.body);
    if (answer.statusCode !== 200) {
      throw new Error(`the server answered HTTP ${answer.statusCode}`);
    }
    return text;
  } finally {
    clearTimeout(timer);
  }
}

interface Exchange {
  agent: Agent;
  world: World;
  query: string;
  /** null: a GET. */
  body: string | null;
}

async function readText(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) {
      throw new Error('the answer is too long');
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function explain(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}

/** Sends pushes to the account's server URL: five seconds a try, three tries, few at once, over kept connections. */
import { randomInt } from 'node:crypto';
import { Agent } from 'undici';
import type { XmlFields } from '#src/lib/xml.js';
import { ask, exchange } from '../push-exchange.js';
import { answerRaw, type RawAnswer } from '../raw-push.js';
import type { World } from '../world.js';
import { createLanes, type Lane } from './lanes.js';
import { formatPush, formatRawPush, formatVerification } from './push-format.js';

const TRIES = 3;
/** Tries begin about so far apart. */
const TRY_APART_MS = 5_000;
const AT_ONCE = 32;

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

/** The sender of one account. It reads the address and the mode from the world's settings at each try. */
export class Pusher {
  readonly switches: PushSwitches = { isDuplicating: false, isHolding: false };
  private readonly agent = new Agent({ connections: AT_ONCE, pipelining: 1, keepAliveTimeout: 4_000 });
  private readonly lanes = createLanes(AT_ONCE);
  private readonly underWay = new Set<Promise<PushResult>>();
  private held: (() => Promise<unknown>)[] = [];

  constructor(private readonly world: World) {}

  /** Pushes and waits for the answer, through all tries. Never rejects. */
  push(order: PushOrder): Promise<PushResult> {
    if (!this.world.settings.pushTo) {
      return Promise.resolve({ body: null, tries: 0, tookMs: 0, problem: 'no server URL is set' });
    }
    if (!this.switches.isHolding) {
      return this.track(this.sendWithTries(order));
    }
    return new Promise((resolve) => {
      this.held.push(async () => resolve(await this.track(this.sendWithTries(order))));
    });
  }

  /** Pushes a body that somebody wrote, once; null where no server URL is set. Never rejects. */
  async pushRaw(body: Buffer): Promise<RawAnswer | null> {
    const { settings, clock } = this.world;
    return settings.pushTo
      ? answerRaw(() => ask(this.agent, settings, formatRawPush(settings, body, clock.now())))
      : null;
  }

  /** Pushes a little later, after whatever is being answered now; nobody waits for it. */
  pushSoon(order: PushOrder): void {
    const sending = new Promise<PushResult>((resolve) => {
      setImmediate(() => resolve(this.push(order)));
    });
    void (this.switches.isHolding ? sending : this.track(sending));
  }

  /** Lets the kept pushes go, newest first, each after the answer to the one before. Resolves to their number. */
  async release(): Promise<number> {
    const waiting = this.held.reverse();
    this.held = [];
    this.switches.isHolding = false;
    for (const send of waiting) {
      await send();
    }
    return waiting.length;
  }

  /** Does WeChat's check of the server URL: resolves to whether the echo came back unchanged. */
  async verify(): Promise<{ ok: boolean; problem?: string }> {
    const echo = randomDigits();
    try {
      const query = formatVerification(this.world.settings, echo, this.world.clock.now());
      const body = await exchange(this.agent, this.world.settings, { query, body: null });
      return body === echo ? { ok: true } : { ok: false, problem: 'the answer is not the echostr' };
    } catch (error) {
      return { ok: false, problem: explain(error) };
    }
  }

  /** Pushes waiting and under way. */
  load(): { waiting: number; running: number } {
    return this.lanes.load();
  }

  /** Resolves when nothing is waiting or under way. */
  async idle(): Promise<void> {
    while (this.underWay.size > 0) {
      await Promise.all(this.underWay);
    }
  }

  /** Cuts all connections. */
  close(): Promise<void> {
    return this.agent.destroy();
  }

  private async track(sending: Promise<PushResult>): Promise<PushResult> {
    this.underWay.add(sending);
    try {
      return await sending;
    } finally {
      this.underWay.delete(sending);
    }
  }

  private async sendWithTries(order: PushOrder): Promise<PushResult> {
    const { world } = this;
    const startedAt = performance.now();
    world.stats.add('pushes');
    let problem = '';
    for (let tries = 1; tries <= TRIES; tries += 1) {
      const triedAt = performance.now();
      try {
        const body = await this.sendOnce(order);
        const tookMs = Math.round(performance.now() - startedAt);
        if (this.switches.isDuplicating) {
          await this.sendOnce(order).catch(() => '');
        }
        return { body, tries, tookMs };
      } catch (error) {
        problem = explain(error);
        world.log.warn('a push was not answered', { tries, problem });
      }
      if (tries < TRIES) {
        world.stats.add('pushRetries');
        await world.delay(Math.max(0, TRY_APART_MS - (performance.now() - triedAt)));
      }
    }
    world.stats.add('pushFailures');
    return { body: null, tries: TRIES, tookMs: Math.round(performance.now() - startedAt), problem };
  }

  private sendOnce({ openid, fields, lane }: PushOrder): Promise<string> {
    const { settings, clock } = this.world;
    return this.lanes.run(lane, () =>
      exchange(this.agent, settings, formatPush(settings, { fields, openid, nowMs: clock.now() })),
    );
  }
}

function explain(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}

function randomDigits(): string {
  return `${randomInt(1e9, 9e9)}${randomInt(1e9, 9e9)}`;
}

/** Sends members' messages to the app's server URL: always encrypted, five seconds a try, three tries. */
import { randomInt } from 'node:crypto';
import { Agent } from 'undici';
import { encryptMessage, signatureOf } from '#src/lib/message-crypto.js';
import { ask, exchange, type Wire } from '../push-exchange.js';
import { type PushFields, writePushXml } from '../push-xml.js';
import { answerRaw, type RawAnswer, sealRaw, wireOf } from '../raw-push.js';
import type { World } from '../world.js';
import { simulatedWecom } from './directory.js';

const TRIES = 3;
const TRY_APART_MS = 5_000;
const AT_ONCE = 32;
/** The check of a server URL waits a second where a push waits five. */
const VERIFY_SHARE = 1 / 5;

/** What became of a push. */
export interface WecomPushResult {
  /** The server's answer; null when it gave none. */
  body: string | null;
  tries: number;
  tookMs: number;
  /** Why there is no answer. */
  problem?: string;
}

/** The sender of the app. It reads the address from the world's settings at each try. */
export class WecomPusher {
  /** Every push arrives twice, the second time like a retry. */
  isDuplicating = false;
  private readonly agent = new Agent({ connections: AT_ONCE, pipelining: 1, keepAliveTimeout: 4_000 });
  private readonly underWay = new Set<Promise<unknown>>();

  constructor(private readonly world: World) {}

  /** Pushes and waits for the answer, through all tries. Never rejects. */
  async push(fields: PushFields): Promise<WecomPushResult> {
    if (!this.world.settings.wecomPushTo) {
      return { body: null, tries: 0, tookMs: 0, problem: 'no server URL is set' };
    }
    const sending = this.sendWithTries(fields);
    this.underWay.add(sending);
    try {
      return await sending;
    } finally {
      this.underWay.delete(sending);
    }
  }

  /** Pushes a body that somebody wrote, once; null where no server URL is set. Never rejects. */
  async pushRaw(body: Buffer): Promise<RawAnswer | null> {
    const { wecomAesKey: aesKey, wecomPushTo: pushTo, pushTimeoutMs } = this.world.settings;
    if (!pushTo) {
      return null;
    }
    const { corpId, agentId } = simulatedWecom;
    const encrypted = encryptMessage({ message: body, receiverId: corpId, aesKey });
    const sealed = sealRaw(body, encrypted, { ToUserName: corpId, AgentID: String(agentId) });
    return answerRaw(() => ask(this.agent, { pushTo, pushTimeoutMs }, wireOf(this.sign(encrypted), sealed)));
  }

  /** Does WeCom's check of the server URL: resolves to whether the encrypted echo came back clear. */
  async verify(): Promise<{ ok: boolean; problem?: string }> {
    if (!this.world.settings.wecomPushTo) {
      return { ok: false, problem: 'no server URL is set' };
    }
    const echo = `${randomInt(1e9, 9e9)}${randomInt(1e9, 9e9)}`;
    const { wecomAesKey: aesKey, pushTimeoutMs } = this.world.settings;
    const encrypted = encryptMessage({ message: echo, receiverId: simulatedWecom.corpId, aesKey });
    const query = `${this.sign(encrypted)}&echostr=${encodeURIComponent(encrypted)}`;
    try {
      const body = await this.send({ query, body: null }, pushTimeoutMs * VERIFY_SHARE);
      return body === echo ? { ok: true } : { ok: false, problem: 'the answer is not the clear echostr' };
    } catch (error) {
      return { ok: false, problem: explain(error) };
    }
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    while (this.underWay.size > 0) {
      await Promise.all(this.underWay);
    }
  }

  /** Cuts all connections. */
  close(): Promise<void> {
    return this.agent.destroy();
  }

  private async sendWithTries(fields: PushFields): Promise<WecomPushResult> {
    const { world } = this;
    const startedAt = performance.now();
    const tookMs = () => Math.round(performance.now() - startedAt);
    let problem = '';
    for (let tries = 1; tries <= TRIES; tries += 1) {
      const triedAt = performance.now();
      try {
        const body = await this.sendOnce(fields);
        if (this.isDuplicating) {
          await this.sendOnce(fields).catch(() => '');
        }
        return { body, tries, tookMs: tookMs() };
      } catch (error) {
        problem = explain(error);
        world.log.warn('a push to the WeCom server URL was not answered', { tries, problem });
      }
      if (tries < TRIES) {
        world.stats.add('wecomPushRetries');
        await world.delay(Math.max(0, TRY_APART_MS - (performance.now() - triedAt)));
      }
    }
    world.stats.add('wecomPushFailures');
    return { body: null, tries: TRIES, tookMs: tookMs(), problem };
  }

  private sendOnce(fields: PushFields): Promise<string> {
    const { wecomAesKey: aesKey, pushTimeoutMs } = this.world.settings;
    const { corpId, agentId } = simulatedWecom;
    const encrypted = encryptMessage({ message: writePushXml(fields), receiverId: corpId, aesKey });
    const body = writePushXml({ ToUserName: corpId, AgentID: String(agentId), Encrypt: encrypted });
    this.world.stats.add('wecomPushes');
    return this.send({ query: this.sign(encrypted), body }, pushTimeoutMs);
  }

  private send(wire: Wire, pushTimeoutMs: number): Promise<string> {
    return exchange(this.agent, { pushTo: this.world.settings.wecomPushTo, pushTimeoutMs }, wire);
  }

  /** There is no plain signature, only the one that covers what is encrypted. */
  private sign(encrypted: string): string {
    const timestamp = String(Math.floor(this.world.clock.now() / 1000));
    const nonce = String(randomInt(100_000_000, 2_000_000_000));
    const signature = signatureOf(this.world.settings.wecomToken, timestamp, nonce, encrypted);
    return `msg_signature=${signature}&timestamp=${timestamp}&nonce=${nonce}`;
  }
}

function explain(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}

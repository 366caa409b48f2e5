/** A server URL, whichever platform pushes to it: reads, has the work done once, and answers within five seconds. */
import { createHash } from 'node:crypto';
import type { ParsedUrlQuery } from 'node:querystring';
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import { AWAY_RETRY_S } from '#src/core/guard.js';
import type { Core } from '#src/core/index.js';
import { BodyError, readRawBody } from '#src/lib/body.js';
import type { Clock } from '#src/lib/clock.js';
import { randomHex } from '#src/lib/ids.js';
import type { Logger } from '#src/lib/logger.js';
import type { Fields } from './fields.js';
import type { Push } from './push.js';
import { PushRefusal, StrangePush } from './refusal.js';
import { writeReply } from './replies.js';
import { type ChatRules, createResponder } from './respond.js';
import { createTurns } from './turns.js';
import { hasSignature, isPlain, openPush, textOf, type Verifier } from './verify.js';

/** What a door is made with. */
export interface DoorNeeds {
  core: Core;
  /** Sends a text outside of an answer, for replies that come too late; `to` is the platform's name of the person. */
  sendText(to: string, text: string): Promise<void>;
  clock: Clock;
  log: Logger;
  /** Makes the nonces of setting links; random ones by default. */
  newNonce?: () => string;
  /** How long work may hold an answer up, in milliseconds. Default 3,500 of the platform's 5,000. */
  budgetMs?: number;
}

/** The door: a middleware that answers its path and passes everything else on. */
export interface WechatDoor extends Middleware {
  /** Resolves once no work and no late reply is under way; a server that stops waits for it. */
  idle(): Promise<void>;
}

/** What differs from platform to platform. */
export interface ServerUrl {
  path: string;
  verifier: Verifier;
  /** The answer to the check that the platform does on saving the URL. Throws PushRefusal. */
  echo(query: ParsedUrlQuery, nowMs: number): string;
  /** Checks what can be checked before a body is read. Throws PushRefusal. */
  checkQuery(query: ParsedUrlQuery, nowMs: number): void;
  /** Throws StrangePush. */
  readPush(fields: Fields, nowMs: number): Push;
  /** The body that says that a push arrived and that nothing is to be shown. */
  acknowledgement: string;
  rules: ChatRules;
}

/** Real pushes stay below 64 KB; the compatible mode triples them. */
const MAX_BODY_BYTES = 192 * 1024;
const DEFAULT_BUDGET_MS = 3_500;

/** Serves a server URL. */
export function serveUrl(url: ServerUrl, needs: DoorNeeds): WechatDoor {
  const { core, clock, log, budgetMs = DEFAULT_BUDGET_MS, newNonce = () => randomHex(8) } = needs;
  const { verifier } = url;
  const turns = createTurns({ inbox: core.inbox, log, budgetMs });
  const respond = createResponder({ ...needs, newNonce, turns, rules: url.rules });

  /**
   * In plaintext mode a signature covers its time and nonce alone, so whoever saw one could send words of anybody under it.
   * The platform's own repeats have the same body, or a nonce of their own. Throws PushRefusal 401, 503.
   */
  async function refuseOtherBodies(query: ParsedUrlQuery, body: string | Buffer): Promise<void> {
    if (!isPlain(verifier)) {
      return;
    }
    const contentHash = createHash('sha256').update(body).digest('hex');
    const isFirst = await core.inbox
      .serveOnce(textOf(query.signature), contentHash)
      .catch((error: unknown) => {
        log.error('the nonce of a push could not be looked up', { error });
        throw new PushRefusal(503, 'nobody can tell whether the nonce is new');
      });
    if (!isFirst) {
      throw new PushRefusal(401, 'the nonce came with another body before');
    }
  }

  async function echo(ctx: Context): Promise<void> {
    const text = url.echo(ctx.query, clock.now());
    // No push may come under the signature of a check either.
    await refuseOtherBodies(ctx.query, `echostr=${text}`);
    show(ctx, 'text', text);
  }

  async function receive(ctx: Context): Promise<void> {
    url.checkQuery(ctx.query, clock.now());
    const body = await readBody(ctx, verifier);
    await refuseOtherBodies(ctx.query, body);
    const opened = await openPush(verifier, ctx.query, body);
    const push = url.readPush(opened.fields, clock.now());
    const answer = await respond(push, { isSealed: opened.aesKey !== null });
    if (answer.kind === 'retry') {
      refuse(ctx, 503);
    } else if (answer.text === null) {
      show(ctx, 'text', url.acknowledgement);
    } else {
      const { text } = answer;
      show(ctx, opened.form, writeReply({ verifier, opened, push, text, nowMs: clock.now() }));
    }
  }

  /** Runs a step of a request; what it refuses is logged, and answered by its status alone; so is what nobody understands. */
  async function refusing(ctx: Context, step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      if (error instanceof StrangePush && ctx.method === 'POST') {
        logOf(ctx, log).warn('a push was not understood, and acknowledged', { reason: error.reason });
        show(ctx, 'text', url.acknowledgement);
        return;
      }
      const { status, reason } = toRefusal(error);
      const what = ctx.method === 'POST' ? 'a push' : 'a check of the server URL';
      logOf(ctx, log).warn(`${what} was refused`, { status, reason });
      refuse(ctx, status);
    }
  }

  const router = new Router();
  router.get(url.path, (ctx) => refusing(ctx, () => echo(ctx)));
  router.post(url.path, (ctx) => refusing(ctx, () => receive(ctx)));
  return Object.assign(router.routes() as Middleware, { idle: turns.idle });
}

/** The logger of the request, where the app has given it one. */
function logOf(ctx: Context, fallback: Logger): Logger {
  const log: Logger | undefined = ctx.state.log;
  return log ?? fallback;
}

/** The body's bytes; one that is too large is refused before it is read. Throws PushRefusal, StrangePush. */
async function readBody(ctx: Context, verifier: Verifier): Promise<Buffer> {
  try {
    return await readRawBody(ctx.req, { limitBytes: MAX_BODY_BYTES });
  } catch (error) {
    if (!(error instanceof BodyError)) {
      throw error;
    }
    const reason = `body: ${error.reason}`;
    if (error.reason === 'too_large') {
      throw new PushRefusal(413, reason);
    }
    throw hasSignature(verifier, ctx.query) ? new StrangePush(reason) : new PushRefusal(401, reason);
  }
}

function toRefusal(error: unknown): PushRefusal {
  if (error instanceof PushRefusal) {
    return error;
  }
  if (error instanceof StrangePush) {
    return new PushRefusal(400, error.reason);
  }
  throw error;
}

const TYPES = { text: 'text/plain', xml: 'text/xml', json: 'application/json' } as const;

function show(ctx: Context, type: keyof typeof TYPES, body: string): void {
  ctx.status = 200;
  ctx.set('X-Content-Type-Options', 'nosniff');
  ctx.type = `${TYPES[type]}; charset=utf-8`;
  ctx.body = body;
}

/** Nothing but the status: a stranger learns nothing, and the platform reads nothing. */
function refuse(ctx: Context, status: number): void {
  if (status === 503) {
    // The platforms push again after anything but 200; this tells proxies and operators that it is for now.
    ctx.set('Retry-After', String(AWAY_RETRY_S));
  }
  ctx.status = status;
  ctx.type = 'text/plain';
  ctx.body = '';
}

/** The official account's server URL: proves, opens, works once, and answers within the platform's five seconds. */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import type { Core } from '#src/core/index.js';
import { BodyError, decodeUtf8, readRawBody } from '#src/lib/body.js';
import type { Clock } from '#src/lib/clock.js';
import { randomHex } from '#src/lib/ids.js';
import type { Logger } from '#src/lib/logger.js';
import { readPush } from './push.js';
import { PushRefusal } from './refusal.js';
import { writeReply } from './replies.js';
import { createResponder } from './respond.js';
import { createTurns } from './turns.js';
import { checkQuery, createVerifier, type DoorSettings, isHandshake, openPush } from './verify.js';

/** What the door is made with. */
export interface WechatDoorNeeds {
  core: Core;
  settings: DoorSettings;
  /** Sends a customer-service text, for replies that come too late to answer with. */
  sendText(openid: string, text: string): Promise<void>;
  clock: Clock;
  log: Logger;
  /** Makes the nonces of setting links; random ones by default. */
  newNonce?: () => string;
  /** How long work may hold an answer up, in milliseconds. Default 3,500 of the platform's 5,000. */
  budgetMs?: number;
}

/** The door: a middleware that answers `/wechat` and passes everything else on. */
export interface WechatDoor extends Middleware {
  /** Resolves once no work and no late reply is under way; a server that stops waits for it. */
  idle(): Promise<void>;
}

/** Real pushes stay below 64 KB; the compatible mode triples them. */
const MAX_BODY_BYTES = 192 * 1024;
const DEFAULT_BUDGET_MS = 3_500;
/** Tells the platform that a push arrived and that nothing is to be shown. */
const SUCCESS = 'success';

/** Makes the door. Throws RangeError when a message key is none. */
export function createWechatDoor(needs: WechatDoorNeeds): WechatDoor {
  const { core, clock, log, budgetMs = DEFAULT_BUDGET_MS, newNonce = () => randomHex(8) } = needs;
  const verifier = createVerifier(needs.settings);
  const turns = createTurns({ inbox: core.inbox, log, budgetMs });
  const respond = createResponder({ ...needs, newNonce, turns });

  async function receive(ctx: Context): Promise<void> {
    checkQuery(verifier, ctx.query, clock.now());
    const body = decodeUtf8(await readRawBody(ctx.req, { limitBytes: MAX_BODY_BYTES }));
    const opened = await openPush(verifier, ctx.query, body);
    const push = readPush(opened.fields, core.account.account, clock.now());
    const answer = await respond(push);
    if (answer.kind === 'retry') {
      refuse(ctx, 500);
    } else if (answer.text === null) {
      show(ctx, 'text', SUCCESS);
    } else {
      const { text } = answer;
      show(ctx, opened.form, writeReply({ verifier, opened, push, text, nowMs: clock.now() }));
    }
  }

  const router = new Router();
  router.get('/wechat', (ctx) => {
    if (isHandshake(verifier, ctx.query) && typeof ctx.query.echostr === 'string') {
      show(ctx, 'text', ctx.query.echostr);
    } else {
      logOf(ctx, log).warn('a check of the server URL was refused: its signature is wrong');
      refuse(ctx, 401);
    }
  });
  router.post('/wechat', async (ctx) => {
    try {
      await receive(ctx);
    } catch (error) {
      const { status, reason } = toRefusal(error);
      logOf(ctx, log).warn('a push was refused', { status, reason });
      refuse(ctx, status);
    }
  });
  return Object.assign(router.routes() as Middleware, { idle: turns.idle });
}

/** The logger of the request, where the app has given it one. */
function logOf(ctx: Context, fallback: Logger): Logger {
  const log: Logger | undefined = ctx.state.log;
  return log ?? fallback;
}

function toRefusal(error: unknown): PushRefusal {
  if (error instanceof PushRefusal) {
    return error;
  }
  if (error instanceof BodyError) {
    return new PushRefusal(error.reason === 'too_large' ? 413 : 400, `body: ${error.reason}`);
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
  ctx.status = status;
  ctx.type = 'text/plain';
  ctx.body = '';
}

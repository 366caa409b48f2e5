/** The JSON calls behind the demo page: begin a visit, look at it, push to the person who scanned its code. */
import Router from '@koa/router';
import type { Context } from 'koa';
import { AppError } from '#src/core/errors.js';
import { BodyError, decodeUtf8, readRawBody } from '#src/lib/body.js';
import type { Clock } from '#src/lib/clock.js';
import type { Language } from '#src/lib/i18n.js';
import { inLanguage } from '#src/lib/in-language.js';
import { parseJson } from '#src/lib/json.js';
import { qrSvg } from '#src/lib/qr-picture.js';
import type { DemoCallback } from './demo-inbox.js';
import { type DemoPush, demoPushSchema } from './demo-schema.js';
import type { DEMO_WORDS } from './demo-words.js';
import type { Page } from './page.js';
import { isSameOrigin } from './same-origin.js';
import { createWindowLimit } from './window-limit.js';

/** A visit that begins: a code of its own for the demo app. */
export interface DemoVisit {
  /** The visit's secret name, 16..128 characters of [A-Za-z0-9_-], not to be guessed. */
  visit: string;
  /** What the visit's QR picture encodes. */
  qrcodeText: string;
  appId: number;
  appName: string;
}

/** What became of a visit. */
export interface DemoVisitState {
  /** Who scanned the visit's code, once somebody did. */
  uid?: string;
  /** The messages pushed in this visit, newest first. `detail` is for people: the attempts, a reason. */
  messages: { id: number; state: string; detail?: string; url?: string }[];
  /** Newest first. */
  callbacks: DemoCallback[];
}

/** The verbs of the demo program. */
export interface DemoVerbs {
  /** Begins a visit for a caller's address. Throws AppError limit_reached. */
  createVisit(from: string): Promise<DemoVisit>;
  /** null when there is no such visit, or its code expired before anybody scanned it. */
  readVisit(visit: string): Promise<DemoVisitState | null>;
  /** Sends to the person who scanned the visit's code, and to nobody else. */
  push(input: DemoPush & { visit: string }): Promise<{ messageId: number }>;
}

/** What these calls need. */
export interface DemoApiNeeds extends DemoVerbs {
  publicUrl: string;
  clock: Clock;
  openPage: (ctx: Context) => Page<Words>;
}

type Words = keyof typeof DEMO_WORDS;
type Refusal = 'badOrigin' | 'badType' | 'badBody' | 'tooMany' | 'noVisit' | 'notScanned';

const STATUS: Readonly<Record<Refusal, number>> = {
  badOrigin: 403,
  badType: 415,
  badBody: 400,
  tooMany: 429,
  noVisit: 404,
  notScanned: 409,
};
const MINUTE_MS = 60_000;
/** Between the tries of a message. */
const NEXT_TRY = ' → ';
const VISIT_SHAPE = /^[\w-]{16,128}$/;
/** 40,000 characters of three bytes, and the rest of the form. */
const MAX_BODY_BYTES = 256 * 1024;

/** A refusal on its way to the answer; it never leaves this file. */
class Refused extends Error {
  constructor(
    readonly why: Refusal,
    readonly field = '',
  ) {
    super(why);
  }
}

/** The router of /demo/api. Errors are `{error: {code, message}}`. */
export function createDemoApi(needs: DemoApiNeeds): Router {
  const { clock } = needs;
  const takePush = createWindowLimit({ clock, max: 20, windowMs: MINUTE_MS });
  const router = new Router({ prefix: '/demo/api' });
  const answer = (call: (ctx: Context) => Promise<unknown>) => (ctx: Context) => answerJson(ctx, needs, call);

  router.post(
    '/visits',
    answer(async (ctx) => {
      await readJson(ctx, needs.publicUrl);
      const made = await needs.createVisit(ctx.ip);
      ctx.status = 201;
      const svg = Buffer.from(await qrSvg(made.qrcodeText)).toString('base64');
      return { ...made, qrcodePicture: `data:image/svg+xml;base64,${svg}` };
    }),
  );
  router.get(
    '/visits/:visit',
    answer(async (ctx) => toState((await findVisit(ctx, needs)).state, needs.openPage(ctx).language)),
  );
  router.post(
    '/visits/:visit/messages',
    answer(async (ctx) => {
      const checked = demoPushSchema.safeParse(await readJson(ctx, needs.publicUrl));
      if (!checked.success) {
        throw new Refused('badBody', String(checked.error.issues[0]?.path[0] ?? ''));
      }
      const { visit, state } = await findVisit(ctx, needs);
      insist(state.uid !== undefined, 'notScanned');
      insist(takePush(visit), 'tooMany');
      ctx.status = 201;
      return await needs.push({ visit, ...checked.data });
    }),
  );
  return router;
}

async function answerJson(ctx: Context, needs: DemoApiNeeds, call: (ctx: Context) => Promise<unknown>) {
  ctx.set({ 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' });
  try {
    ctx.body = await call(ctx);
  } catch (error) {
    if (error instanceof AppError && error.code === 'limit_reached') {
      const message = needs.openPage(ctx).language === 'zh' ? error.zh : error.en;
      ctx.set('Retry-After', String(error.retryAfterS ?? 1));
      ctx.status = error.status;
      ctx.body = { error: { code: 'tooMany', message } };
      return;
    }
    const refused = error instanceof BodyError ? new Refused('badBody') : error;
    if (!(refused instanceof Refused)) {
      throw error;
    }
    const message = needs.openPage(ctx).t(refused.why, { field: refused.field });
    ctx.status = STATUS[refused.why];
    ctx.body = { error: { code: refused.why, message } };
  }
}

async function findVisit(ctx: Context, needs: DemoVerbs): Promise<{ visit: string; state: DemoVisitState }> {
  const visit = String(ctx.params.visit ?? '');
  const state = VISIT_SHAPE.test(visit) ? await needs.readVisit(visit) : null;
  if (state === null) {
    throw new Refused('noVisit');
  }
  return { visit, state };
}

/** Keeps of each message's tries the reader's half of what is said in both languages. */
function toState(state: DemoVisitState, language: Language): DemoVisitState {
  const tell = (detail: string): string =>
    detail
      .split(NEXT_TRY)
      .map((part) => inLanguage(part, language))
      .join(NEXT_TRY);
  return {
    ...state,
    messages: state.messages.map((message) =>
      message.detail === undefined ? message : { ...message, detail: tell(message.detail) },
    ),
  };
}

/** Reads a JSON body, which only a page of our own may send. */
async function readJson(ctx: Context, publicUrl: string): Promise<unknown> {
  insist(isSameOrigin(ctx, publicUrl), 'badOrigin');
  insist(ctx.is('application/json') === 'application/json', 'badType');
  const text = decodeUtf8(await readRawBody(ctx.req, { limitBytes: MAX_BODY_BYTES }));
  try {
    return parseJson(text);
  } catch {
    throw new Refused('badBody');
  }
}

function insist(isFine: boolean, why: Refusal): void {
  if (!isFine) {
    throw new Refused(why);
  }
}

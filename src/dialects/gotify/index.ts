/** The Gotify dialect: programs that post to a gotify server push to a person here. */
import Router from '@koa/router';
import type { Context } from 'koa';
import { AppError } from '#src/core/errors.js';
import type { Core } from '#src/core/index.js';
import { asWrongKey, judgeKey } from '#src/core/wrong-keys.js';
import type { Dialect } from '#src/dialects/dialect.js';
import { publishToPeople } from '#src/dialects/person-push.js';
import { isObject, parseFields } from '#src/dialects/read-form.js';
import { tellRetryLater } from '#src/dialects/retry-later.js';
import { BodyError } from '#src/lib/body.js';
import type { Logger } from '#src/lib/logger.js';
import { type GotifyMessage, GotifyRefusal, readMessage } from './read-message.js';

/** The Android client makes itself heard from here on. */
const URGENT = 8;
/** What stands for the application's name where a message has no title. */
const APP_NAME = '青鸟 Qingniao';
const NAMES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  413: 'Request Entity Too Large',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};
/** The release of gotify whose calls and answers these are. */
const VERSION = '3.0.0';
const NO_TOKEN = 'you need to provide a valid access token or user credentials to access this api';

/** Makes the dialect. */
export function createGotify(core: Core): Dialect {
  const router = new Router();
  router.all('/message', (ctx) =>
    ctx.method === 'POST' ? answer(core, ctx) : refuse(ctx, 404, 'page not found'),
  );
  router.get('/health', (ctx) => {
    ctx.body = { health: 'green', database: 'green' };
  });
  router.get('/version', (ctx) => {
    ctx.body = { version: VERSION, commit: 'qingniao', buildDate: '2026-07-18-12:08:41' };
  });
  router.get('/gotifyinfo', (ctx) => {
    // Nobody has an account here: keys come from the chat.
    ctx.body = { version: VERSION, register: false, oidc: false };
  });
  const routes = [
    { method: 'POST', path: '/message' },
    { method: 'GET', path: '/health' },
    { method: 'GET', path: '/version' },
    { method: 'GET', path: '/gotifyinfo' },
  ];
  return {
    name: 'gotify',
    routes,
    router,
    traits: { features: ['title', 'markdown', 'link', 'urgent'], passesTo: ['gotify'] },
    answerUnknown: (ctx) => refuse(ctx, 404, 'page not found'),
  };
}

async function answer(core: Core, ctx: Context): Promise<void> {
  try {
    ctx.body = await post(core, ctx);
  } catch (thrown) {
    const error = await judgeKey(ctx, thrown);
    const log: Logger | undefined = ctx.state.log;
    if (error instanceof GotifyRefusal) {
      refuse(ctx, error.status, error.message);
    } else if (error instanceof BodyError) {
      refuse(ctx, error.reason === 'too_large' ? 413 : 400, error.message);
    } else if (error instanceof AppError) {
      refuse(ctx, error.status, `${error.zh} ${error.en}`);
      tellRetryLater(ctx, error);
    } else {
      log?.error('a gotify call failed', { error });
      refuse(ctx, 500, 'internal error');
    }
  }
}

async function post(core: Core, ctx: Context) {
  const token = readToken(ctx);
  const owner = token === '' ? null : await core.keys.findOwner('gotify', token);
  if (!owner) {
    throw asWrongKey(new GotifyRefusal(401, NO_TOKEN), token === '' ? 0 : 1);
  }
  const said = await readMessage(ctx);
  const { message, title, priority, extras } = said;
  const picture = pictureOf(said);
  const { messageId } = await publishToPeople(core, [owner], {
    source: 'gotify',
    title,
    body: picture === '' ? message : `${message}\n\n图片 Image: ${picture}`,
    format: wantsMarkdown(said) ? 'markdown' : 'text',
    link: clickOf(said),
    isUrgent: (priority ?? 0) >= URGENT,
    extras: { gotify: { ...(priority === undefined ? {} : { priority }), extras } },
  });
  return {
    id: messageId,
    appid: owner.keyId,
    message,
    title: title.trim() || APP_NAME,
    priority: priority ?? 0,
    ...(Object.keys(extras).length > 0 ? { extras } : {}),
    date: new Date(core.clock.now()).toISOString(),
  };
}

/** Gotify looks at these places in this order. */
function readToken(ctx: Context): string {
  const bearer = /^Bearer\s+(\S+)$/i.exec(ctx.get('authorization'))?.[1];
  return parseFields(ctx.querystring).token || ctx.get('x-gotify-key') || bearer || '';
}

function wantsMarkdown({ extras }: GotifyMessage): boolean {
  const display = extras['client::display'];
  return isObject(display) && display.contentType === 'text/markdown';
}

function pictureOf({ extras }: GotifyMessage): string {
  const notification = extras['client::notification'];
  const url = isObject(notification) ? notification.bigImageUrl : '';
  return typeof url === 'string' ? url.trim() : '';
}

function clickOf({ extras }: GotifyMessage): string {
  const notification = extras['client::notification'];
  const click = isObject(notification) ? notification.click : undefined;
  return isObject(click) && typeof click.url === 'string' ? click.url : '';
}

function refuse(ctx: Context, status: number, errorDescription: string): void {
  ctx.status = status;
  ctx.body = { error: NAMES[status] ?? 'Error', errorCode: status, errorDescription };
}

/** The Server酱 dialect: Turbo, the first generation and ³, for programs that have only their host changed. */
import Router from '@koa/router';
import type { Context, Next } from 'koa';
import type { Core } from '#src/core/index.js';
import { judgeKey } from '#src/core/wrong-keys.js';
import type { Dialect } from '#src/dialects/dialect.js';
import { isDeveloperDisabled } from '#src/dialects/find-owners.js';
import { isGuessing, isOverloaded, tellRetryLater } from '#src/dialects/retry-later.js';
import type { Logger } from '#src/lib/logger.js';
import { CHANNEL_NAMES } from './channel-codes.js';
import { AddressBlocked, type Answer, type Generation, Refusal, toRefused, wrongKey } from './envelope.js';
import { createSend, findOwner } from './send.js';
import { readStatus } from './status.js';

/** Makes the dialect. */
export function createServerchan(core: Core): Dialect {
  const send = createSend(core);
  const router = new Router();
  const answerSend = (ctx: Context, key: string, generation: Generation) =>
    answer(ctx, generation, () => send({ ctx, key, generation }));

  router.all('/sc/:name', (ctx, next) =>
    isOurs(ctx) ? answerSend(ctx, keyOf(ctx.params.name), 'legacy') : next(),
  );
  router.all('/send/:name', (ctx, next) => {
    const key = keyOf(ctx.params.name);
    return isOurs(ctx) ? answerSend(ctx, key, generationOf(key)) : next();
  });
  // Others send to /send too, so the key must stand where this dialect alone puts it: in the host name.
  router.all('/send', (ctx, next) => {
    const key = keyInHost(ctx);
    return key === '' && !isPrefixed(ctx) ? next() : answerSend(ctx, key, generationOf(key));
  });
  router.get('/push', (ctx, next) => {
    const isAsked = ctx.method === 'GET' && (isPrefixed(ctx) || 'readkey' in ctx.query);
    return isAsked ? answer(ctx, 'turbo', () => readStatus(core, ctx)) : next();
  });
  router.all('/:name', async (ctx: Context, next: Next) => {
    const key = keyOf(ctx.params.name);
    // Nothing else ends so; without the ending it may be anybody's.
    const isKey = key !== ctx.params.name || (await isKnown(core, key));
    return isKey ? answerSend(ctx, key, isLegacyHost(ctx) ? 'legacy' : generationOf(key)) : next();
  });
  return {
    name: 'serverchan',
    routes: ROUTES,
    router,
    traits: {
      features: ['title', 'summary', 'markdown', 'channel', 'several', 'status', 'encryption'],
      channelNames: CHANNEL_NAMES,
      passesTo: ['ntfy'],
    },
    answerUnknown: (ctx) => answer(ctx, 'turbo', () => Promise.reject(wrongKey())),
    answerStranger: (ctx, { key, names }) => {
      const isMeant = /^sc(?:t|tp|u)\d/i.test(key) || names?.has('desp') === true;
      if (isMeant) {
        const generation = /^scu/i.test(key) || isLegacyHost(ctx) ? 'legacy' : generationOf(key);
        write(ctx, toRefused(generation, wrongKey()));
      }
      return isMeant;
    },
  };
}

/** `/push` is POSTed to by other dialects, `/send` belongs to ours where the host name holds a key. */
const ROUTES = [
  ...['/:sendkey.send', '/send/:sendkey.send', '/send/:sendkey', '/sc/:sendkey.send'].flatMap((path) => [
    { method: 'GET', path },
    { method: 'POST', path },
  ]),
  { method: 'GET', path: '/push' },
];

/** A key ends in `.send`, or just ends. */
function keyOf(name: string | undefined): string {
  return (name ?? '').replace(/\.send$/i, '');
}

/** The key of clients that put all of it before the host name; names of hosts have no capitals. */
function keyInHost(ctx: Context): string {
  const label = ctx.host.split('.', 1)[0]?.toLowerCase() ?? '';
  return /^sctp\d+t[a-z\d]+$/.test(label) ? label : '';
}

/** Programs of the first generation know `sc.` before a domain, and no path: they have only the domain changed. */
function isLegacyHost(ctx: Context): boolean {
  return ctx.host.toLowerCase().startsWith('sc.');
}

/** A disabled developer's key is one as well, and is refused as such. */
async function isKnown(core: Core, key: string): Promise<boolean> {
  try {
    return (await findOwner(core, key)) !== null;
  } catch (error) {
    if (isDeveloperDisabled(error)) {
      return true;
    }
    throw error;
  }
}

/** Under a word that other dialects use too, our keys are told by their ending or their beginning. */
function isOurs(ctx: Context): boolean {
  return isPrefixed(ctx) || /\.send$|^sctp?\d+t/i.test(ctx.params.name ?? '');
}

function generationOf(key: string): Generation {
  return /^sctp/i.test(key) ? 'three' : 'turbo';
}

function isPrefixed(ctx: Context): boolean {
  return ctx.state.isPrefixed === true;
}

async function answer(ctx: Context, generation: Generation, run: () => Promise<Answer>): Promise<void> {
  try {
    write(ctx, await run());
  } catch (thrown) {
    const error = await judgeKey(ctx, thrown);
    if (error instanceof AddressBlocked) {
      write(ctx, { status: 429, body: 'Too Many Requests' });
      return;
    }
    write(ctx, toRefused(generation, error instanceof Refusal ? error : toRefusal(ctx, error)));
    tellRetryLater(ctx, error);
  }
}

function write(ctx: Context, { status, body }: Answer): void {
  ctx.status = status;
  ctx.body = body;
}

/** Whatever else is thrown is a bug: logged with its stack, and nothing of it reaches the caller. */
function toRefusal(ctx: Context, error: unknown): Refusal {
  if (isDeveloperDisabled(error)) {
    return new Refusal('AUTH', error.zh);
  }
  if (isGuessing(error)) {
    return new Refusal('AUTH', error.zh, error.status);
  }
  if (isOverloaded(error)) {
    return new Refusal('SYSTEM', error.zh, error.status);
  }
  const { log }: { log?: Logger } = ctx.state;
  log?.error('a serverchan call failed', { error });
  return new Refusal('SYSTEM', '服务器内部错误', 500);
}

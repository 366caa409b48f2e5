/** Stands before every call: who asks, the body, the errors, the headers of an answer. */
import type { Context, Middleware } from 'koa';
import type { AuditNote } from '#src/core/audit.js';
import { AppError } from '#src/core/errors.js';
import type { Core } from '#src/core/index.js';
import { judgeKey } from '#src/core/wrong-keys.js';
import { readText } from '#src/lib/body.js';
import { parseJson } from '#src/lib/json.js';
import { answerError, MAX_BODY_BYTES } from './json-errors.js';
import { isFileAnswer, type Route, scopeOf } from './route.js';

/** Makes the middleware that answers a declared call. */
export function guardRoute(route: Route, core: Core): Middleware {
  return answerJson(async (ctx) => {
    const manager = await core.accounts.authenticate(readBearer(ctx));
    const scope = scopeOf(route);
    if (manager.token && !manager.token.scopes.includes(scope)) {
      throw new AppError('scope_missing', { scope });
    }
    if (route.operatorOnly && manager.role !== 'operator') {
      throw new AppError('forbidden');
    }
    // A call that takes no body refuses one with fields, instead of acting as if they were not there.
    const body = route.body || route.method !== 'get' ? await readJson(ctx) : undefined;
    const answer = await route.answerTo({ manager, params: ctx.params, query: ctx.query, body });
    // What is downloaded leaves the server as well as what is changed.
    if (route.method !== 'get' || route.file) {
      await core.audit.writeEntry(manager, toAuditNote(ctx, route));
    }
    ctx.status = route.status;
    if (route.answer) {
      ctx.body = answer;
    }
    if (route.file && isFileAnswer(answer)) {
      ctx.type = route.file;
      ctx.set('Content-Disposition', `attachment; filename="${answer.name}"`);
      ctx.body = answer.stream;
      if (answer.sizeBytes !== null) {
        ctx.length = answer.sizeBytes;
      }
    }
  });
}

function toAuditNote(ctx: Context, route: Route): AuditNote {
  // Only what the path names: the params of doors that were asked before are among them too.
  const names = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const target = names.map((name) => `${name} ${ctx.params[name]}`).join(' ');
  return { action: `api.${route.name}`, target, address: ctx.ip.replace(/^::ffff:/, '') };
}

/** Makes a middleware whose errors become the API's own answers. */
export function answerJson(run: (ctx: Context) => Promise<void> | void): Middleware {
  return async (ctx) => {
    // Answers hold tokens and people's data: no cache may keep them, no browser may guess another type.
    ctx.set({ 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' });
    try {
      await run(ctx);
    } catch (error) {
      answerError(ctx, await judgeKey(ctx, error));
    }
  };
}

/** The bearer token of a request (RFC 6750 section 2.1), empty when there is none. */
export function readBearer(ctx: Context): string {
  return /^Bearer +(\S+) *$/i.exec(ctx.get('authorization'))?.[1] ?? '';
}

/** Reads a body as JSON, whatever its sender calls it; undefined for an empty one. */
async function readJson(ctx: Context): Promise<unknown> {
  const text = await readText(ctx.req, { limitBytes: MAX_BODY_BYTES });
  if (text.trim() === '') {
    return undefined;
  }
  try {
    return parseJson(text);
  } catch {
    throw new AppError('bad_json');
  }
}

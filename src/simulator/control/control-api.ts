/** Dispatches the control API: JSON in, JSON out, every mistake answered as `{error: {code, message}}`. */
import type Koa from 'koa';
import { z } from 'zod';
import { BodyError, decodeUtf8, readRawBody } from '#src/lib/body.js';
import { ControlError, type ControlRoute } from '../platform.js';

const PREFIX = '/api/';
const BODY_LIMIT_BYTES = 1024 * 1024;

interface Match {
  route: ControlRoute;
  params: Record<string, string>;
}

/** Makes the middleware for everything below `/api`. Earlier routes win. */
export function createControlApi(routes: readonly ControlRoute[]): Koa.Middleware {
  return async (ctx, next) => {
    if (!ctx.path.startsWith(PREFIX)) {
      return next();
    }
    try {
      const { route, params } = findRoute(routes, ctx.method, ctx.path.slice(PREFIX.length - 1));
      const query = new URLSearchParams(ctx.querystring);
      const body = route.method === 'POST' ? await readJson(ctx) : {};
      sendAnswer(ctx, route.status ?? 200, await route.run({ params, query, body, ctx }));
    } catch (error) {
      const known = toControlError(error);
      if (!known) {
        throw error;
      }
      ctx.status = known.status;
      ctx.body = { error: { code: known.code, message: known.message } };
    }
  };
}

function findRoute(routes: readonly ControlRoute[], method: string, path: string): Match {
  const parts = splitPath(path);
  const matches: Match[] = [];
  for (const route of routes) {
    const params = matchPattern(splitPath(route.pattern), parts);
    if (params) {
      matches.push({ route, params });
    }
  }
  const found = matches.find((match) => match.route.method === method);
  if (!found) {
    throw matches.length > 0
      ? new ControlError(405, 'method_not_allowed', `不支持 ${method} Not a method of this call`)
      : new ControlError(404, 'not_found', '没有这个接口 No such call');
  }
  return found;
}

function splitPath(path: string): string[] {
  return path.replace(/^\/|\/$/g, '').split('/');
}

function matchPattern(pattern: readonly string[], parts: readonly string[]): Record<string, string> | null {
  if (pattern.length !== parts.length) {
    return null;
  }
  const params: Record<string, string> = {};
  for (const [index, want] of pattern.entries()) {
    const part = parts[index] ?? '';
    if (want.startsWith(':')) {
      params[want.slice(1)] = decodePart(part);
    } else if (want !== part) {
      return null;
    }
  }
  return params;
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new ControlError(400, 'bad_request', '地址编码有误 The path is not well encoded');
  }
}

async function readJson(ctx: Koa.Context): Promise<unknown> {
  const text = decodeUtf8(await readRawBody(ctx.req, { limitBytes: BODY_LIMIT_BYTES }));
  if (text.trim() === '') {
    return {};
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new ControlError(400, 'bad_request', '请求体不是 JSON The body is not JSON');
  }
}

function sendAnswer(ctx: Koa.Context, status: number, answer: unknown): void {
  ctx.status = status;
  if (status === 204) {
    ctx.body = null;
    return;
  }
  // A route that streams has set the body itself.
  if (answer !== undefined) {
    ctx.body = answer;
  }
}

function toControlError(error: unknown): ControlError | null {
  if (error instanceof ControlError) {
    return error;
  }
  if (error instanceof z.ZodError) {
    const [issue] = error.issues;
    const where = issue?.path.join('.') || 'body';
    return new ControlError(400, 'bad_request', `${where}: ${issue?.message ?? 'invalid'}`);
  }
  if (error instanceof BodyError) {
    return new ControlError(error.reason === 'too_large' ? 413 : 400, 'bad_request', error.message);
  }
  return null;
}

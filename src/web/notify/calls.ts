/** The JSON calls behind the notify page: verify an app and list its members, make a code. */
import Router from '@koa/router';
import type { Context } from 'koa';
import { z } from 'zod';
import { AppError } from '#src/core/errors.js';
import type { Core } from '#src/core/index.js';
import { BodyError, decodeUtf8, readRawBody } from '#src/lib/body.js';
import { networkOf } from '#src/lib/client-address.js';
import type { Language } from '#src/lib/i18n.js';
import { parseJson } from '#src/lib/json.js';
import { isSameOrigin } from '#src/web/pages/same-origin.js';
import { writeExamples } from './examples.js';

/** What these calls need. */
export interface NotifyCallNeeds {
  core: Pick<Core, 'notifyCodes' | 'limits'>;
  publicUrl: string;
  languageOf(ctx: Context): Language;
  /** The person who is signed in, who then owns the code that they make; null for nobody. */
  findOwner(ctx: Context): Promise<number | null>;
}

const MAX_BODY_BYTES = 64 * 1024;

const text = z.string().max(4000);
const appForm = z.object({ corpId: text, agentId: text, secret: text });
const codeForm = appForm.extend({
  receivers: text,
  format: z.enum(['text', 'markdown']),
  overflow: z.enum(['split', 'refuse']),
});

/** The router of /notify/api. Errors are `{error: {code, message}}` in the page's language. */
export function createNotifyCalls(needs: NotifyCallNeeds): Router {
  const { publicUrl } = needs;
  const { notifyCodes, limits } = needs.core;
  const router = new Router({ prefix: '/notify/api' });
  const declare = <T>(
    path: string,
    schema: z.ZodType<T>,
    run: (form: T, ctx: Context) => Promise<object>,
  ): void => {
    router.post(path, (ctx) =>
      answerJson(ctx, needs, async () => {
        const form = await readForm(ctx, schema, publicUrl);
        await limits.take('notify-call', { address: networkOf(ctx.ip) });
        return run(form, ctx);
      }),
    );
  };
  declare('/members', appForm, async (form) => ({ members: await notifyCodes.listMembers(form) }));
  declare('/codes', codeForm, async (form, ctx) => {
    await limits.take('notify-code', { address: networkOf(ctx.ip) });
    const { code } = await notifyCodes.createCode(form, await needs.findOwner(ctx));
    const url = `${publicUrl}/api/notify/${code}`;
    return { code, url, examples: writeExamples(url) };
  });
  return router;
}

async function answerJson(ctx: Context, needs: NotifyCallNeeds, run: () => Promise<object>): Promise<void> {
  ctx.set({ 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' });
  try {
    ctx.body = await run();
  } catch (thrown) {
    const error =
      thrown instanceof BodyError ? new AppError('bad_request', { detail: thrown.message }) : thrown;
    if (!(error instanceof AppError)) {
      throw error;
    }
    if (error.retryAfterS !== null) {
      ctx.set('Retry-After', String(error.retryAfterS));
    }
    ctx.status = error.status;
    const message = needs.languageOf(ctx) === 'zh' ? error.zh : error.en;
    ctx.body = { error: { code: error.code, field: error.params.field, message } };
  }
}

/** Reads a JSON form, which only a page of our own may send. */
async function readForm<T>(ctx: Context, schema: z.ZodType<T>, publicUrl: string): Promise<T> {
  if (!isSameOrigin(ctx, publicUrl) || ctx.is('application/json') !== 'application/json') {
    throw new AppError('forbidden');
  }
  const body = decodeUtf8(await readRawBody(ctx.req, { limitBytes: MAX_BODY_BYTES }));
  const checked = schema.safeParse(readJson(body));
  if (!checked.success) {
    const field = String(checked.error.issues[0]?.path[0] ?? 'body');
    throw new AppError('bad_field', { field, detail: checked.error.issues[0]?.message ?? '' });
  }
  return checked.data;
}

function readJson(body: string): unknown {
  try {
    return parseJson(body);
  } catch {
    throw new AppError('bad_json');
  }
}

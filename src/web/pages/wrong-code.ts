/** Counts the codes in addresses of pages that were never given, and refuses who shows too many. */
import type { Context } from 'koa';
import { AppError, notFound } from '#src/core/errors.js';
import { asWrongKey, judgeKey } from '#src/core/wrong-keys.js';
import type { Page } from './page.js';

/** Counts a page's code that nobody has; true where its address has shown too many, which was then answered. */
export async function refuseGuess(ctx: Context, page: Page<never>): Promise<boolean> {
  const judged = await judgeKey(ctx, asWrongKey(notFound('页面 Page')));
  if (!(judged instanceof AppError) || judged.retryAfterS === null) {
    return false;
  }
  const text = page.language === 'zh' ? judged.zh : judged.en;
  page.notify({ status: judged.status, mood: 'info', heading: page.t('tooManyWrong'), text });
  ctx.set({ 'Retry-After': String(judged.retryAfterS), 'Cache-Control': 'no-store' });
  return true;
}

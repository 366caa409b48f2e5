/** Stands where a page is that the operator has not opened to strangers. */
import type { Context, Middleware } from 'koa';
import type { View } from '#src/lib/view.js';
import { createPageOpener } from './page.js';

/** Chinese first, then English. */
const WORDS = {
  closed: ['本站没有开放这个页面', 'This page is not open here'],
  closedText: [
    '每次使用都要花公众号或企业微信的额度，所以由管理员决定是否对外开放（设置 {setting}=true）。',
    'Each use costs the operator’s WeChat or WeCom something, so the operator decides whether it is open (setting {setting}=true).',
  ],
} as const satisfies Record<string, readonly [string, string]>;

/** Answers the addresses at and below `base` with words, programs in JSON; `setting` opens them. */
export function createClosedPage({
  view,
  base,
  setting,
}: {
  view: View;
  base: string;
  setting: string;
}): Middleware {
  const openPage = createPageOpener(view, WORDS);
  return async (ctx, next) => {
    if (ctx.path !== base && !ctx.path.startsWith(`${base}/`)) {
      await next();
      return;
    }
    const page = openPage(ctx as Context);
    const [heading, text] = [page.t('closed'), page.t('closedText', { setting })];
    if (ctx.path === base) {
      page.notify({ status: 404, mood: 'info', heading, text });
      return;
    }
    ctx.status = 404;
    ctx.body = { error: { code: 'not_served', message: `${heading}：${text}` } };
  };
}

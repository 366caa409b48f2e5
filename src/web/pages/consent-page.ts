/** The page at which the owner of a mail address says whether they want somebody's mails. Looking at it decides nothing. */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import { AppError } from '#src/core/errors.js';
import { CONSENT_PATH, type ConsentView, type MailConsents } from '#src/core/mail-consents.js';
import type { View } from '#src/lib/view.js';
import { createPageOpener, type Page } from './page.js';
import { isSameOrigin } from './same-origin.js';

/** Chinese first, then English. */
const WORDS = {
  heading: ['确认接收邮件', 'Do you want these mails?'],
  asked: [
    '用户 {uid} 想把消息推送转发到 {address}。同意后，那个人的推送会发到这个邮箱；不认识的话请不要同意。',
    'The person {uid} wants to have push messages sent to {address}. If you agree, their messages come to this address; do not agree for somebody you do not know.',
  ],
  given: [
    '已同意：用户 {uid} 的推送会发到 {address}。',
    'You agreed: messages of {uid} are sent to {address}.',
  ],
  refused: [
    '已拒绝：本站不会再向 {address} 发用户 {uid} 的推送，也不会再为别人来问。',
    'You refused: nothing of {uid} is sent to {address}, and you are not asked for others either.',
  ],
  agree: ['同意', 'Agree'],
  refuse: ['不要再发，也不要再问', 'Send nothing, and do not ask again'],
  badLink: ['链接无效', 'This link is not valid'],
  badLinkText: ['请完整复制邮件里的链接。', 'Copy the link of the mail as a whole.'],
  foreign: ['这个请求不是从本站页面发出的', 'This request did not come from our page'],
  foreignText: ['请返回，刷新页面再试一次。', 'Go back, reload the page and try again.'],
} as const satisfies Record<string, readonly [string, string]>;

/** What the page needs. */
export interface ConsentPageNeeds {
  view: View;
  publicUrl: string;
  mailConsents: Pick<MailConsents, 'findByLink' | 'decide'>;
}

/** Serves GET and POST below the path of consents. */
export function createConsentPage({ view, publicUrl, mailConsents }: ConsentPageNeeds): Middleware {
  const openPage = createPageOpener(view, WORDS);
  const router = new Router();
  const answer =
    (run: (ctx: Context, page: Page<keyof typeof WORDS>) => Promise<ConsentView | null>) =>
    async (ctx: Context): Promise<void> => {
      const page = openPage(ctx);
      try {
        const consent = await run(ctx, page);
        if (consent) {
          const { uid, address, state } = consent;
          const text = page.t(state, { uid, address });
          page.show({
            template: 'consent',
            title: page.t('heading'),
            values: { state, text, path: ctx.path },
          });
        }
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'not_found') {
          throw error;
        }
        page.notify({ status: 404, mood: 'bad', heading: page.t('badLink'), text: page.t('badLinkText') });
      }
      // Else browsers that send no Sec-Fetch-Site would write `Origin: null` for the forms.
      ctx.set({ 'Cache-Control': 'no-store', 'Referrer-Policy': 'same-origin' });
    };
  router.get(
    `${CONSENT_PATH}/:code`,
    answer((ctx) => mailConsents.findByLink(String(ctx.params.code))),
  );
  for (const [verb, state] of [
    ['agree', 'given'],
    ['refuse', 'refused'],
  ] as const) {
    router.post(
      `${CONSENT_PATH}/:code/${verb}`,
      answer(async (ctx, page) => {
        if (!isSameOrigin(ctx, publicUrl)) {
          page.notify({ status: 403, mood: 'bad', heading: page.t('foreign'), text: page.t('foreignText') });
          return null;
        }
        await mailConsents.decide(String(ctx.params.code), state);
        ctx.status = 303;
        ctx.redirect(`${CONSENT_PATH}/${String(ctx.params.code)}`);
        return null;
      }),
    );
  }
  return router.routes() as Middleware;
}

/** The followers' own pages: what concerns the person who looks, whether inside WeChat or at a desk. */
import type { Context, Middleware } from 'koa';
import type { PageAction } from '#src/core/audit.js';
import type { Core } from '#src/core/index.js';
import { tellEnded } from '#src/core/sign-outs.js';
import { isInsideWechat } from '#src/lib/user-agent.js';
import type { View } from '#src/lib/view.js';
import { createDesk, type Desk } from '#src/web/session/desk.js';
import { signInPath } from '#src/web/session/next-path.js';
import { readPlace, type Visitor, type Visits } from '#src/web/session/visits.js';
import { HOME_WORDS } from './home-words.js';
import { mountMePages } from './pages.js';

/** What the followers' pages are made with. */
export interface MeDeps {
  core: Core;
  publicUrl: string;
}

/** What a request brings beside what every desk gives. */
export interface MePass {
  /** Writes a line of the audit log for changes that matter to others: keys, contacts, sessions. */
  audit(action: PageAction, target?: string, detail?: string): Promise<void>;
}

/** The followers' desk. */
export type MeDesk = Desk<MePass>;

const HOME = '/me';

/** Makes the pages below /me. */
export function createMe(needs: MeDeps & { view: View; visits: Visits }): Middleware {
  const { view, visits, ...deps } = needs;
  const desk = createDesk<MePass>({
    view,
    visits,
    frame: 'me',
    admit: async (ctx, visitor) => admitPerson(ctx, visitor, deps),
    frameValues: () => ({}),
  });
  mountMePages(desk, deps);
  mountSignOut(desk, needs);
  return desk.routes();
}

/** Leaves this browser, or all, with what was made there. */
function mountSignOut(desk: MeDesk, { core, visits }: MeDeps & { visits: Visits }): void {
  const { post } = desk.pages(HOME_WORDS);
  post('/me/sign-out', async ({ ctx, visitor, redirect }) => {
    await visits.signOut(ctx, visitor);
    redirect(signInPath(HOME));
  });
  post('/me/sign-out/everywhere', async (visit) => {
    const { ctx, visitor, language, t } = visit;
    const ended = tellEnded(await core.signOuts.endEverywhere(visitor.personId));
    await visit.audit('session.end-all', '', ended.en);
    visits.forget(ctx);
    const problem = { heading: t('signedOutEverywhere'), text: t('endedThese', { what: ended[language] }) };
    visit.show({ template: 'problem', title: problem.heading, values: { problem } });
  });
}

/** Lets everybody in who is signed in; inside WeChat the others are named by WeChat, elsewhere they scan. */
function admitPerson(ctx: Context, visitor: Visitor | null, { core }: MeDeps): MePass | null {
  if (!visitor) {
    const next = ctx.method === 'GET' ? `${ctx.path}${ctx.search}` : HOME;
    ctx.redirect(signInPath(next, isInsideWechat(ctx.get('User-Agent')) ? '/me/enter' : '/sign-in'));
    ctx.status = 303;
    return null;
  }
  const { personId } = visitor;
  return {
    audit: (action, target = '', detail = '') =>
      core.audit.writeEntry(
        { role: 'follower', personId },
        { action, target, detail, address: readPlace(ctx).address },
      ),
  };
}

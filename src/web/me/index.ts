/** The followers' own pages: what concerns the person who looks, whether inside WeChat or at a desk. */
import type { Context, Middleware } from 'koa';
import type { PageAction } from '#src/core/audit.js';
import type { Core } from '#src/core/index.js';
import { isInsideWechat } from '#src/lib/user-agent.js';
import type { View } from '#src/lib/view.js';
import { createDesk, type Desk } from '#src/web/session/desk.js';
import { signInPath } from '#src/web/session/next-path.js';
import { readPlace, type Visitor, type Visits } from '#src/web/session/visits.js';
import { mountMePages } from './pages.js';

/** What the followers' pages are made with. */
export interface MeDeps {
  core: Core;
  publicUrl: string;
}

/** What a request brings beside what every desk gives. */
export interface MePass {
  /** Writes a line of the audit log for changes that matter to others: keys, contacts, sessions. */
  audit(action: PageAction, target?: string): Promise<void>;
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
  desk.pages({}).post('/me/sign-out', async ({ ctx, visitor, redirect }) => {
    await visits.signOut(ctx, visitor);
    redirect(signInPath(HOME));
  });
  return desk.routes();
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
    audit: (action, target = '') =>
      core.audit.writeEntry(
        { role: 'follower', personId },
        { action, target, address: readPlace(ctx).address },
      ),
  };
}

/** After signing in without an account: become the first administrator by the one-time code, or a developer; and signing out. */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import type { Core } from '#src/core/index.js';
import { createPageOpener, type Page } from '#src/web/pages/page.js';
import { refuseGuess } from '#src/web/pages/wrong-code.js';
import { readForm } from './form.js';
import { signInPath, toLocalPath } from './next-path.js';
import type { SignInNeeds } from './sign-in-page.js';
import { SIGN_IN_WORDS } from './sign-in-words.js';
import { readPlace, type Visitor, type Visits } from './visits.js';

type Words = keyof typeof SIGN_IN_WORDS;

/** One request of somebody signed in. */
interface Turn {
  ctx: Context;
  page: Page<Words>;
  visitor: Visitor;
  next: string;
}

const PATH = '/sign-in/join';
const FORM_BYTES = 8 * 1024;
const NOTED_CODES = { count: 20, perMs: 3_600_000 };

/** Serves /sign-in/join (GET; POST is one of its forms) and POST /sign-out. */
export function createJoinPage(needs: SignInNeeds): Middleware {
  const openPage = createPageOpener(needs.view, SIGN_IN_WORDS);
  const router = new Router();
  router.get(PATH, async (ctx) => {
    const next = toLocalPath(ctx.query.next, '/console');
    const visitor = await needs.visits.findVisitor(ctx as Context);
    if (!visitor) {
      ctx.redirect(signInPath(next));
      return;
    }
    await showChoices({ ctx: ctx as Context, page: openPage(ctx as Context), visitor, next }, needs, '');
  });
  router.post(PATH, async (ctx) => {
    const page = openPage(ctx as Context);
    const posted = await readOwnForm(ctx as Context, page, needs.visits);
    if (posted) {
      const turn = {
        ctx: ctx as Context,
        page,
        visitor: posted.visitor,
        next: toLocalPath(posted.values.next, '/console'),
      };
      await join(turn, posted.values, needs);
    }
  });
  router.post('/sign-out', async (ctx) => {
    const page = openPage(ctx as Context);
    const posted = await readOwnForm(ctx as Context, page, needs.visits);
    if (posted) {
      await needs.visits.signOut(ctx as Context, posted.visitor);
      sayBye(page, toLocalPath(posted.values.next, '/console'));
    }
  });
  return router.routes() as Middleware;
}

/** Shows what this person can become here. */
async function showChoices(turn: Turn, { core }: SignInNeeds, error: string): Promise<void> {
  const { ctx, page, visitor, next } = turn;
  const entry = await core.accounts.findEntry(visitor.personId);
  page.show({
    template: 'session/join',
    title: page.t('joinHeading'),
    status: error === '' ? 200 : 422,
    values: {
      visitor,
      next,
      error,
      needsFirstAdmin: await core.accounts.needsFirstAdmin(),
      entry,
      canJoin: entry.kind === 'none' && entry.registration === 'open',
    },
  });
  ctx.set({ 'Cache-Control': 'no-store', 'Referrer-Policy': 'same-origin' });
}

async function join(turn: Turn, values: Readonly<Record<string, string>>, needs: SignInNeeds): Promise<void> {
  const { ctx, page, visitor } = turn;
  const { accounts, audit } = needs.core;
  const code = values.code;
  const accountId =
    code === undefined
      ? await accounts.register(visitor.personId)
      : await accounts.becomeFirstAdmin(visitor.personId, code);
  if (accountId === null) {
    await noteWrongCode(turn, needs.core);
    return (await refuseGuess(ctx, page)) ? undefined : showChoices(turn, needs, page.t('wrongCode'));
  }
  const role = code === undefined ? 'developer' : 'operator';
  await audit.writeEntry(
    { role, accountId, personId: visitor.personId },
    { action: 'account.join', target: visitor.uid, detail: role, address: readPlace(ctx).address },
  );
  // A session without an account stays what it was: this browser gets a new one.
  await needs.visits.signOut(ctx, visitor);
  await needs.visits.signIn(ctx, { personId: visitor.personId, accountId });
  ctx.redirect(turn.next);
  ctx.status = 303;
}

/** A line of the audit log, which is kept for good: those of one person are few there, however many codes they try. */
async function noteWrongCode({ ctx, visitor: { personId } }: Turn, { audit, uses }: Core): Promise<void> {
  const { reached } = await uses.count([{ name: `wrong-codes:${personId}`, ...NOTED_CODES }]);
  if (reached === null) {
    const { address } = readPlace(ctx);
    await audit.writeEntry({ role: 'follower', personId }, { action: 'account.wrong-code', address });
  }
}

/** The form of somebody signed in; null for anybody else's, which was then said. */
async function readOwnForm(ctx: Context, page: Page<Words>, visits: Visits) {
  const { values } = await readForm(ctx, FORM_BYTES);
  const visitor = await visits.findVisitor(ctx);
  if (!visitor || !visits.isOwnForm(ctx, visitor, values.csrf ?? '')) {
    page.notify({ status: 403, mood: 'bad', heading: page.t('foreign'), text: page.t('foreignText') });
    return null;
  }
  return { visitor, values };
}

function sayBye(page: Page<Words>, next: string): void {
  page.notify({
    status: 200,
    mood: 'good',
    heading: page.t('signedOut'),
    text: page.t('signedOutText'),
    action: { href: signInPath(next), label: page.t('again') },
  });
}

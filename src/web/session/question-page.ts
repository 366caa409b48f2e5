/** The page of a question: the person whose phone scanned a sign-in code answers it by a button, and by no GET. */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import type { SignInAnswer } from '#src/core/sign-in.js';
import { nameBrowser } from '#src/lib/user-agent.js';
import { createPageOpener, type Page } from '#src/web/pages/page.js';
import { isSameOrigin } from '#src/web/pages/same-origin.js';
import { readForm } from './form.js';
import type { SignInNeeds } from './sign-in-page.js';
import { SIGN_IN_WORDS } from './sign-in-words.js';

type Words = keyof typeof SIGN_IN_WORDS;
type Question = NonNullable<Awaited<ReturnType<SignInNeeds['core']['signIn']['readQuestion']>>>;

const PATH = '/sign-in/question/:key';
const FORM_BYTES = 1024;
const ROLES = { operator: 'operator', developer: 'asDeveloper', follower: 'follower' } as const;

const YES = { status: 200, mood: 'good', heading: 'questionYes' } as const;
const OVER = { status: 410, mood: 'info', heading: 'questionOver' } as const;
/** What is said of a question that cannot be answered (any more). */
const SAID = {
  confirmed: YES,
  used: YES,
  rejected: { status: 200, mood: 'info', heading: 'questionNo' },
  open: OVER,
  expired: OVER,
  none: { status: 404, mood: 'info', heading: 'questionNone' },
} as const;

/** Serves the page by GET, and the answer by POST. The key in the address is told to the person alone who is asked. */
export function createQuestionPage({ core, view }: SignInNeeds): Middleware {
  const openPage = createPageOpener(view, SIGN_IN_WORDS);
  const router = new Router();
  router.get(PATH, async (ctx) => {
    const page = openPage(ctx as Context);
    const question = await core.signIn.readQuestion(ctx.params.key ?? '');
    if (question?.state === 'open') {
      const entry = await core.accounts.findEntry(question.personId);
      showQuestion(page, question, ROLES[entry.kind === 'account' ? entry.role : 'follower']);
    } else {
      sayState(page, question);
    }
    // With no-referrer, browsers would hide the Origin of the form.
    ctx.set({ 'Cache-Control': 'no-store', 'Referrer-Policy': 'same-origin' });
  });
  router.post(PATH, async (ctx) => {
    const page = openPage(ctx as Context);
    ctx.set({ 'Cache-Control': 'no-store' });
    const { values } = await readForm(ctx as Context, FORM_BYTES);
    const answer = readAnswer(values.answer);
    if (answer === null || !isSameOrigin(ctx as Context, core.publicUrl)) {
      page.notify({ status: 403, mood: 'bad', heading: page.t('foreign'), text: page.t('foreignText') });
      return;
    }
    const key = ctx.params.key ?? '';
    const isTaken = await core.signIn.answerQuestion(key, answer);
    const question = await core.signIn.readQuestion(key);
    if (isTaken && answer === 'reject' && question) {
      const { personId, userAgent, address } = question;
      await core.audit.writeEntry(
        { role: 'follower', personId },
        { action: 'session.reject', target: nameBrowser(userAgent), address },
      );
    }
    sayState(page, question);
  });
  return router.routes() as Middleware;
}

function showQuestion(page: Page<Words>, question: Question, role: Words): void {
  const { userAgent, address, number } = question;
  page.show({
    template: 'session/question',
    title: page.t('question'),
    values: {
      browser: nameBrowser(userAgent) || page.t('unknownBrowser'),
      address,
      number,
      role: page.t(role),
    },
  });
}

/** Says how a question stands that is not open. */
function sayState(page: Page<Words>, question: Question | null): void {
  const { status, mood, heading } = SAID[question?.state ?? 'none'];
  page.notify({ status, mood, heading: page.t(heading), text: page.t(`${heading}Text`) });
}

function readAnswer(given: string | undefined): SignInAnswer | null {
  return given === 'confirm' || given === 'reject' ? given : null;
}

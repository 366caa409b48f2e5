/** Sign-in to the web pages: the question that a scan asks, its answers, and the word that ends it everywhere. */
import type { PageAction } from '#src/core/audit.js';
import type { SignInAnswer } from '#src/core/sign-in.js';
import { tellEnded } from '#src/core/sign-outs.js';
import { nameBrowser } from '#src/lib/user-agent.js';
import {
  SIGN_IN_ANSWERED,
  SIGN_IN_EXPIRED,
  SIGN_IN_NONE,
  SIGN_IN_OTHER_NUMBER,
  SIGN_IN_TAKEN,
  tellQuestion,
  tellSignedOut,
} from './sign-in-texts.js';
import type { Talk } from './talk.js';

const NOTED_FAILURES = { count: 20, perMs: 3_600_000 };

/** Answers the scan of a sign-in code: who scans first is asked, and nobody is signed in by it. */
export async function answerSignInScan(talk: Talk, scene: string): Promise<string> {
  const { core, person, commit } = talk;
  const { personId } = person;
  const scanned = await core.signIn.scanCode(scene, personId);
  switch (scanned.result) {
    case 'asked': {
      // A number answers the newest question: the one about an app gives way.
      const memory = await core.conversations.recall(personId);
      if (memory.pending !== null) {
        await core.conversations.remember(personId, { ...memory, pending: null });
      }
      commit();
      const entry = await core.accounts.findEntry(personId);
      return tellQuestion({
        ...scanned.question,
        role: entry.kind === 'account' ? entry.role : 'follower',
        pageUrl: `${core.publicUrl}/sign-in/question/${scanned.question.key}`,
        canTap: talk.canScan,
      });
    }
    case 'confirmed':
      commit();
      return SIGN_IN_ANSWERED.confirm;
    case 'taken':
    case 'expired':
      commit();
      await noteFailure(talk, scanned.result);
      return scanned.result === 'taken' ? SIGN_IN_TAKEN : SIGN_IN_EXPIRED;
  }
}

/** `确认登录 47`, `拒绝`: null where the person was asked nothing lately, and the words are ordinary ones. */
export async function answerSignIn(talk: Talk, answer: SignInAnswer, number: string): Promise<string | null> {
  const { core, person, commit } = talk;
  const question = await core.signIn.findQuestion(person.personId);
  if (!question) {
    return number === '' ? null : SIGN_IN_NONE;
  }
  if (number !== '' && Number(number) !== question.number) {
    commit();
    return SIGN_IN_OTHER_NUMBER;
  }
  const isTaken = await core.signIn.answerQuestion(question.key, answer);
  commit();
  if (isTaken) {
    if (answer === 'reject') {
      const { userAgent, address } = question;
      await note(talk, 'session.reject', { target: nameBrowser(userAgent), address });
    }
    return SIGN_IN_ANSWERED[answer];
  }
  const after = await core.signIn.readQuestion(question.key);
  switch (after?.state) {
    case 'confirmed':
    case 'used':
      return answer === 'confirm' ? SIGN_IN_ANSWERED.confirm : SIGN_IN_ANSWERED.tooLate;
    case 'rejected':
      return SIGN_IN_ANSWERED.reject;
    default:
      return SIGN_IN_EXPIRED;
  }
}

/** `1` and `2` answer a question too, unless one about an app was asked after it. Null: there is none. */
export async function answerSignInNumber(talk: Talk, number: number): Promise<string | null> {
  if (number !== 1 && number !== 2) {
    return null;
  }
  const { pending } = await talk.core.conversations.recall(talk.person.personId);
  return pending === null ? answerSignIn(talk, number === 1 ? 'confirm' : 'reject', '') : null;
}

/** `取消` refuses an open question. Null: there is none. */
export async function cancelSignIn(talk: Talk): Promise<string | null> {
  const question = await talk.core.signIn.findQuestion(talk.person.personId);
  return question?.state === 'open' ? answerSignIn(talk, 'reject', '') : null;
}

/** Signs a person out of every browser, and ends what was made there; a code that they scanned a moment ago is void. */
export async function signOutEverywhere(talk: Talk): Promise<string> {
  const { core, person, commit } = talk;
  const ended = await core.signOuts.endEverywhere(person.personId);
  commit();
  await note(talk, 'session.end-all', { detail: tellEnded(ended).en });
  return tellSignedOut(ended);
}

/** A line of the audit log; failures of one person are few there, however much they scan. */
async function noteFailure(talk: Talk, why: string): Promise<void> {
  const limit = { name: `sign-in-fails:${talk.person.personId}`, ...NOTED_FAILURES };
  if ((await talk.core.uses.count([limit])).reached === null) {
    await note(talk, 'session.fail', { detail: why });
  }
}

function note(
  { core, person }: Talk,
  action: PageAction,
  more: { target?: string; detail?: string; address?: string },
): Promise<void> {
  return core.audit.writeEntry({ role: 'follower', personId: person.personId }, { action, ...more });
}

/** Sign-in to the web pages by scanning their code, and the word that ends it everywhere. */
import { SIGN_IN_EXPIRED, SIGN_IN_TAKEN, tellSignedIn, tellSignedOut } from './sign-in-texts.js';
import type { Talk } from './talk.js';

/** Answers the scan of a sign-in code: who scans first is signed in, and reads where. */
export async function answerSignInScan({ core, person, commit }: Talk, scene: string): Promise<string> {
  const scanned = await core.signIn.scanCode(scene, person.personId);
  commit();
  switch (scanned.result) {
    case 'ok':
      return tellSignedIn(scanned.place);
    case 'taken':
      return SIGN_IN_TAKEN;
    case 'expired':
      return SIGN_IN_EXPIRED;
  }
}

/** Signs a person out of every browser, and makes a code worthless that they scanned a moment ago. */
export async function signOutEverywhere({ core, person, commit }: Talk): Promise<string> {
  await core.signIn.refuseCodes(person.personId);
  const ended = await core.sessions.revokeSessions(person.personId);
  commit();
  return tellSignedOut(ended);
}

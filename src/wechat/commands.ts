/** The built-in words and the `#` grammar as verbs: one table for what is typed, spoken and tapped in the menu. */
import { answerHash, answerNumber, cancelQuestion, sendCommand, sendPlain } from './apps-chat.js';
import { eraseMe } from './erase-me.js';
import { subscribeAndGreet } from './greeting.js';
import { readSaying, type Verb } from './sayings.js';
import { answerSignIn, answerSignInNumber, cancelSignIn, signOutEverywhere } from './sign-in.js';
import { listSubscriptions } from './subscription-list.js';
import type { Talk } from './talk.js';
import {
  EMPTY,
  PAUSED,
  RESUMED,
  tellCommandForm,
  tellHelp,
  tellKeysLink,
  tellLeft,
  tellNoApp,
  tellNotLeft,
  tellUid,
  UNSUB_HOW,
} from './texts.js';

/** What a verb does; null: it has nothing to do here, and the text is an ordinary one. */
type Act = (talk: Talk, argument: string) => Promise<string | null>;

const ACTS: Readonly<Record<Verb, Act>> = {
  help: reading(async ({ core }) => tellHelp(core.publicUrl)),
  uid: reading(async ({ person }) => tellUid(person.uid)),
  keys: reading(async ({ core, person, confide }) => {
    const code = await core.keys.createLink(person.personId);
    return confide(tellKeysLink(`${core.publicUrl}/k/${code}`));
  }),
  subs: reading((talk, page) => listSubscriptions(talk, Number(page || '1'))),
  unsub: leave,
  pause: (talk) => setPaused(talk, true),
  resume: (talk) => setPaused(talk, false),
  cancel: async (talk) => (await cancelSignIn(talk)) ?? cancelQuestion(talk),
  confirm: (talk, number) => answerSignIn(talk, 'confirm', number),
  reject: (talk) => answerSignIn(talk, 'reject', ''),
  signout: signOutEverywhere,
  erase: eraseMe,
};

/** Answers what a follower typed or said. */
export async function answerText(talk: Talk, text: string): Promise<string> {
  const saying = readSaying(text);
  switch (saying.kind) {
    case 'empty':
      return EMPTY;
    case 'verb':
      return (await ACTS[saying.verb](talk, saying.argument)) ?? sendPlain(talk, text.trim());
    case 'subscribe':
      return (await answerHash(talk, saying.id)) ?? subscribe(talk, saying.id);
    case 'command':
      return saying.content === ''
        ? subscribe(talk, saying.id)
        : sendCommand(talk, saying.id, saying.content);
    case 'unclear':
      return tellCommandForm(saying.id);
    case 'number':
      return (
        (await answerSignInNumber(talk, saying.number)) ?? answerNumber(talk, saying.number, saying.content)
      );
    case 'plain':
      return sendPlain(talk, saying.content);
  }
}

/** Does what a menu button stands for. Null: the verb had nothing to do. */
export function actOn(talk: Talk, verb: Verb): Promise<string | null> {
  return ACTS[verb](talk, '');
}

/** A verb that leaves nothing behind that must be kept. */
function reading(act: Act): Act {
  return (talk, argument) => {
    talk.commit();
    return act(talk, argument);
  };
}

async function subscribe(talk: Talk, id: string): Promise<string> {
  const app = await talk.core.apps.findApp(Number(id));
  return app ? subscribeAndGreet(talk, { app, topic: null, source: 'command', extra: '' }) : tellNoApp(id);
}

async function leave(talk: Talk, argument: string): Promise<string> {
  const target = /^#?(\d+)(?:[-/](\d+))?$/.exec(argument);
  if (!target) {
    return UNSUB_HOW;
  }
  const appId = Number(target[1]);
  const topicId = target[2] === undefined ? undefined : Number(target[2]);
  const name = topicId === undefined ? `#${appId}` : `#${appId}-${topicId}`;
  const isNumber = [appId, topicId ?? 1].every((id) => id >= 1 && id < 2 ** 31);
  const ended = isNumber
    ? await talk.core.subscriptions.unsubscribe(talk.person.personId, appId, topicId)
    : 0;
  talk.commit();
  return ended > 0 ? tellLeft(name) : tellNotLeft(name);
}

async function setPaused(talk: Talk, paused: boolean): Promise<string> {
  await talk.core.people.setPaused(talk.person.personId, paused);
  talk.commit();
  return paused ? PAUSED : RESUMED;
}

/** Carries what followers write to apps, and asks which one where that is not clear. */
import { takeCodePoints } from '#src/lib/text.js';
import type { Talk } from './talk.js';
import {
  askWhichApp,
  CANCELLED,
  type Named,
  tellBlocked,
  tellDisabled,
  tellNoApp,
  tellNoApps,
  tellNotSubscribed,
  tellSent,
  tellSentAndRemembered,
  tellTakesNoCommands,
  tellWrongNumber,
} from './texts.js';

/** More apps than this are not listed in a question. */
export const MOST_CHOICES = 15;
const QUOTED_CHARACTERS = 20;

/** A text that waits for the choice of an app, and the choices in the order they were shown. */
interface Question {
  text: string;
  appIds: number[];
}

/** `#97 text`: tells an app that the follower subscribes to. */
export async function sendCommand(talk: Talk, id: string, content: string): Promise<string> {
  const reached = await reachApp(talk, id);
  return typeof reached === 'string' ? reached : sendTo(talk, reached, content);
}

/** The app, or why the follower cannot write to it. */
async function reachApp(talk: Talk, id: string): Promise<Named | string> {
  const app = await talk.core.apps.findApp(Number(id));
  if (!app) {
    return tellNoApp(id);
  }
  if (await talk.core.disabled.isAppDisabled(app.id)) {
    return tellDisabled(app);
  }
  const [relation] = await talk.core.people.findByUids([talk.person.uid], app.id);
  if (relation?.blocked) {
    return tellBlocked(app);
  }
  return relation?.subscribed ? app : tellNotSubscribed(app);
}

/** Plain text: to the only app, to the one remembered, or after a question. */
export async function sendPlain(talk: Talk, content: string): Promise<string> {
  const apps = await listApps(talk);
  const [first] = apps;
  if (!first) {
    return tellNoApps(talk.canScan);
  }
  if (apps.length === 1) {
    return sendTo(talk, first, content);
  }
  const memory = await talk.core.conversations.recall(talk.person.personId);
  const remembered = apps.find((app) => app.id === memory.appId);
  return remembered ? sendTo(talk, remembered, content) : ask(talk, apps, content);
}

async function ask(talk: Talk, apps: readonly Named[], text: string): Promise<string> {
  const shown = apps.slice(0, MOST_CHOICES);
  const question: Question = { text, appIds: shown.map((app) => app.id) };
  const pending = JSON.stringify(question);
  await talk.core.conversations.remember(talk.person.personId, { appId: null, pending });
  talk.commit();
  const quoted = takeCodePoints(text.replace(/\s+/g, ' '), QUOTED_CHARACTERS, '…');
  return askWhichApp(quoted, shown, shown.length < apps.length);
}

/** `2`: answers the open question, else it is plain text. */
export async function answerNumber(talk: Talk, number: number, content: string): Promise<string> {
  const question = await openQuestion(talk);
  if (!question) {
    return sendPlain(talk, content);
  }
  const appId = question.appIds[number - 1];
  return appId === undefined ? tellWrongNumber(question.appIds.length) : choose(talk, question, appId);
}

/** `#97` where a question with app 97 is open: answers it. Null where there is no such question. */
export async function answerHash(talk: Talk, id: string): Promise<string | null> {
  const question = await openQuestion(talk);
  return question?.appIds.includes(Number(id)) ? choose(talk, question, Number(id)) : null;
}

/** Drops the open question and the remembered app. Null where there is neither. */
export async function cancelQuestion(talk: Talk): Promise<string | null> {
  const { personId } = talk.person;
  const memory = await talk.core.conversations.recall(personId);
  if (memory.appId === null && memory.pending === null) {
    return null;
  }
  await talk.core.conversations.remember(personId, { appId: null, pending: null });
  return CANCELLED;
}

/** Sends what waited. The event comes first: a repeat finds it written, whatever the memory says by then. */
async function choose(talk: Talk, question: Question, appId: number): Promise<string> {
  const reached = await reachApp(talk, String(appId));
  if (typeof reached === 'string') {
    return reached;
  }
  const isSent = await emit(talk, reached, question.text);
  const remembered = { appId: isSent ? appId : null, pending: null };
  await talk.core.conversations.remember(talk.person.personId, remembered);
  return isSent ? tellSentAndRemembered(reached) : tellTakesNoCommands(reached);
}

async function sendTo(talk: Talk, app: Named, content: string): Promise<string> {
  if (await talk.core.disabled.isAppDisabled(app.id)) {
    return tellDisabled(app);
  }
  return (await emit(talk, app, content)) ? tellSent(app) : tellTakesNoCommands(app);
}

/** Writes the event; false where the app has no endpoint that listens. */
async function emit(talk: Talk, app: Named, content: string): Promise<boolean> {
  const { core, person, key } = talk;
  const callback = await core.callbacks.findCallback(app.id);
  if (!callback || callback.url === '' || callback.disabledAt !== null) {
    return false;
  }
  await core.events.emit({
    type: 'upstream.received',
    appId: app.id,
    personId: person.personId,
    data: { uid: person.uid, content },
    dedupeKey: `inbound:${key}`,
  });
  talk.commit();
  return true;
}

async function openQuestion(talk: Talk): Promise<Question | null> {
  const { pending } = await talk.core.conversations.recall(talk.person.personId);
  const question = pending === null ? null : (JSON.parse(pending) as Question);
  // A question of no app is another room's.
  return question && question.appIds.length > 0 ? question : null;
}

/** The apps that the follower subscribes to; topics alone are no relation to their app. */
async function listApps(talk: Talk): Promise<Named[]> {
  const relations = await talk.core.subscriptions.listOfPerson(talk.person.personId);
  return relations
    .filter((relation) => relation.topicId === 0)
    .map(({ appId, appName }) => ({ id: appId, name: appName }));
}

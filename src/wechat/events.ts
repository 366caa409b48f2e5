/** Answers the events of followers: they come, scan, tap the menu and leave. */
import type { Core } from '#src/core/index.js';
import { actOn } from './commands.js';
import { subscribeAndGreet } from './greeting.js';
import { verbOfKey } from './menu.js';
import type { Push } from './push.js';
import { MAX_REPLY_BYTES } from './replies.js';
import type { EventAnswer } from './respond.js';
import { answerSignInScan } from './sign-in.js';
import type { Talk } from './talk.js';
import { CODE_EXPIRED, HELP, HELP_HINT, lines, WELCOME } from './texts.js';

/** The prefix of the scene in a `subscribe` event; anything else in its EventKey is not ours. */
const SCENE_PREFIX = 'qrscene_';
const SCENE = /^[\w:-]{1,64}$/;

const ANSWERS: Readonly<Record<string, EventAnswer>> = {
  subscribe: welcome,
  SCAN: (talk, push) => scan(talk, push.field('EventKey')),
  CLICK: (talk, push) => tapMenu(talk, push.field('EventKey')),
};

/** How to answer an event; null for those that ask for nothing. */
export function findEventAnswer(event: string): EventAnswer | null {
  return Object.hasOwn(ANSWERS, event) ? (ANSWERS[event] ?? null) : null;
}

/** Does what a button of the menu stands for; a key of another menu helps. */
export async function tapMenu(talk: Talk, key: string): Promise<string> {
  return (await actOn(talk, verbOfKey(key) ?? 'help')) ?? HELP;
}

/** Keeps WeChat's word on how a template message ended. Safe to repeat, without a claim: there are thousands a second. */
export async function keepReceipt(core: Core, push: Push): Promise<void> {
  const ref = push.field('MsgID');
  if (!/^\d{1,20}$/.test(ref)) {
    return;
  }
  const status = push.field('Status').trim();
  await core.inbox.keepReceipt(
    ref,
    /^success$/i.test(status) ? 'confirmed' : status.slice(0, 100) || 'failed',
  );
}

async function welcome(talk: Talk, push: Push): Promise<string> {
  const key = push.field('EventKey');
  if (!key.startsWith(SCENE_PREFIX)) {
    talk.commit();
    return WELCOME;
  }
  const greeting = await scan(talk, key.slice(SCENE_PREFIX.length));
  const withHint = lines(greeting, `\n${HELP_HINT}`);
  // A long tip of the app's own is worth more than our hint.
  return Buffer.byteLength(withHint) <= MAX_REPLY_BYTES ? withHint : greeting;
}

/** A code that leads nowhere (any more) subscribes to nothing. */
async function scan(talk: Talk, scene: string): Promise<string> {
  const { core, person } = talk;
  if (core.signIn.isSignInScene(scene)) {
    return answerSignInScan(talk, scene);
  }
  const code = SCENE.test(scene) ? await core.qrcodes.findByScene(scene) : null;
  const app = code ? await core.apps.findApp(code.appId) : null;
  const [topic = null] = code && code.topicId !== 0 ? await core.topics.findTopics([code.topicId]) : [];
  if (!code || !app || (code.topicId !== 0 && !topic)) {
    talk.commit();
    return CODE_EXPIRED;
  }
  const [greeting] = await Promise.all([
    subscribeAndGreet(talk, { app, topic, source: 'scan', extra: code.extra }),
    core.qrcodes.recordScan(scene, person.personId),
  ]);
  return greeting;
}

/** Answers the messages that followers send: text and recognised speech are understood, other kinds are told so. */
import { answerText } from './commands.js';
import type { Push } from './push.js';
import type { Talk } from './talk.js';
import { tellOnlyText } from './texts.js';

/** Answers a message; every one gets something useful. */
export function answerMessage(talk: Talk, push: Push): Promise<string> {
  if (push.type === 'text') {
    return answerText(talk, push.field('Content'));
  }
  const recognised = push.type === 'voice' ? push.field('Recognition').trim() : '';
  if (recognised !== '') {
    return answerText(talk, recognised);
  }
  talk.commit();
  return Promise.resolve(tellOnlyText(push.type));
}

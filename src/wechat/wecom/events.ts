/** Answers the events of members: they come into the app's range, open it and tap its menu. */
import { tapMenu } from '#src/wechat/events.js';
import type { EventAnswer } from '#src/wechat/respond.js';
import type { Talk } from '#src/wechat/talk.js';
import { WELCOME_MEMBER } from '#src/wechat/texts.js';

const ANSWERS: Readonly<Record<string, EventAnswer>> = {
  subscribe: welcome,
  enter_agent: welcome,
  // In capitals on official accounts.
  click: (talk, push) => tapMenu(talk, push.field('EventKey')),
};

/** How to answer an event; null for those that ask for nothing. */
export function findMemberEventAnswer(event: string): EventAnswer | null {
  return Object.hasOwn(ANSWERS, event) ? (ANSWERS[event] ?? null) : null;
}

/** Once: WeCom tells of each opening of the app, and of each change of its range. */
async function welcome(talk: Talk): Promise<string | null> {
  talk.commit();
  return talk.person.hasRoute ? null : WELCOME_MEMBER;
}

/** Decides what a push asks for, has it done once, and gives the reply. */
import { AppError } from '#src/core/errors.js';
import type { Core } from '#src/core/index.js';
import type { OutsideName } from '#src/core/types.js';
import type { Clock } from '#src/lib/clock.js';
import type { Logger } from '#src/lib/logger.js';
import { keepReceipt } from './events.js';
import { answerMessage } from './messages.js';
import type { Push } from './push.js';
import { fitReply } from './replies.js';
import type { Talk } from './talk.js';
import { APOLOGY, lines, NOT_CONFIDED } from './texts.js';
import type { Answer, Order, Progress, Turns } from './turns.js';

/** Answers an event of somebody who is there; resolves to the reply, or null. */
export type EventAnswer = (talk: Talk, push: Push) => Promise<string | null>;

/** How a platform's people are known, and what they can do there. */
export interface ChatRules {
  /** The account that knows them. */
  account: Pick<OutsideName, 'platform' | 'account'>;
  /** Whether this server's QR codes lead them anywhere. */
  canScan: boolean;
  /** How to answer an event; null for those that ask for nothing. */
  findEventAnswer(event: string): EventAnswer | null;
}

/** What answering needs. */
export interface ResponderNeeds {
  core: Core;
  turns: Turns;
  clock: Clock;
  log: Logger;
  newNonce: () => string;
  /** Sends a text of its own, for replies that come too late to answer with. */
  sendText(to: string, text: string): Promise<void>;
  rules: ChatRules;
}

/** What is known of a push beyond what it says. */
export interface PushProof {
  /** It came encrypted, so that nobody but the platform can have written it, and nobody else reads the answer. */
  isSealed: boolean;
}

/**
 * Events by which WeChat ends what may be known of somebody: they took their consent back, closed their account, or their profile
 * was found wrong. WeChat itself may be the sender: the field OpenID names the person.
 */
const ENDINGS: Readonly<Record<string, ((core: Core, name: OutsideName) => Promise<void>) | undefined>> = {
  user_authorization_revoke: (core, name) => core.erasure.eraseByName(name),
  user_authorization_cancellation: (core, name) => core.erasure.eraseByName(name),
  user_info_modified: (core, name) => core.erasure.forgetNickname(name),
};

const NOTHING: Answer = { kind: 'reply', text: null };

/** Makes the verb that answers a push; it never rejects. */
export function createResponder(needs: ResponderNeeds): (push: Push, proof: PushProof) => Promise<Answer> {
  return async (push, proof) => {
    if (push.event === 'TEMPLATESENDJOBFINISH') {
      return answerReceipt(needs, push);
    }
    const work = findWork(needs, push, proof);
    if (!work) {
      return NOTHING;
    }
    return needs.turns.take({
      key: push.key,
      to: push.from,
      work,
      apology: push.isMessage ? APOLOGY : null,
      sendLater: (text) => needs.sendText(push.from, text),
    });
  };
}

async function answerReceipt({ core, log }: ResponderNeeds, push: Push): Promise<Answer> {
  try {
    await keepReceipt(core, push);
    return NOTHING;
  } catch (error) {
    log.error('a receipt could not be kept', { error });
    return { kind: 'retry' };
  }
}

/** The work that a push asks for; null for events that ask for nothing. */
function findWork(needs: ResponderNeeds, push: Push, proof: PushProof): Order['work'] | null {
  const { core, clock, newNonce, rules } = needs;
  const { canScan } = rules;
  const name = { ...rules.account, externalId: push.externalId };
  if (push.event === 'unsubscribe') {
    return () => core.people.leave(name, push.at).then(() => null);
  }
  const ending = Object.hasOwn(ENDINGS, push.event) ? ENDINGS[push.event] : undefined;
  if (ending && name.platform === 'wechat') {
    const named = push.field('OpenID') || push.externalId;
    return () => ending(core, { ...name, externalId: named }).then(() => null);
  }
  const respond = push.isMessage ? answerMessage : rules.findEventAnswer(push.event);
  if (!respond) {
    return null;
  }
  return async (progress: Progress) => {
    const person = await core.people.follow(name, push.at);
    const confide = proof.isSealed
      ? async (text: string) => text
      : (text: string) => sendApart(needs, push, text);
    const { commit } = progress;
    const talk: Talk = { core, clock, newNonce, person, canScan, confide, key: push.key, commit };
    const text = await respond(talk, push).catch(explain);
    return text === null || text === '' ? null : fitReply(text);
  };
}

/** Sends to the follower's own chat what whoever wrote the push must not read. Never rejects. */
async function sendApart({ sendText, log }: ResponderNeeds, push: Push, text: string): Promise<string> {
  try {
    await sendText(push.from, fitReply(text));
    return '';
  } catch (error) {
    log.warn('what only the follower may read could not be sent', { error });
    return NOT_CONFIDED;
  }
}

/** A follower's mistake that the domain finds is their answer; anything else is ours. */
function explain(error: unknown): string {
  if (error instanceof AppError && error.status < 500) {
    return lines(error.zh, error.en);
  }
  throw error;
}

/** Subscribes a follower to an app or topic, and greets them with what came of it. */
import type { App } from '#src/core/apps.js';
import type { Topic } from '#src/core/topics.js';
import type { SubscriptionSource } from '#src/core/types.js';
import type { Talk } from './talk.js';
import {
  defaultTip,
  lines,
  STILL_PAUSED,
  tellAlready,
  tellBlocked,
  tellDisabled,
  tellFull,
  tellSubscribed,
} from './texts.js';

/** What to subscribe to, and how the follower came. */
export interface Wish {
  app: App;
  topic: Topic | null;
  source: SubscriptionSource;
  /** The parameter of the QR code, else empty. */
  extra: string;
}

/** Subscribes; committed when it answers with the greeting. */
export async function subscribeAndGreet(talk: Talk, wish: Wish): Promise<string> {
  const { app, topic, source, extra } = wish;
  const { personId, uid, paused } = talk.person;
  const result = await talk.core.subscriptions.subscribe({
    personId,
    uid,
    appId: app.id,
    topicId: topic?.id ?? 0,
    source,
    extra,
  });
  talk.commit();
  const tip = topic?.receipt || app.followTip;
  switch (result) {
    case 'blocked':
      return tellBlocked(app);
    case 'disabled':
      return tellDisabled(app);
    case 'full':
      return tellFull(app, topic);
    case 'already':
      return lines(tellAlready(app, topic), paused && STILL_PAUSED);
    case 'subscribed':
      return lines(
        tellSubscribed(app, topic),
        tip === '' ? defaultTip(app, topic) : `\n${tip}`,
        paused && STILL_PAUSED,
      );
  }
}

/** What the phone knows, in one place; views listen to the part they draw. */

/** The one state of the page. Change it only in actions.js and call `announce` after. */
export const state = {
  /** The official account as the simulator tells it, or null before the first answer. */
  account: null,
  /** Openid to `{openid, nickname, following}`, in the simulator's order. */
  people: new Map(),
  /** The openid of the person who holds the phone, or null. */
  current: null,
  /** Openid to the number of messages not yet looked at. */
  unread: new Map(),
  /** Openid to the chat with the account as the simulator keeps it, oldest first. */
  chats: new Map(),
  /** Template ids a person switched off here, as `openid/templateId`. */
  refused: new Set(),
  /** What this page did lately, newest first: `{at, zh, en, who, tookMs, tries, problem}`. */
  pushes: [],
  live: false,
  /** Which tab is shown: `wechat` or `others`. */
  tab: 'wechat',
  /** The mail server as the simulator tells it, or null before the first answer. */
  mail: null,
  /** What arrived by other ways, newest first; `filter` is one platform or null; up to `seenId` it has been seen. */
  arrivals: { items: [], counts: {}, filter: null, seenId: 0 },
};

const listeners = new Map();

/** Calls `listener` whenever one of `topics` (`people`, `current`, `chat`, `account`, `live`, `pushes`, `tab`, `arrivals`) changes. */
export function listen(topics, listener) {
  for (const topic of topics) {
    listeners.set(topic, [...(listeners.get(topic) ?? []), listener]);
  }
}

/** Tells the views that these topics changed; each listener is called once. */
export function announce(...topics) {
  const due = new Set(topics.flatMap((topic) => listeners.get(topic) ?? []));
  for (const listener of due) {
    listener();
  }
}

/** The person who holds the phone, or null. */
export function currentPerson() {
  return state.people.get(state.current) ?? null;
}

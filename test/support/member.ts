/** A member of a WeCom corp, played through the simulator: `await w.wecomMember('lisi').says('uid')`. */
import { type Means, readUid, type Said, toSaid } from './phone.js';

/** What a member finds in the chat with the app. */
export interface MemberItem {
  /** `own` and `reply` are the talk itself; anything else is a message of the app. */
  kind: string;
  rendered: string | null;
  url?: string;
}

/** A member. */
export interface Member {
  /** Writes to the app. `msgId`: an id to repeat instead of one of its own. */
  says(content: string, msgId?: string): Promise<Said>;
  /** Sends a message of another kind, such as `image`. */
  sends(type: string): Promise<Said>;
  /** Does what WeCom tells the server by an event. */
  does(event: string, eventKey?: string): Promise<Said>;
  taps(menuKey: string): Promise<Said>;
  /** Messages of the app, newest first. */
  messages(): Promise<MemberItem[]>;
  /** Asks the app for the UID and reads it from the reply. */
  uid(): Promise<string>;
}

/** Plays one of the members that the simulated corp has. */
export function createMember({ sim }: Means, userId: string): Member {
  const act = async (path: string, body: unknown): Promise<Said> => {
    const answer = await sim(`/wecom/members/${userId}${path}`, body);
    const { reply, problem } = answer.json as { reply: Said['reply']; problem?: string };
    if (answer.status >= 300 || problem !== undefined) {
      throw new Error(`${path} answered ${answer.status}: ${answer.text}`);
    }
    return toSaid({ reply });
  };
  const does = (event: string, eventKey?: string): Promise<Said> =>
    act('/events', { event, ...(eventKey === undefined ? {} : { eventKey }) });
  return {
    says: (content, msgId) => act('/messages', { content, ...(msgId === undefined ? {} : { msgId }) }),
    sends: (type) => act('/messages', { type }),
    does,
    taps: (key) => does('click', key),
    messages: async () => {
      const { items } = (await sim(`/wecom/members/${userId}/inbox`)).json as { items: MemberItem[] };
      return items.filter(({ kind }) => kind !== 'own' && kind !== 'reply');
    },
    uid: async () => readUid((await act('/messages', { content: 'uid' })).text),
  };
}

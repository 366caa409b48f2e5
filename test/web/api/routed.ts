/** A person with channels made over the API, in a world where their messages arrive: what routes and limits are tested on. */
import type { PublishCommand } from '#src/core/types.js';
import { type Cleanups, cleanUp } from '#test/channels/http-peer.js';
import { openSmtpPeer } from '#test/channels/mail/smtp-peer.js';
import type { Answer } from '#test/support/http.js';
import { openWorld, type World } from '#test/support/world.js';

/** One recorded try of a trace. */
export interface TracedAttempt {
  outcome: string;
  code?: string;
  detail?: string;
  channel?: string;
  next?: string;
}

/** One delivery of a trace. */
export interface Traced {
  channel: string;
  state: string;
  nextTryAt: number | null;
  waiting: { code: string; why: string } | null;
  attempts: TracedAttempt[];
}

/** A WeCom app of the simulator, as a channel's settings. */
export const WECOM = {
  corpId: 'wwsim0000000001',
  agentId: '1000002',
  secret: 'simwecomsecret',
  receivers: 'zhangsan',
};

/** A world with a mail server beside it. */
export async function openRouted() {
  const cleanups: Cleanups = [];
  const smtp = await openSmtpPeer(cleanups);
  const w = await openWorld();
  return {
    w,
    smtp,
    person: (name: string) => makePerson(w, name),
    /** Settings of a mail channel by that server. */
    mail: {
      host: '127.0.0.1',
      port: String(smtp.port),
      security: 'none',
      user: 'ops@mail.example',
      password: 'simmail',
      to: 'ming@mail.example',
    },
    inbox: async (name: string): Promise<string[]> =>
      ((await w.sim(`/inboxes/${name}`)).json as { items: { rendered: string }[] }).items.map(
        ({ rendered }) => rendered,
      ),
    close: async (): Promise<void> => {
      await w.close();
      await cleanUp(cleanups);
    },
  };
}

/** A follower of the account, whose channels are set up over the API. */
async function makePerson(w: World, name: string) {
  const phone = w.phone(name);
  await phone.follows();
  const uid = await phone.uid();
  const { personId } = await w.core.people.getByUid(uid);

  async function push(body: string, more: Partial<PublishCommand> = {}): Promise<number> {
    const { messageId } = await w.core.publish({
      appId: null,
      senderId: personId,
      body,
      format: 'text',
      audience: { people: [personId], topics: [] },
      targets: [{ uid }],
      source: 'test',
      ...more,
    });
    return messageId;
  }

  return {
    uid,
    personId,
    phone,
    push,
    /** Sets a channel up. */
    add: async (kind: string, config: object, more: object = {}): Promise<{ id: number }> => {
      const made = await w.admin(`/users/${uid}/channels`, { kind, code: `my-${kind}`, config, ...more });
      if (made.status !== 201) {
        throw new Error(`no channel: ${made.text}`);
      }
      return made.json as { id: number };
    },
    channels: (path = '', body?: unknown, method?: string): Promise<Answer> =>
      w.admin(`/users/${uid}/channels${path}`, body, method),
    /** The deliveries of a message. */
    trace: async (messageId: number): Promise<Traced[]> =>
      ((await w.admin(`/messages/${messageId}`)).json as { deliveries: { items: Traced[] } }).deliveries
        .items,
    /** Sends, lets everything run, and gives the deliveries. */
    sends: async (body: string, more: Partial<PublishCommand> = {}): Promise<Traced[]> => {
      const id = await push(body, more);
      await w.drain();
      return ((await w.admin(`/messages/${id}`)).json as { deliveries: { items: Traced[] } }).deliveries
        .items;
    },
  };
}

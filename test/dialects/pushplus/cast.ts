/** What the tests of the PushPlus dialect share: an open door, an account with a token, and how they ask. */
import type { MessageExtras } from '#src/core/types.js';
import { createPushplus } from '#src/dialects/pushplus/index.js';
import { openDoor, type Sent } from '#test/dialects/open-door.js';

/** An answer as it came. */
export interface Got {
  status: number;
  text: string;
  json: { code: number; msg: string; data?: unknown };
}

/** A message as it is stored. */
export interface Stored {
  id: number;
  title: string;
  body: string;
  format: string;
  audience: { people: number[]; topics: number[] };
  channels: string[] | null;
  extras: MessageExtras;
  expiresAt: number | null;
  callbackId: number | null;
}

/** An open door with an account behind it. */
export type Cast = Awaited<ReturnType<typeof openCast>>;

/** Opens the dialect with somebody who has a token. The caller closes the door. */
export async function openCast() {
  const door = await openDoor(createPushplus);
  const owner = await door.person('ming');
  const { key: token } = await door.core.keys.createKey(owner.personId, 'pushplus');
  const ask = async (path: string, sent: Sent = {}): Promise<Got> => {
    const answer = await door.fetch(path, sent);
    const text = await answer.text();
    return { status: answer.status, text, json: text.startsWith('{') ? JSON.parse(text) : undefined };
  };
  const stored = async (): Promise<Stored[]> => {
    const rows = await door.db.message.findMany({ orderBy: { id: 'asc' } });
    return rows.map((row) => ({
      id: Number(row.id),
      title: row.title,
      body: row.body,
      format: row.format,
      audience: JSON.parse(row.audience) as Stored['audience'],
      channels: row.channels === null ? null : (JSON.parse(row.channels) as string[]),
      extras: JSON.parse(row.extras ?? '{}') as MessageExtras,
      expiresAt: row.expiresAt?.getTime() ?? null,
      callbackId: row.callbackId,
    }));
  };
  return {
    door,
    owner,
    token,
    ask,
    stored,
    /** POSTs a JSON body with the token to /send. */
    send: (fields: Record<string, unknown>): Promise<Got> => ask('/send', { body: { token, ...fields } }),
    /** The one message that was stored since the last call of `clear`. */
    async storedOnce(): Promise<Stored> {
      const [only, ...others] = await stored();
      if (!only || others.length > 0) {
        throw new Error(`${others.length + (only ? 1 : 0)} messages were stored`);
      }
      return only;
    },
    clear: () => door.db.message.deleteMany(),
    /** Gives the account a contact, as one that was verified; empty takes it away. */
    contact: (kind: 'email' | 'phone', address: string) =>
      door.db.person.update({ where: { id: BigInt(owner.personId) }, data: { [kind]: address } }),
    /** A group of the account. */
    async group(alias: string): Promise<{ topicId: number; spaceId: number }> {
      const space = await door.core.spaces.getSpace(owner.personId);
      const topic = await door.core.topics.createTopic(space.id, { name: `群组 ${alias}`, alias });
      return { topicId: topic.id, spaceId: space.id };
    },
    /** A friend of the account. */
    async friend(name: string): Promise<{ personId: number; token: string }> {
      const space = await door.core.spaces.getSpace(owner.personId);
      const person = await door.person(name);
      await door.subscribe(person, space.id);
      const row = await door.db.subscription.findFirstOrThrow({
        where: { personId: BigInt(person.personId), appId: space.id, topicId: 0 },
      });
      const code = door.core.shortCodes.encode('friend', Number(row.id));
      return { personId: person.personId, token: code };
    },
  };
}

/** The text of an answer that says no, key by key in PushPlus's order. */
export function refusal(code: number, msg: string, data?: unknown): string {
  return JSON.stringify({ code, msg, data });
}

/** The text of an answer that says yes. */
export const ACCEPTED = /^\{"code":200,"msg":"请求成功","data":"[0-9a-f]{32}"\}$/;

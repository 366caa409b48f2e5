/** A person with WeChat, played through the simulator: `await w.phone('Ming').says('#97 restart')`. */
import { expect } from 'vitest';
import type { Answer } from './http.js';

/** What a person finds in the chat. */
export interface InboxItem {
  id: string;
  kind: string;
  rendered: string;
  url?: string;
  text?: string;
  templateId?: string;
  data?: Record<string, { value: string }>;
}

/** The answer to something a person did. */
export interface Said {
  reply: { type: string; text?: string } | null;
  /** The text of the reply, or of the message that came instead of one; empty when there is neither. */
  text: string;
  /** Expects the reply to match. */
  seesReply(pattern: RegExp): Said;
}

/** A person with WeChat. */
export interface Phone {
  openid(): Promise<string>;
  scans(url: string): Promise<Said & { event: string }>;
  follows(): Promise<Said>;
  unfollows(): Promise<Said>;
  /** Writes to the account. `msgId`: an id to repeat instead of one of its own. */
  says(content: string, msgId?: string): Promise<Said>;
  taps(menuKey: string): Promise<Said>;
  inbox(): Promise<InboxItem[]>;
  /** Template cards only, newest first. */
  cards(): Promise<InboxItem[]>;
  /** Asks the account for the UID and reads it from the reply. */
  uid(): Promise<string>;
}

/** What a person acts by. */
export interface Means {
  sim(path: string, body?: unknown, method?: string): Promise<Answer>;
}

/** Makes a person; they exist from their first act on. */
export function createPhone(means: Means, nickname: string): Phone {
  let made: Promise<string> | null = null;
  const openid = (): Promise<string> => {
    made ??= means
      .sim('/followers', { nickname })
      .then((answer) => (answer.json as { openid: string }).openid);
    return made;
  };
  const act = async (path: string, body: unknown): Promise<Said & { event: string }> => {
    const answer = await means.sim(`/followers/${await openid()}${path}`, body);
    if (answer.status >= 300) {
      throw new Error(`${path} answered ${answer.status}: ${answer.text}`);
    }
    const acted = answer.json as { reply: Said['reply']; event?: string };
    return toSaid(acted, acted.reply === null ? await readNewText() : '');
  };
  let lastRead: string | undefined;
  /** A text that came as a message of its own, as what only the follower may read does in plaintext mode. */
  const readNewText = async (): Promise<string> => {
    const newest = (await inbox()).find((item) => item.kind === 'text');
    const isNew = newest !== undefined && newest.id !== lastRead;
    lastRead = newest?.id;
    return isNew ? (newest.text ?? '') : '';
  };
  const inbox = async (): Promise<InboxItem[]> => {
    const answer = await means.sim(`/followers/${await openid()}/inbox`);
    return (answer.json as { items: InboxItem[] }).items;
  };
  return {
    openid,
    inbox,
    scans: (url) => act('/scan', { url }),
    follows: () => act('/follow', {}),
    unfollows: () => act('/unfollow', {}),
    says: (content, msgId) => act('/messages', { content, ...(msgId === undefined ? {} : { msgId }) }),
    taps: (key) => act('/menu', { key }),
    cards: async () => (await inbox()).filter((item) => item.kind === 'template'),
    uid: async () => {
      return readUid((await act('/messages', { content: 'uid' })).text);
    },
  };
}

/** The UID that a reply names. */
export function readUid(text: string): string {
  const uid = /UID_[A-Za-z0-9]{24,}/.exec(text)?.[0];
  if (!uid) {
    throw new Error(`no UID in the reply "${text}"`);
  }
  return uid;
}

/** The answer to an act, ready to be looked at. `apart`: what came instead of a reply. */
export function toSaid(
  answer: { reply: Said['reply']; event?: string },
  apart = '',
): Said & { event: string } {
  const text = answer.reply?.text ?? apart;
  const said = {
    reply: answer.reply,
    text,
    event: answer.event ?? '',
    seesReply: (pattern: RegExp) => {
      expect(text).toMatch(pattern);
      return said;
    },
  };
  return said;
}

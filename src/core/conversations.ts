/** Conversations: what the chat remembers of a person for ten minutes, such as the app they are talking to. */
import type { CoreDeps } from './deps.js';

/** What is remembered: the chosen app, and a text that waits for a choice. */
export interface Conversation {
  appId: number | null;
  pending: string | null;
}

/** How long a choice is remembered, in milliseconds. */
export const CONVERSATION_MS = 10 * 60_000;

/** The verbs of conversations. */
export type Conversations = ReturnType<typeof createConversations>;

/** Makes the verbs of conversations. */
export function createConversations({ db, clock }: CoreDeps) {
  /** What is remembered of a person now. */
  async function recall(personId: number): Promise<Conversation> {
    const row = await db.conversation.findUnique({ where: { personId: BigInt(personId) } });
    if (!row || row.until.getTime() <= clock.now()) {
      return { appId: null, pending: null };
    }
    return { appId: row.appId, pending: row.pending };
  }

  /** Remembers for ten minutes from now. */
  async function remember(personId: number, conversation: Conversation): Promise<void> {
    const data = { ...conversation, until: new Date(clock.now() + CONVERSATION_MS) };
    await db.conversation.upsert({
      where: { personId: BigInt(personId) },
      create: { personId: BigInt(personId), ...data },
      update: data,
    });
  }

  return { recall, remember };
}

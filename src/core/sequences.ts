/** Sequences: messages of one sender of which a later one takes the place of the earlier, on the card and on its page. */
import { listOpen } from '#src/store/sequences.js';
import type { CoreDeps } from './deps.js';
import { toTakenDown } from './message-state.js';
import type { Messages } from './messages.js';

/** Why a message was stopped that had not left yet. */
const REPLACED = '同一序列有了更新的消息 A later message of its sequence took its place';
const TAKEN_BACK = '发送者删除了这个序列 The sender deleted its sequence';

/** The verbs of sequences. */
export type Sequences = ReturnType<typeof createSequences>;

/** Makes the verbs of sequences. */
export function createSequences({ db, clock }: CoreDeps, messages: Pick<Messages, 'withdraw'>) {
  /** Lets a message that a person's own key sent be one of a sequence, where it stood alone. */
  async function adopt(sender: { personId: number; source: string }, messageId: number, sequence: string) {
    const { personId, source } = sender;
    await db.message.updateMany({
      where: { id: BigInt(messageId), senderId: BigInt(personId), source, sequence: null },
      data: { sequence },
    });
  }

  /** Stops what has not left of the messages before this one. */
  async function stopEarlier(sequence: string, messageId: number): Promise<void> {
    for (const id of await listOpen(db, sequence, messageId)) {
      await messages.withdraw(id, REPLACED);
    }
  }

  /** Whether there is anything of a sequence that was not taken down. */
  async function isKnown(sequence: string): Promise<boolean> {
    return (
      (await db.message.findFirst({ where: { sequence, deletedAt: null }, select: { id: true } })) !== null
    );
  }

  /** Stops all of a sequence and takes its pages down. Returns whether there was anything. */
  async function takeDown(sequence: string): Promise<boolean> {
    const { count } = await db.message.updateMany({
      where: { sequence, deletedAt: null },
      data: toTakenDown(clock.now()),
    });
    for (const id of await listOpen(db, sequence)) {
      await messages.withdraw(id, TAKEN_BACK);
    }
    return count > 0;
  }

  return { adopt, stopEarlier, isKnown, takeDown };
}

/** The state of a message as outsiders see it, read off its row. */
import type { Message as MessageRow } from '#src/store/generated/client.js';

/** The state of a message: on its way, all that could arrive has, nothing has, nobody knows, or stopped. */
export type MessageState = 'accepted' | 'sending' | 'sent' | 'failed' | 'cancelled' | 'unknown';

/** Reads the state off a message's row. */
export function toMessageState(
  row: Pick<MessageRow, 'state' | 'sent' | 'failed' | 'cancelled' | 'unknown'>,
): MessageState {
  switch (row.state) {
    case 'accepted':
      return 'accepted';
    case 'cancelled':
      return 'cancelled';
    case 'done':
      if (row.sent > 0) {
        return 'sent';
      }
      if (row.unknown > 0) {
        return 'unknown';
      }
      if (row.failed > 0) {
        return 'failed';
      }
      // Nobody to send to is nothing gone wrong: a topic may have no subscribers yet.
      return row.cancelled > 0 ? 'cancelled' : 'sent';
    default:
      return 'sending';
  }
}

/**
 * What a row becomes when its page is taken down: nothing of its text stays, and the texts that a door kept in `extras` for
 * its own channel are text too.
 */
export function toTakenDown(nowMs: number) {
  return { deletedAt: new Date(nowMs), title: '', summary: '', body: '', url: '', extras: null };
}

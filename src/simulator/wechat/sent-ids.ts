/** Message ids of the account, and the memory that keeps a repeated client_msg_id from being shown twice. */
import type { Clock } from '#src/lib/clock.js';

/** The same openid and client_msg_id are one message for so long. */
const REMEMBERED_MS = 600_000;
/**
 * Beyond 2^53, as real ids are: a client that reads them as numbers gets another number. They begin with the time, so that an account
 * that forgot everything repeats none: a server that still knows the old ones would take the new messages for repeats.
 */
const firstMsgId = (now: number): bigint => 3_000_000_000_000_000_000n + BigInt(now) * 1_000_000n;
const firstInboundId = (now: number): bigint => 20_000_000_000_000_000n + BigInt(now) * 1000n;

/** The ids of one account. */
export interface SentIds {
  /** A 19-digit id for a message of the account. */
  nextMsgId(): string;
  /** A 17-digit id for a message to the account. */
  nextInboundId(): string;
  /** The id of the message already sent under this client_msg_id within ten minutes; null when it is new. */
  findRepeat(openid: string, clientMsgId: string): string | null;
  /** Remembers that it was sent. */
  remember(openid: string, clientMsgId: string, msgId: string): void;
}

/** Makes the ids of a fresh account. */
export function createSentIds(clock: Clock): SentIds {
  const sent = new Map<string, { msgId: string; at: number }>();
  let msgId = firstMsgId(clock.now());
  let inboundId = firstInboundId(clock.now());
  const forgetOld = (now: number): void => {
    for (const [key, { at }] of sent) {
      if (now - at < REMEMBERED_MS) {
        return;
      }
      sent.delete(key);
    }
  };
  return {
    nextMsgId: () => {
      msgId += 1n;
      return String(msgId);
    },
    nextInboundId: () => {
      inboundId += 1n;
      return String(inboundId);
    },
    findRepeat: (openid, clientMsgId) => {
      const found = sent.get(`${openid}\n${clientMsgId}`);
      return found && clock.now() - found.at < REMEMBERED_MS ? found.msgId : null;
    },
    remember: (openid, clientMsgId, id) => {
      const now = clock.now();
      forgetOld(now);
      const key = `${openid}\n${clientMsgId}`;
      sent.delete(key);
      sent.set(key, { msgId: id, at: now });
    },
  };
}

/** The addresses of a message's page: ids and keyed hashes of them, so that no address can be guessed and none is stored. */
import { equalsInConstantTime, keyedHash } from '#src/lib/hash.js';

/** Makes and reads the keys of message pages. */
export interface PageLinks {
  /** The page's address; with a delivery the one that its receiver gets, which tells who reads. */
  urlOf(messageId: number, deliveryId?: number): string;
  /** The message that a key belongs to, or null for a key that was never made here. */
  readKey(key: string): number | null;
  /** The delivery whose receiver was sent this key, or null for the address that is the same for all. */
  readDelivery(key: string): number | null;
}

/** 96 bits of the hash are far beyond guessing and keep the address short enough for a card. */
const HASH_DIGITS = 24;
/** Guessing at the other hash, 48 bits, would have somebody read what they did not, and nothing else. */
const RECEIVER_DIGITS = 12;

/** Makes the page links of a server. `hashKey` is the server's own. */
export function createPageLinks(hashKey: Buffer, publicUrl: string): PageLinks {
  // A broadcast asks for the same message's again and again.
  let last = { id: '', hash: '' };
  const hashOf = (id: string): string => {
    if (last.id !== id) {
      last = { id, hash: keyedHash(hashKey, `page:${id}`).slice(0, HASH_DIGITS) };
    }
    return last.hash;
  };
  const receiverHashOf = (id: string, delivery: string): string =>
    keyedHash(hashKey, `read:${id}:${delivery}`).slice(0, RECEIVER_DIGITS);
  return {
    urlOf: (messageId, deliveryId) => {
      const id = messageId.toString(36);
      const page = `${publicUrl}/m/${id}-${hashOf(id)}`;
      if (deliveryId === undefined) {
        return page;
      }
      const delivery = deliveryId.toString(36);
      return `${page}-${delivery}-${receiverHashOf(id, delivery)}`;
    },
    readKey: (key) => {
      const [id = '', hash = ''] = key.split('-');
      if (!/^[0-9a-z]{1,11}$/.test(id) || !equalsInConstantTime(hashOf(id), hash)) {
        return null;
      }
      return Number.parseInt(id, 36);
    },
    readDelivery: (key) => {
      const [id = '', , delivery = '', hash = ''] = key.split('-');
      if (!/^[0-9a-z]{1,11}$/.test(delivery) || !equalsInConstantTime(receiverHashOf(id, delivery), hash)) {
        return null;
      }
      return Number.parseInt(delivery, 36);
    },
  };
}

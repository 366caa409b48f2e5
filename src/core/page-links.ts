/** The addresses of a message's page: ids and keyed hashes of them, so that no address can be guessed and none is stored. */
import { equalsInConstantTime, keyedHash } from '#src/lib/hash.js';
import type { KeyRing } from '#src/lib/key-ring.js';

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

/** Makes the page links of a server. Those made with the key before its own are read as long as the ring holds it. */
export function createPageLinks(ring: Pick<KeyRing, 'keysFor'>, publicUrl: string): PageLinks {
  // A broadcast asks for the same message's again and again.
  let last: { id: string; hash: string; key: Buffer | null } = { id: '', hash: '', key: null };
  const hashOf = (id: string): string => {
    const key = makerOf(ring);
    if (last.id !== id || last.key !== key) {
      last = { id, hash: pageHashOf(key, id), key };
    }
    return last.hash;
  };
  return {
    urlOf: (messageId, deliveryId) => {
      const id = messageId.toString(36);
      const page = `${publicUrl}/m/${id}-${hashOf(id)}`;
      if (deliveryId === undefined) {
        return page;
      }
      const delivery = deliveryId.toString(36);
      return `${page}-${delivery}-${receiverHashOf(makerOf(ring), id, delivery)}`;
    },
    readKey: (key) => {
      const [id = '', hash = ''] = key.split('-');
      const isOurs = (by: Buffer): boolean => equalsInConstantTime(pageHashOf(by, id), hash);
      if (!/^[0-9a-z]{1,11}$/.test(id) || !ring.keysFor('hash').some(isOurs)) {
        return null;
      }
      return Number.parseInt(id, 36);
    },
    readDelivery: (key) => {
      const [id = '', , delivery = '', hash = ''] = key.split('-');
      const isOurs = (by: Buffer): boolean => equalsInConstantTime(receiverHashOf(by, id, delivery), hash);
      if (!/^[0-9a-z]{1,11}$/.test(delivery) || !ring.keysFor('hash').some(isOurs)) {
        return null;
      }
      return Number.parseInt(delivery, 36);
    },
  };
}

/** The key that new links are made with. */
function makerOf(ring: Pick<KeyRing, 'keysFor'>): Buffer {
  return ring.keysFor('hash')[0] ?? Buffer.alloc(0);
}

function pageHashOf(key: Buffer, id: string): string {
  return keyedHash(key, `page:${id}`).slice(0, HASH_DIGITS);
}

function receiverHashOf(key: Buffer, id: string, delivery: string): string {
  return keyedHash(key, `read:${id}:${delivery}`).slice(0, RECEIVER_DIGITS);
}

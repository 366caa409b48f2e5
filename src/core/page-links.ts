/** The address of a message's page: the id and a keyed hash of it, so that no address can be guessed and none is stored. */
import { equalsInConstantTime, keyedHash } from '#src/lib/hash.js';

/** Makes and reads the keys of message pages. */
export interface PageLinks {
  /** The page's address. */
  urlOf(messageId: number): string;
  /** The message that a key belongs to, or null for a key that was never made here. */
  readKey(key: string): number | null;
}

/** 96 bits of the hash are far beyond guessing and keep the address short enough for a card. */
const HASH_DIGITS = 24;

/** Makes the page links of a server. `hashKey` is the server's own. */
export function createPageLinks(hashKey: Buffer, publicUrl: string): PageLinks {
  const hashOf = (id: string): string => keyedHash(hashKey, `page:${id}`).slice(0, HASH_DIGITS);
  return {
    urlOf: (messageId) => {
      const id = messageId.toString(36);
      return `${publicUrl}/m/${id}-${hashOf(id)}`;
    },
    readKey: (key) => {
      const [id = '', hash = ''] = key.split('-');
      if (!/^[0-9a-z]{1,11}$/.test(id) || !equalsInConstantTime(hashOf(id), hash)) {
        return null;
      }
      return Number.parseInt(id, 36);
    },
  };
}

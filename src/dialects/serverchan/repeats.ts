/** The first generation's refusal of repeats: identical content counts once in five minutes. */
import { LRUCache } from 'lru-cache';
import type { Clock } from '#src/lib/clock.js';
import { sha256Hex } from '#src/lib/hash.js';
import { Refusal } from './envelope.js';

const REPEAT_MS = 5 * 60_000;

/** Notes what is sent; throws Refusal for what was sent less than five minutes ago. The result takes the note back. */
export type NoteContent = (keyId: number, content: readonly string[]) => () => void;

/** Makes the memory of a process. */
export function createRepeats(clock: Clock): NoteContent {
  const seen = new LRUCache<string, number>({ max: 20_000 });
  return (keyId, content) => {
    const name = `${keyId} ${sha256Hex(JSON.stringify(content))}`;
    const at = seen.get(name);
    if (at !== undefined && clock.now() - at < REPEAT_MS) {
      throw new Refusal('INPUT', '不要重复发送同样的内容');
    }
    seen.set(name, clock.now());
    return () => {
      seen.delete(name);
    };
  };
}

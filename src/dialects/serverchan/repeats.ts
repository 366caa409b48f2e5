/** The first generation's refusal of repeats: identical content counts once in five minutes. */
import type { Uses } from '#src/core/uses.js';
import { sha256Hex } from '#src/lib/hash.js';
import { Refusal } from './envelope.js';

const REPEAT_MS = 5 * 60_000;

/** Notes what is sent; throws Refusal for what was sent less than five minutes ago. The result takes the note back. */
export type NoteContent = (keyId: number, content: readonly string[]) => Promise<() => Promise<void>>;

/** Makes the memory, which all processes share. */
export function createRepeats(uses: Uses): NoteContent {
  return async (keyId, content) => {
    const name = `serverchan said ${keyId} ${sha256Hex(JSON.stringify(content))}`;
    const limit = { name, count: 1, perMs: REPEAT_MS };
    if ((await uses.count([limit])).reached !== null) {
      throw new Refusal('INPUT', '不要重复发送同样的内容');
    }
    return () => uses.giveBack(limit);
  };
}

/** Files that were uploaded for messages, by app or robot: they live three days. */
import type { Clock } from '#src/lib/clock.js';
import { randomText } from '#src/lib/ids.js';
import type { Call } from '../call.js';
import { WecomRefusal } from './errors.js';

const LIFETIME_MS = 3 * 86_400_000;
const KEPT_FILES = 1_000;
/** A file has more than five bytes. */
const MIN_BYTES = 6;
const MEGABYTE = 1024 * 1024;
const MAX_BYTES: Readonly<Record<string, number>> = {
  image: 10 * MEGABYTE,
  voice: 2 * MEGABYTE,
  video: 10 * MEGABYTE,
  file: 20 * MEGABYTE,
};

/** The largest body an upload may have, with room for the form around it. */
export const MAX_UPLOAD_BYTES = 20 * MEGABYTE + 64 * 1024;

/** The files of one simulator; only their names are kept. */
export interface MediaShelf {
  /** Takes an upload. Rejects with WecomRefusal 40004, 40058, 41005 or 45002. */
  add(type: string, call: Call | null): Promise<{ type: string; media_id: string; created_at: string }>;
  /** The name under which a file is shown; null when it is unknown or over. */
  find(mediaId: string): string | null;
  clear(): void;
}

/** Makes the shelf, empty. */
export function createMediaShelf(clock: Clock): MediaShelf {
  const files = new Map<string, { name: string; at: number }>();
  return {
    add: async (type, call) => {
      const most = Object.hasOwn(MAX_BYTES, type) ? MAX_BYTES[type] : undefined;
      if (most === undefined) {
        throw new WecomRefusal(40004);
      }
      const file = call ? await readFile(call) : null;
      if (!call || (file && file.size > most)) {
        throw new WecomRefusal(45002);
      }
      if (!file) {
        throw new WecomRefusal(41005);
      }
      if (file.size < MIN_BYTES) {
        throw new WecomRefusal(40058, 'media too small');
      }
      const mediaId = randomText(64);
      const [oldest] = files.keys();
      if (files.size >= KEPT_FILES && oldest !== undefined) {
        files.delete(oldest);
      }
      files.set(mediaId, { name: file.name, at: clock.now() });
      return { type, media_id: mediaId, created_at: String(Math.floor(clock.now() / 1000)) };
    },
    find: (mediaId) => {
      const file = files.get(mediaId);
      return file && clock.now() < file.at + LIFETIME_MS ? file.name : null;
    },
    clear: () => files.clear(),
  };
}

/** The part `media` of the form, with its file name; null without one. */
async function readFile(call: Call): Promise<{ name: string; size: number } | null> {
  const headers = { 'content-type': call.request.headers['content-type'] ?? '' };
  const form = await new Response(new Uint8Array(call.bytes), { headers }).formData().catch(() => null);
  const part = form?.get('media');
  return part && typeof part !== 'string' ? { name: part.name, size: part.size } : null;
}

/** Draws a PushDeer push as a message. */
import type { PersonDraft } from '#src/dialects/person-push.js';
import { isHttpUrl } from '#src/lib/text.js';
import type { PushFields } from './read-push.js';

/** What PushDeer's notification says of a picture. */
const PICTURE = '[图片]';

/** The message: `text` is the title where `desp` follows, else all there is. */
export function toDraft({ text, desp, type }: Omit<PushFields, 'keys'>): PersonDraft {
  const address = text.trim();
  if (type === 'image' && isHttpUrl(address)) {
    // Pointed brackets hold an address with any sign but these two.
    const escaped = address.replace(/[<>]/g, encodeURIComponent);
    const picture = `![${PICTURE.slice(1, -1)}](<${escaped}>)`;
    const body = desp.trim() === '' ? picture : `${picture}\n\n${desp}`;
    return { source: 'pushdeer', title: PICTURE, body, format: 'markdown', link: address };
  }
  const format = type === 'text' || type === 'image' ? 'text' : 'markdown';
  return desp.trim() === ''
    ? { source: 'pushdeer', body: text, format }
    : { source: 'pushdeer', title: text, body: desp, format };
}

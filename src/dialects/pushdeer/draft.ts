/** Draws a PushDeer push as a message. */
import type { PersonDraft } from '#src/dialects/person-push.js';
import { namePicture } from '#src/lib/picture-name.js';
import { isHttpUrl, toPlainTitle } from '#src/lib/text.js';
import type { PushFields } from './read-push.js';

const DATA_PICTURE = /^data:image\/[\w.+-]+;base64,/i;
/** A link or a picture of Markdown. */
const LINK = /\]\([^)\s]/;
/** The bytes of a picture without a word about them. */
const BARE_BYTES = /^[\w+/=\s]{500,}$/;

/** The message: `text` is the title where `desp` follows, else all there is. */
export function toDraft({ text, desp, type }: Omit<PushFields, 'keys'>): PersonDraft {
  const picture = type === 'image' ? drawPicture(text.trim()) : null;
  if (picture) {
    const body = desp.trim() === '' ? picture.body : `${picture.body}\n\n${desp}`;
    // PushDeer's notification says so much of a picture.
    return { source: 'pushdeer', title: namePicture(), ...picture, body, format: 'markdown' };
  }
  const format = type === 'text' || type === 'image' ? 'text' : 'markdown';
  if (desp.trim() === '') {
    return { source: 'pushdeer', body: text, format };
  }
  if (format === 'text') {
    return { source: 'pushdeer', title: text, body: desp, format };
  }
  // A title shows no marks, and leads nowhere.
  const body = LINK.test(text) ? `${text.trim()}\n\n${desp}` : desp;
  return { source: 'pushdeer', title: toPlainTitle(text), body, format };
}

/** A picture by its address or by its bytes; of bytes that name no kind nothing but a word is left. Null for a text. */
function drawPicture(source: string): { body: string; link?: string } | null {
  if (isHttpUrl(source)) {
    // Pointed brackets hold an address with any sign but these two.
    return { body: `![图片](<${source.replace(/[<>]/g, encodeURIComponent)}>)`, link: source };
  }
  if (DATA_PICTURE.test(source)) {
    return { body: `![](<${source.replace(/[\s<>]/g, '')}>)` };
  }
  return BARE_BYTES.test(source) ? { body: namePicture() } : null;
}

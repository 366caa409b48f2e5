/** Draws Markdown that nobody but the reader could open: in the reader's browser, and without asking anybody for anything. */
import './dompurify.js';
import './markdown-it.js';

/** What is longer stays a text, as on the server. */
const MAX_FORMATTED = 80_000;
const TAGS =
  'a abbr b blockquote br caption center code col colgroup dd del details dfn div dl dt em figcaption figure font ' +
  'h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s samp small span strike strong sub summary sup ' +
  'table tbody td tfoot th thead tr tt u ul var wbr';
const ATTRIBUTES = 'href src alt title align colspan rowspan start open lang dir color';
const RASTER = /^data:image\/(?:png|jpeg|gif|webp);base64,[a-z0-9+/=\s]+$/i;
const LINK = /^(?:https?|mailto|tel):/i;

/** Puts a Markdown text into an element; what it says is shown, and nothing of it runs or loads. */
export function showMarkdown(element, text) {
  if (text.length > MAX_FORMATTED) {
    element.textContent = text;
    return;
  }
  const drawn = globalThis.DOMPurify.sanitize(createParser().render(text), {
    ALLOWED_TAGS: TAGS.split(' '),
    ALLOWED_ATTR: ATTRIBUTES.split(' '),
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    RETURN_DOM_FRAGMENT: true,
  });
  drawn.querySelectorAll('a').forEach(tameLink);
  drawn.querySelectorAll('img').forEach(tamePicture);
  // What is wide can be scrolled by keys alone.
  for (const block of drawn.querySelectorAll('pre, table')) {
    block.tabIndex = 0;
  }
  element.replaceChildren(drawn);
  element.classList.replace('plain', 'rich');
}

/** The house's Markdown, see src/lib/markdown-parser.ts. */
function createParser() {
  const parser = globalThis.markdownit({ html: true, breaks: true, linkify: true, maxNesting: 40 });
  parser.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false });
  return parser;
}

function tameLink(link) {
  if (!LINK.test(link.getAttribute('href') ?? '')) {
    link.removeAttribute('href');
    return;
  }
  link.target = '_blank';
  link.rel = 'noopener noreferrer nofollow';
}

/**
 * A picture from elsewhere becomes a link: loading it would tell others that, and what, was opened, and the scheme does
 * not prove who wrote the address.
 */
function tamePicture(picture) {
  const source = picture.getAttribute('src') ?? '';
  if (RASTER.test(source)) {
    return;
  }
  const link = picture.ownerDocument.createElement('a');
  link.textContent = picture.alt || source;
  if (/^https?:/i.test(source)) {
    link.setAttribute('href', source);
  }
  tameLink(link);
  picture.replaceWith(link);
}

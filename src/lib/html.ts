/** Makes HTML that strangers wrote safe to show: an allow-list of elements, attributes, styles and addresses. */
import sanitize from 'sanitize-html';
import { escapeNonTags, HIDDEN_ELEMENTS } from './html-tags.js';
import { namePicture } from './picture-name.js';
import { keepSafeStyles } from './safe-styles.js';

/**
 * Safe HTML of any text. What stays: text markup, lists, tables, details, pictures (http, https, raster `data:`), links
 * (http, https, mailto, tel; opened apart and without a referrer), colours and sizes, and `<copy data-clipboard-text>`
 * as a button of class `copy`, and as text the names of pictures that cannot be shown and what is no element of HTML. What goes: everything that runs, frames, asks for
 * input, loads anything but a picture, or carries an id or name. Never throws; time grows with the length.
 */
export function sanitizeHtml(html: string): string {
  return sanitize(escapeNonTags(html), OPTIONS);
}

/** Whether safe HTML brings colours of its own, which were chosen for a light page. */
export function hasOwnColors(safeHtml: string): boolean {
  return /<[^>]{1,400}\s(?:style="[^"]{0,300}color|color="|bgcolor=")/.test(safeHtml);
}

const TEXT_TAGS =
  'a abbr b bdi bdo big blockquote br caption center cite code col colgroup dd del details dfn div dl dt em figcaption ' +
  'figure font h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s samp small span strike ' +
  'strong sub summary sup table tbody td tfoot th thead tr tt u ul var wbr';

/** Deeper elements are unwrapped: nobody reads them, and browsers work hard on them. */
const NESTING_LIMIT = 40;

const OPTIONS: sanitize.IOptions = {
  allowedTags: [...TEXT_TAGS.split(' '), 'button'],
  nonTextTags: [...HIDDEN_ELEMENTS],
  disallowedTagsMode: 'discard',
  nestingLimit: NESTING_LIMIT,
  allowedAttributes: {
    '*': ['style', 'align', 'title', 'dir', 'lang'],
    a: ['href', 'target', 'rel'],
    img: ['src', 'alt', 'width', 'height', 'loading', 'referrerpolicy'],
    font: ['color', 'size'],
    td: ['colspan', 'rowspan', 'valign', 'bgcolor', 'width'],
    th: ['colspan', 'rowspan', 'valign', 'bgcolor', 'width', 'scope'],
    tr: ['valign', 'bgcolor'],
    table: ['border', 'cellpadding', 'cellspacing', 'width', 'bgcolor'],
    col: ['span', 'width'],
    ol: ['start', 'reversed', 'type'],
    details: ['open'],
    button: ['type', 'class', 'data-clipboard-text'],
    span: ['class'],
    code: ['class'],
  },
  // Only the classes that our own highlighter writes.
  allowedClasses: { span: ['hljs-*'], code: ['hljs', 'language-*'], button: ['copy'] },
  allowedSchemes: ['http', 'https', 'mailto', 'tel'],
  allowedSchemesByTag: { img: ['http', 'https', 'data'] },
  allowedSchemesAppliedToAttributes: ['href', 'src'],
  allowProtocolRelative: false,
  // Our own filter is stricter, and does not run a CSS parser on hostile text.
  parseStyleAttributes: false,
  transformTags: {
    copy: (_name, attribs) => ({
      tagName: 'button',
      attribs: { type: 'button', class: 'copy', 'data-clipboard-text': attribs['data-clipboard-text'] ?? '' },
    }),
    button: 'span',
    // The frame of the page is ours alone: a message's own landmarks are plain boxes.
    article: 'div',
    aside: 'div',
    footer: 'div',
    header: 'div',
    main: 'div',
    nav: 'div',
    section: 'div',
    a: (tagName, attribs) => ({
      tagName,
      attribs: { ...attribs, target: '_blank', rel: 'noopener noreferrer nofollow' },
    }),
    img: (tagName, attribs) =>
      isShowable(attribs.src ?? '')
        ? { tagName, attribs: { ...attribs, loading: 'lazy', referrerpolicy: 'no-referrer' } }
        : { tagName: 'span', attribs: {}, text: namePicture(attribs.alt) },
    '*': (tagName, attribs) => ({ tagName, attribs: tameStyle(attribs) }),
  },
};

const RASTER = /^data:image\/(?:png|jpeg|gif|webp);base64,[a-z0-9+/=\s]+$/i;

/** A picture that cannot be shown is named: no file is kept here, and its sender believes that it is seen. */
function isShowable(src: string): boolean {
  return /^https?:\/\//i.test(src) || RASTER.test(src);
}

function tameStyle(attribs: sanitize.Attributes): sanitize.Attributes {
  const { style, ...rest } = attribs;
  const safe = style === undefined ? '' : keepSafeStyles(style);
  return safe === '' ? rest : { ...rest, style: safe };
}

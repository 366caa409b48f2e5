/** Turns a message's text into nodes: real links become anchors, everything else stays text. */
import { root } from './api.js';
import { h } from './dom.js';

const ANCHOR = /<a\s([^>]*)>([\s\S]*?)<\/a>/gi;
const HREF = /\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/i;
const BARE = /https?:\/\/[^\s<>"'，。；！？、）】》「」]+/gi;
const TRAILING = /[.,;:!?)\]]+$/;
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * The address to open for a message's link, or null when it is not http(s). A link to this very machine under its
 * other name (localhost and 127.0.0.1) is brought to the name this page has, so that it may be framed and knows the
 * person's cookie.
 */
export function toOpenable(text) {
  let url;
  try {
    url = new URL(String(text).trim());
  } catch {
    return null;
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return null;
  }
  const alias = LOOPBACK.has(url.hostname) && LOOPBACK.has(root.hostname);
  if (alias && url.port === root.port && url.protocol === root.protocol) {
    url.hostname = root.hostname;
  }
  return url.href;
}

/** The text of a `weixin://bizmsgmenu` link, which a tap sends back to the account, or null. */
export function toMenuAnswer(text) {
  const match = /^weixin:\/\/bizmsgmenu\?.*\bmsgmenucontent=([^&]+)/i.exec(String(text));
  try {
    return match ? decodeURIComponent(match[1]) : null;
  } catch {
    return null;
  }
}

/**
 * Draws text with its links. Only http(s) links (and menu answers) become elements; a broken or foreign `<a>` is shown
 * as the characters it is made of.
 */
export function drawText(text, { openPage, say }) {
  const nodes = [];
  let rest = 0;
  for (const match of text.matchAll(ANCHOR)) {
    const link = drawAnchor(match[1], match[2], { openPage, say });
    if (link) {
      nodes.push(...drawBareLinks(text.slice(rest, match.index), openPage), link);
      rest = match.index + match[0].length;
    }
  }
  nodes.push(...drawBareLinks(text.slice(rest), openPage));
  return nodes;
}

/** An anchor that opens in the phone's own browser; a middle or modified click does what it does everywhere. */
export function pageLink(url, props, openPage, ...children) {
  const open = (event) => {
    if (!event.metaKey && !event.ctrlKey && !event.shiftKey) {
      event.preventDefault();
      openPage(url);
    }
  };
  return h('a', { ...props, href: url, target: '_blank', rel: 'noopener', on: { click: open } }, ...children);
}

function drawAnchor(attributes, label, { openPage, say }) {
  const found = HREF.exec(attributes);
  const target = unescapeText(found?.[1] ?? found?.[2] ?? found?.[3] ?? '');
  const words = unescapeText(label);
  const answer = toMenuAnswer(target);
  if (answer !== null) {
    return h('button', { type: 'button', class: 'text-link', on: { click: () => say(answer) } }, words);
  }
  const url = toOpenable(target);
  return url ? pageLink(url, { class: 'text-link' }, openPage, words) : null;
}

/** Draws text whose bare http(s) addresses are links and nothing else is. */
export function drawBareLinks(text, openPage) {
  const nodes = [];
  let rest = 0;
  for (const match of text.matchAll(BARE)) {
    const shown = match[0].replace(TRAILING, '');
    const url = toOpenable(shown);
    if (url) {
      nodes.push(text.slice(rest, match.index), pageLink(url, { class: 'text-link' }, openPage, shown));
      rest = match.index + shown.length;
    }
  }
  nodes.push(text.slice(rest));
  return nodes.filter((node) => node !== '');
}

function unescapeText(text) {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}

/** The phone's own browser: opens a page over the chat, the way WeChat does. */
import { root } from './api.js';
import { both, h, iconButton } from './dom.js';
import { toOpenable } from './links.js';
import { signInAs } from './memory.js';
import { state } from './state.js';

/** What a page inside the phone may do: everything but take over the page around it. */
const SANDBOX =
  'allow-scripts allow-forms allow-same-origin allow-popups allow-popups-to-escape-sandbox allow-modals allow-downloads';

/**
 * Makes the browser. `beside` are the elements that must not be reached while a page is open. Returns `{element,
 * openPage(url)}`; addresses that are not http(s) are ignored.
 */
export function createBrowser({ beside }) {
  const title = h('h2', {}, '');
  const host = h('span', { class: 'browser-host' });
  const external = h('a', {
    class: 'icon-button external',
    target: '_blank',
    rel: 'noopener',
    'aria-label': '在新标签页打开 Open in a new tab',
    title: '在新标签页打开 Open in a new tab',
  });
  external.append(...iconButton('external', '', () => undefined).childNodes);
  const frameBox = h('div', { class: 'browser-frame' });
  const hint = h(
    'p',
    { class: 'browser-hint', hidden: true },
    both(
      '页面若是空白，说明它不许被嵌入，请在新标签页打开。',
      'Blank? Then it refuses framing: open it in a new tab.',
    ),
  );
  const bar = h(
    'header',
    { class: 'browser-bar' },
    iconButton('close', '关闭网页 Close the page', () => close()),
    h('div', { class: 'browser-title' }, title, host),
    external,
  );
  const element = h(
    'section',
    { class: 'browser', role: 'dialog', 'aria-modal': 'true', 'aria-label': '网页 Page', hidden: true },
    bar,
    hint,
    frameBox,
  );
  let before = null;
  const close = () => {
    element.hidden = true;
    frameBox.replaceChildren();
    setInert(beside, false);
    before?.focus?.();
  };
  const openPage = (text) => {
    const url = toOpenable(text);
    if (!url) {
      return;
    }
    before = document.activeElement;
    signInAs(state.current);
    external.href = url;
    title.textContent = '正在打开… Opening';
    host.textContent = new URL(url).host;
    hint.hidden = new URL(url).origin === root.origin;
    frameBox.replaceChildren(drawFrame(url, title, host, close));
    element.hidden = false;
    setInert(beside, true);
    bar.querySelector('button').focus();
  };
  element.addEventListener('keydown', (event) => event.key === 'Escape' && close());
  return { element, openPage };
}

function drawFrame(url, title, host, close) {
  const frame = h('iframe', {
    src: url,
    title: '网页 Page',
    sandbox: SANDBOX,
    referrerpolicy: 'same-origin',
  });
  frame.addEventListener('load', () => {
    const page = readablePage(frame);
    title.textContent = page?.title || new URL(url).host;
    host.textContent = page ? page.location.host : new URL(url).host;
    page?.addEventListener('keydown', (event) => event.key === 'Escape' && close());
  });
  return frame;
}

/** The framed document, or null when it is of another origin. */
function readablePage(frame) {
  try {
    return frame.contentDocument;
  } catch {
    return null;
  }
}

function setInert(elements, inert) {
  for (const element of elements) {
    element.inert = inert;
  }
}

/** Sheets that slide up inside the phone, and the short words that fade away by themselves. */
import { both, h, iconButton } from './dom.js';

const TOAST_MS = 3500;
let layer = null;
let toastBox = null;

/** Makes the layer on which sheets and toasts appear; put it last inside the phone. */
export function createSheetLayer() {
  toastBox = h('div', { class: 'toasts', role: 'status', 'aria-live': 'polite' });
  layer = h('div', { class: 'sheet-layer' }, toastBox);
  return layer;
}

/** Says a few words at the bottom of the phone for three and a half seconds. */
export function toast(zh, en = '') {
  const line = h('p', { class: 'toast' }, both(zh, en));
  toastBox.append(line);
  setTimeout(() => line.remove(), TOAST_MS);
}

/**
 * Opens a sheet with a title and content. Returns `close()`. Escape, the backdrop and ✕ close it too; then `onClose` is
 * called once and the focus returns to where it was.
 */
export function openSheet({ title, content, onClose = () => undefined }) {
  const before = document.activeElement;
  const rest = [...layer.parentElement.children].filter((element) => element !== layer);
  const close = () => {
    if (!sheet.isConnected) {
      return;
    }
    sheet.remove();
    if (!layer.querySelector('.sheet-cover')) {
      setInert(rest, false);
    }
    before?.focus?.();
    onClose();
  };
  const sheet = h(
    'div',
    {
      class: 'sheet-cover',
      on: {
        click: (event) => event.target === sheet && close(),
        keydown: (event) => {
          if (event.key === 'Escape') {
            event.stopPropagation();
            close();
          }
        },
      },
    },
    h(
      'section',
      { class: 'sheet', role: 'dialog', 'aria-modal': 'true', 'aria-label': title.join(' '), tabindex: '-1' },
      h('header', {}, h('h2', {}, both(...title)), iconButton('close', '关闭 Close', close)),
      h('div', { class: 'sheet-body' }, content),
    ),
  );
  setInert(rest, true);
  layer.append(sheet);
  (sheet.querySelector('[autofocus]') ?? sheet.querySelector('.sheet')).focus();
  return close;
}

/** Asks yes or no. Resolves to true only when the person agreed. */
export function confirmSheet({ title, text = null, confirm, danger = false }) {
  return new Promise((resolve) => {
    let agreed = false;
    const agree = () => {
      agreed = true;
      close();
    };
    const close = openSheet({
      title,
      content: [
        text ? h('p', { class: 'sheet-text' }, both(...text)) : null,
        h(
          'button',
          {
            type: 'button',
            class: danger ? 'button danger' : 'button primary',
            autofocus: true,
            on: { click: agree },
          },
          both(...confirm),
        ),
      ],
      onClose: () => resolve(agreed),
    });
  });
}

function setInert(elements, inert) {
  for (const element of elements) {
    element.inert = inert;
  }
}

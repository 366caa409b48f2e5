/** Builds elements without ever parsing markup, so that no text of a message can become code. */

const SVG = 'http://www.w3.org/2000/svg';

/** Stroke paths on a 24 x 24 grid. */
const ICONS = {
  people:
    'M9 11a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7Z M2.500 20c0-3.600 2.900-6 6.500-6s6.500 2.400 6.500 6 M16 4.500a3.300 3.300 0 0 1 0 6.200 M18 14.400c2.100.9 3.500 2.900 3.500 5.600',
  scan: 'M4 8V5.500A1.500 1.500 0 0 1 5.500 4H8 M16 4h2.500A1.500 1.500 0 0 1 20 5.500V8 M20 16v2.500a1.500 1.500 0 0 1-1.500 1.500H16 M8 20H5.500A1.500 1.500 0 0 1 4 18.500V16 M3.500 12h17',
  person:
    'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8Z M4.500 20.500c0-3.900 3.300-6.500 7.500-6.500s7.500 2.600 7.500 6.500',
  more: 'M5 12h.01 M12 12h.01 M19 12h.01',
  close: 'M6 6l12 12 M18 6L6 18',
  external:
    'M14 5h5v5 M19 5l-8.500 8.500 M17 14v3.500a1.500 1.500 0 0 1-1.500 1.500h-9A1.500 1.500 0 0 1 5 17.500v-9A1.500 1.500 0 0 1 6.500 7H10',
  reload: 'M19 12a7 7 0 1 1-2.200-5.100 M19 4v4h-4',
  plus: 'M12 5v14 M5 12h14',
  down: 'M6 10l6 6 6-6',
  list: 'M7 8h10 M7 12h10 M7 16h6',
  check: 'M5 12.500l4.500 4.500L19 7.500',
};

/**
 * Makes an element. `props`: `class`, `on` (event name to listener), booleans and texts as attributes; null and false
 * leave the attribute out. Children may be nodes, texts, lists, or null.
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (name === 'on') {
      for (const [event, listener] of Object.entries(value)) {
        element.addEventListener(event, listener);
      }
    } else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? '' : String(value));
    }
  }
  element.append(...children.flat(3).filter((child) => child !== null && child !== undefined));
  return element;
}

/** Chinese first, its English beside it in a quieter hand. */
export function both(zh, en) {
  const fragment = document.createDocumentFragment();
  fragment.append(h('span', { class: 'zh' }, zh), ' ', h('span', { class: 'en', lang: 'en' }, en));
  return fragment;
}

/** A line icon that screen readers skip. */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  const path = document.createElementNS(SVG, 'path');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', `icon icon-${name}`);
  svg.setAttribute('aria-hidden', 'true');
  path.setAttribute('d', ICONS[name]);
  svg.append(path);
  return svg;
}

/** A button with only an icon; `label` is what a screen reader and the tooltip say. */
export function iconButton(name, label, onClick, extra = {}) {
  return h(
    'button',
    {
      type: 'button',
      'aria-label': label,
      title: label,
      ...extra,
      class: `icon-button ${extra.class ?? ''}`,
      on: { click: onClick },
    },
    icon(name),
  );
}

/** A person's picture: a character of the name (the last of a Chinese one, else the first) on a colour that stays the same for the same name. */
export function avatar(name, extra = '') {
  const letters = [...(name || '?')];
  const sum = letters.reduce((total, letter) => (total * 31 + (letter.codePointAt(0) ?? 0)) % 997, 7);
  const letter = /^[\x20-\x7e]/.test(name) ? letters[0].toUpperCase() : letters.at(-1);
  return h('span', { class: `avatar tint-${sum % 8} ${extra}`, 'aria-hidden': 'true' }, letter);
}

/** The account's picture. */
export function accountAvatar(extra = '') {
  return h('span', { class: `avatar account-avatar ${extra}`, 'aria-hidden': 'true' });
}

/** Makes `parent` hold exactly `children` in this order, moving and touching as few of them as possible. */
export function arrange(parent, children) {
  children.forEach((child, index) => {
    if (parent.children[index] !== child) {
      parent.insertBefore(child, parent.children[index] ?? null);
    }
  });
  while (parent.children.length > children.length) {
    parent.lastElementChild?.remove();
  }
}

/** The foot of the chat: the text box, the account's menu, or the follow button while the person does not follow. */
import { sendText, setFollowing, tapMenu } from './actions.js';
import { both, h, icon } from './dom.js';
import { toOpenable } from './links.js';
import { currentPerson, listen, state } from './state.js';

const LONGEST_BOX_PX = 120;

/** Makes the foot. It redraws when the person or the account's menu changes. */
export function createComposer({ openPage, openScan, reportErrors }) {
  const form = drawForm(reportErrors);
  const menu = h('nav', { class: 'menu-bar', 'aria-label': '公众号菜单 Account menu' });
  const follow = drawFollowBar(openScan, reportErrors);
  const foot = h('footer', { class: 'composer' }, follow, form, menu);
  let drawn = '[]';
  const redraw = () => {
    const following = Boolean(currentPerson()?.following);
    const buttons = following ? readMenu(state.account) : [];
    form.hidden = !following;
    follow.hidden = following || !state.current;
    menu.hidden = buttons.length === 0;
    // Drawn anew only when it changed, so that news of other people does not close an open sub-menu.
    const print = JSON.stringify(buttons);
    if (print !== drawn) {
      drawn = print;
      menu.replaceChildren(...buttons.map((button) => drawButton(button, { openPage, reportErrors })));
    }
  };
  listen(['current', 'people', 'account'], redraw);
  addEventListener('click', (event) => closeMenus(menu, event.target));
  menu.addEventListener('keydown', (event) => {
    const open = menu.querySelector('details[open]');
    if (event.key === 'Escape' && open) {
      open.open = false;
      open.querySelector('summary').focus();
    }
  });
  return foot;
}

function drawForm(reportErrors) {
  const box = h('textarea', {
    rows: '1',
    maxlength: '2048',
    placeholder: '发消息 Message',
    'aria-label': '消息 Message',
    enterkeyhint: 'send',
  });
  const button = h('button', { class: 'button primary send', disabled: true }, both('发送', 'Send'));
  const growBox = () => {
    button.disabled = box.value.trim() === '';
    box.style.height = 'auto';
    box.style.height = `${Math.min(box.scrollHeight, LONGEST_BOX_PX)}px`;
  };
  const send = (event) => {
    event.preventDefault();
    const text = box.value.trim();
    if (text !== '') {
      box.value = '';
      growBox();
      reportErrors(() => sendText(text));
    }
    box.focus();
  };
  box.addEventListener('input', growBox);
  box.addEventListener('keydown', (event) => {
    // Enter also ends the choosing of characters in an input method; that one must not send
    // (Safari ends the composing first and tells it by the old key code alone).
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing && event.keyCode !== 229) {
      send(event);
    }
  });
  return h('form', { class: 'send-form', on: { submit: send } }, box, button);
}

function drawFollowBar(openScan, reportErrors) {
  const follow = h(
    'button',
    { type: 'button', class: 'button primary', on: { click: () => reportErrors(() => setFollowing(true)) } },
    icon('plus'),
    both('关注公众号', 'Follow'),
  );
  const scan = h(
    'button',
    { type: 'button', class: 'button', on: { click: openScan } },
    icon('scan'),
    both('扫一扫', 'Scan'),
  );
  return h('div', { class: 'follow-bar', hidden: true }, follow, scan);
}

/** The buttons of `menu/create`, however deep the simulator wraps them. */
function readMenu(account) {
  const menu = account?.menu?.menu ?? account?.menu;
  const buttons = Array.isArray(menu) ? menu : (menu?.button ?? []);
  return buttons.slice(0, 3);
}

function drawButton(button, deps) {
  const children = button.sub_button ?? [];
  if (children.length === 0) {
    return drawLeaf(button, deps, 'menu-button');
  }
  const list = h(
    'div',
    { class: 'menu-list' },
    children.slice(0, 5).map((child) => drawLeaf(child, deps, 'menu-item')),
  );
  return h(
    'details',
    { name: 'account-menu' },
    h('summary', { class: 'menu-button' }, icon('list'), button.name),
    list,
  );
}

function drawLeaf(button, { openPage, reportErrors }, name) {
  const tap = (event) => {
    const menu = event.currentTarget.closest('details');
    if (menu) {
      menu.open = false;
    }
    const url = button.type === 'view' ? toOpenable(button.url) : null;
    if (url) {
      openPage(url);
      reportErrors(() => tapMenu({ url: button.url }));
    } else if (button.key) {
      reportErrors(() => tapMenu({ key: button.key }));
    }
  };
  return h('button', { type: 'button', class: name, on: { click: tap } }, button.name);
}

function closeMenus(menu, target) {
  for (const open of menu.querySelectorAll('details[open]')) {
    if (!open.contains(target)) {
      open.open = false;
    }
  }
}

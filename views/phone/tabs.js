/** The two tabs of the phone's screen: WeChat, and everything else that arrived. */
import { both, h } from './dom.js';
import { announce, listen, state } from './state.js';

const NAMES = { wechat: ['微信', 'WeChat'], others: ['其他', 'Other'] };

/** Makes the tab strip over the views `{wechat, others}`. Returns `{element, show(name)}`. */
export function createTabs(views) {
  const badge = h('span', { class: 'badge', hidden: true });
  const tabs = Object.entries(NAMES).map(([name, words]) => [name, drawTab(name, words, views[name])]);
  const show = (name) => {
    for (const [other, tab] of tabs) {
      const isShown = other === name;
      tab.setAttribute('aria-selected', String(isShown));
      tab.tabIndex = isShown ? 0 : -1;
      views[other].hidden = !isShown;
    }
    state.tab = name;
    announce('tab');
  };
  for (const [name, tab] of tabs) {
    tab.addEventListener('click', () => show(name));
    tab.addEventListener('keydown', (event) => {
      if (['ArrowLeft', 'ArrowRight', 'Home', 'End'].includes(event.key)) {
        event.preventDefault();
        const next = tabs.find(([other]) => other !== name);
        show(next[0]);
        next[1].focus();
      }
    });
  }
  tabs[1][1].append(badge);
  listen(['arrivals', 'tab'], () => {
    const unseen = state.tab === 'others' ? 0 : countUnseen();
    badge.hidden = unseen === 0;
    badge.textContent = unseen > 99 ? '99+' : String(unseen);
    badge.setAttribute('aria-label', `${unseen} 条未读 unread`);
  });
  show('wechat');
  const strip = tabs.map(([, tab]) => tab);
  return {
    element: h('div', { class: 'tabs', role: 'tablist', 'aria-label': '屏幕 Screen' }, strip),
    show,
  };
}

function countUnseen() {
  return state.arrivals.items.filter(({ id }) => id > state.arrivals.seenId).length;
}

function drawTab(name, words, view) {
  view.id = `view-${name}`;
  view.setAttribute('role', 'tabpanel');
  view.setAttribute('aria-label', words.join(' '));
  return h('button', { type: 'button', class: 'tab', role: 'tab', 'aria-controls': view.id }, both(...words));
}

/** What arrived by other ways than WeChat: a filter, the newest first, and how to get there. Loaded when it is first seen. */
import { loadArrivals } from './actions.js';
import { root } from './api.js';
import { arrange, both, h } from './dom.js';
import { drawArrival, glyph, PLATFORMS } from './others-card.js';
import { listen, state } from './state.js';

/** Fills the view; `openPage(url)` opens a page inside the phone. */
export function fillOthers(view, { openPage, reportErrors }) {
  const filter = h('div', { class: 'filter', role: 'group', 'aria-label': '只看 Show only' });
  const list = h('div', {
    class: 'arrivals',
    role: 'log',
    'aria-live': 'polite',
    'aria-label': '收到的 Arrivals',
  });
  const scroller = h('div', { class: 'chat-scroll', tabindex: '0', 'aria-label': '收到的 Arrivals' }, list);
  let drawn = new Map();
  const choose = (platform) => {
    state.arrivals.filter = platform;
    scroller.scrollTop = 0;
    reportErrors(loadArrivals);
  };
  const redraw = () => {
    const { items } = state.arrivals;
    drawFilter(filter, choose);
    const next = new Map();
    for (const item of items) {
      const print = JSON.stringify(item);
      const old = drawn.get(item.id);
      next.set(item.id, old?.print === print ? old : { print, element: drawArrival(item, openPage) });
    }
    drawn = next;
    arrange(list, items.length > 0 ? [...drawn.values()].map(({ element }) => element) : [drawEmpty()]);
  };
  listen(['arrivals'], redraw);
  listen(['tab'], () => {
    if (state.tab !== 'others' && state.arrivals.filter) {
      // Somebody who looks away is told of everything again.
      choose(null);
    }
  });
  redraw();
  view.append(filter, scroller);
}

/** A button for each platform that has got something, as soon as there is a choice. */
function drawFilter(filter, choose) {
  const { counts, filter: chosen } = state.arrivals;
  const present = Object.keys(PLATFORMS).filter((platform) => (counts[platform] ?? 0) > 0);
  filter.hidden = present.length < 2 && !chosen;
  const draw = (platform, ...words) =>
    h(
      'button',
      {
        type: 'button',
        class: 'chip',
        'data-platform': platform ?? 'all',
        'aria-pressed': String(chosen === platform),
        on: { click: () => choose(platform) },
      },
      platform ? glyph(platform) : null,
      words,
    );
  const focused = filter.contains(document.activeElement) ? document.activeElement.dataset.platform : null;
  const left = filter.scrollLeft;
  filter.replaceChildren(
    draw(null, both('全部', 'All')),
    ...present.map((platform) => draw(platform, PLATFORMS[platform].name)),
  );
  filter.scrollLeft = left;
  filter.querySelector(`[data-platform="${focused}"]`)?.focus();
}

function drawEmpty() {
  const ways = [
    ['ntfy', `${root}ntfy/`, '主题 topic sim-me'],
    ['bark', `${root}bark/`, 'key sim-me'],
    ['gotify', `${root}gotify/`, 'token sim-me'],
    ['pushdeer', `${root}pushdeer/`, 'key sim-me'],
    ['webhook', `${root}webhook/me`, ''],
    ...(state.mail?.port ? [['mail', state.mail.url, `密码 password ${state.mail.password}`]] : []),
  ];
  return h(
    'div',
    { class: 'welcome others-empty' },
    h(
      'div',
      { class: 'glyphs', 'aria-hidden': 'true' },
      ['mail', 'bark', 'dingtalk', 'ntfy', 'sms'].map(glyph),
    ),
    h('h2', {}, '还没有别的消息'),
    h(
      'p',
      {},
      both(
        '给自己添加一个渠道，填下面的地址；发给它的消息会出现在这里。',
        'Add a channel with one of these addresses, and what is sent to it appears here.',
      ),
    ),
    h(
      'ul',
      { class: 'ways' },
      ways.map(([platform, address, more]) =>
        h(
          'li',
          {},
          glyph(platform),
          h('span', {}, PLATFORMS[platform].name, more ? h('small', {}, more) : null),
          h('code', {}, address),
        ),
      ),
    ),
    h('p', {}, both('现在就试：', 'Try it now:')),
    h('pre', { class: 'try' }, `curl -d 你好 ${root}ntfy/sim-me`),
  );
}

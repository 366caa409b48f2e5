/** Puts the phone together and keeps it up to date. */
import { loadAccount, loadArrivals, loadPeople } from './actions.js';
import { ApiError } from './api.js';
import { createBrowser } from './browser.js';
import { createChat } from './chat.js';
import { createComposer } from './composer.js';
import { avatar, both, h, icon, iconButton } from './dom.js';
import { listenLive } from './live.js';
import { signInAs, watchOtherTabs } from './memory.js';
import { createOthers } from './others-view.js';
import { createPanel } from './panel.js';
import { createRefresher } from './refresh.js';
import { acceptScansFromOutside, createScanner } from './scan.js';
import { createSheetLayer, toast } from './sheets.js';
import { announce, currentPerson, listen, state } from './state.js';
import { createTabs } from './tabs.js';
import { clockTime } from './times.js';

const TITLE = document.title;
const { refreshSoon, takeEvent } = createRefresher(reportErrors);

/** Runs a step and says its failure in the phone; the failure goes no further. */
async function reportErrors(step) {
  try {
    return await step();
  } catch (error) {
    toast(error.message);
    if (error instanceof ApiError && error.status === 404) {
      // The person may be gone, for instance after a reset of the simulator.
      refreshSoon('people');
    }
    return undefined;
  }
}

function build() {
  const stage = document.querySelector('#stage');
  const layer = createSheetLayer();
  const inside = h('div', { class: 'screen-inside' });
  const browser = createBrowser({ beside: [inside] });
  const { openPage } = browser;
  const scanner = createScanner({ openPage, reportErrors });
  const setDrawer = (open) => {
    stage.classList.toggle('drawer-open', open);
    stage.querySelector('.phone').inert = open;
    (open ? stage.querySelector('.panel-close') : stage.querySelector('.holder'))?.focus();
  };
  const closeDrawer = () => stage.classList.contains('drawer-open') && setDrawer(false);
  const wechat = h(
    'section',
    { class: 'view' },
    drawChatBar(),
    createChat({ openPage, reportErrors }),
    createComposer({ openPage, openScan: scanner.openScanSheet, reportErrors }),
  );
  const others = createOthers({ openPage, reportErrors });
  const tabs = createTabs({ wechat, others });
  // Whatever a person does happens in WeChat.
  const showWechat = () => tabs.show('wechat');
  const openScan = () => {
    showWechat();
    scanner.openScanSheet();
  };
  const slim = drawSlimBar(() => setDrawer(true), openScan);
  inside.append(slim, tabs.element, wechat, others);
  const screen = h('div', { class: 'screen' }, drawStatusBar(), inside, browser.element, layer);
  const cover = h('div', { class: 'drawer-cover', on: { click: closeDrawer } });
  stage.append(
    createPanel({
      openScan,
      reportErrors,
      onPicked: () => {
        showWechat();
        closeDrawer();
      },
      closePanel: closeDrawer,
    }),
    cover,
    h('main', { class: 'phone', 'aria-label': '手机 Phone' }, screen),
  );
  addEventListener('keydown', (event) => event.key === 'Escape' && closeDrawer());
  chooseLayout(stage, closeDrawer);
  const scan = (text) => {
    showWechat();
    return scanner.scan(text);
  };
  return { scan };
}

/** On a narrow screen, and embedded in another page, the phone fills everything and the panel is a drawer. */
function chooseLayout(stage, closeDrawer) {
  const narrow = matchMedia('(max-width: 759px)');
  const takeWidth = () => {
    closeDrawer();
    stage.classList.toggle('narrow', narrow.matches);
  };
  stage.classList.toggle('embed', new URL(location.href).searchParams.has('embed'));
  narrow.addEventListener('change', takeWidth);
  takeWidth();
}

/** The bar of narrow screens and embedded phones, in place of the panel: who holds the phone, and scanning. */
function drawSlimBar(openDrawer, openScan) {
  const face = h('span', { class: 'holder-face' });
  const name = h('span', { class: 'holder-name' });
  const badge = h('span', { class: 'badge', hidden: true });
  const holder = h(
    'button',
    {
      type: 'button',
      class: 'holder',
      'aria-controls': 'panel',
      title: '换人 Change person',
      on: { click: openDrawer },
    },
    face,
    name,
    icon('down'),
    badge,
  );
  listen(['current', 'people'], () => {
    const person = currentPerson();
    const unread = [...state.unread.values()].reduce((sum, count) => sum + count, 0);
    name.textContent = person?.nickname || person?.openid || '…';
    face.replaceChildren(avatar(person?.nickname ?? '', 'small'));
    badge.hidden = unread === 0;
    badge.textContent = unread > 99 ? '99+' : String(unread);
  });
  const scan = h(
    'button',
    { type: 'button', class: 'slim-scan', on: { click: openScan } },
    icon('scan'),
    both('扫一扫', 'Scan'),
  );
  return h('div', { class: 'slim-bar' }, holder, scan);
}

function drawChatBar() {
  const name = h('h2', {}, '…');
  listen(['account'], () => {
    name.textContent = state.account?.name ?? '公众号';
  });
  return h(
    'header',
    { class: 'chat-bar' },
    name,
    iconButton('person', '公众号资料 Account', () => reportErrors(openProfile)),
  );
}

async function openProfile() {
  const profile = await import('./profile.js');
  profile.openProfile({ reportErrors });
}

function drawStatusBar() {
  const time = h('span', {}, clockTime(Date.now()));
  setInterval(() => {
    time.textContent = clockTime(Date.now());
  }, 10_000);
  return h(
    'div',
    { class: 'status-bar', 'aria-hidden': 'true' },
    time,
    h('span', { class: 'status-icons' }, h('i', {}), h('b', {})),
  );
}

function setLive(live) {
  state.live = live;
  announce('live');
}

function goLive() {
  let isFirstOpen = true;
  listenLive({
    onEvent: (name, fields) => {
      takeEvent(name, fields);
      if ((name === 'inbox' || name === 'arrival') && document.hidden) {
        document.title = `● ${TITLE}`;
      }
    },
    onOpen: () => {
      setLive(true);
      // Whatever happened while nobody listened; at the first time all but the inbox was read a moment ago.
      refreshSoon('inbox', 'arrivals', ...(isFirstOpen && state.current ? [] : ['people', 'account']));
      isFirstOpen = false;
    },
    onDown: () => setLive(false),
  });
}

const scanner = build();
const ready = reportErrors(() => Promise.all([loadAccount(), loadPeople(), loadArrivals()]));
// A page around the phone may hand over a code as soon as the phone is loaded: it waits until somebody holds the phone.
acceptScansFromOutside(async (text) => {
  await ready;
  if (state.current) {
    await scanner.scan(text);
  }
});
watchOtherTabs((openid) => openid === state.current && announce('chat'));
addEventListener('focus', () => {
  signInAs(state.current);
  document.title = TITLE;
});
await ready;
goLive();

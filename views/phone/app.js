/** Puts the phone together and keeps it up to date. */
import { loadAccount, loadInbox, loadPeople } from './actions.js';
import { createBrowser } from './browser.js';
import { createChat } from './chat.js';
import { createComposer } from './composer.js';
import { avatar, both, h, icon, iconButton } from './dom.js';
import { listenLive } from './live.js';
import { signInAs, watchOtherTabs } from './memory.js';
import { createPanel } from './panel.js';
import { openProfile } from './profile.js';
import { acceptScansFromOutside, createScanner } from './scan.js';
import { createSheetLayer, toast } from './sheets.js';
import { announce, currentPerson, listen, state } from './state.js';
import { clockTime } from './times.js';

const TITLE = document.title;
const GATHER_MS = 120;
const pending = { inbox: false, people: false, account: false };

/** Runs a step and says its failure in the phone; the failure goes no further. */
async function reportErrors(step) {
  try {
    return await step();
  } catch (error) {
    toast(error.message);
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
    (open ? stage.querySelector('.panel-close') : stage.querySelector('.holder'))?.focus();
  };
  const closeDrawer = () => stage.classList.contains('drawer-open') && setDrawer(false);
  inside.append(
    drawSlimBar(() => setDrawer(true), scanner.openScanSheet),
    drawChatBar(),
    createChat({ openPage, reportErrors }),
    createComposer({ openPage, openScan: scanner.openScanSheet, reportErrors }),
  );
  const screen = h('div', { class: 'screen' }, drawStatusBar(), inside, browser.element, layer);
  const cover = h('div', { class: 'drawer-cover', on: { click: closeDrawer } });
  stage.classList.toggle('embed', new URL(location.href).searchParams.has('embed'));
  const narrow = matchMedia('(max-width: 759px)');
  const takeWidth = () => stage.classList.toggle('narrow', narrow.matches);
  narrow.addEventListener('change', takeWidth);
  takeWidth();
  stage.append(
    createPanel({
      openScan: scanner.openScanSheet,
      reportErrors,
      onPicked: closeDrawer,
      closePanel: closeDrawer,
    }),
    cover,
    h('main', { class: 'phone', 'aria-label': '手机 Phone' }, screen),
  );
  addEventListener('keydown', (event) => event.key === 'Escape' && closeDrawer());
  return scanner;
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
    iconButton('person', '公众号资料 Account', () => openProfile({ reportErrors })),
  );
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

/** A load test makes thousands of events a second: they are gathered, and each thing is read once. */
function refreshSoon(...wanted) {
  const idle = !Object.values(pending).some(Boolean);
  for (const name of wanted) {
    pending[name] = true;
  }
  if (idle) {
    setTimeout(refreshNow, GATHER_MS);
  }
}

async function refreshNow() {
  const wanted = { ...pending };
  Object.assign(pending, { inbox: false, people: false, account: false });
  await reportErrors(async () => {
    if (wanted.account) {
      await loadAccount();
    }
    if (wanted.people) {
      await loadPeople();
    } else if (wanted.inbox && state.current) {
      await loadInbox(state.current);
    }
  });
}

function takeEvent(name, fields) {
  if (name === 'menu') {
    refreshSoon('account');
  } else if (name === 'follower') {
    refreshSoon('people');
  } else if (fields.openid === state.current) {
    refreshSoon('inbox');
  } else if (state.people.has(fields.openid)) {
    state.unread.set(fields.openid, (state.unread.get(fields.openid) ?? 0) + 1);
    announce('people');
  }
  if (name === 'inbox' && document.hidden) {
    document.title = `● ${TITLE}`;
  }
}

function setLive(live) {
  state.live = live;
  announce('live');
}

const scanner = build();
await reportErrors(async () => {
  await loadAccount();
  await loadPeople();
});
let isFirstOpen = true;
listenLive({
  onEvent: takeEvent,
  onOpen: () => {
    setLive(true);
    // Whatever happened while nobody listened; at the first time it was read a moment ago.
    refreshSoon('inbox', ...(isFirstOpen ? [] : ['people', 'account']));
    isFirstOpen = false;
  },
  onDown: () => setLive(false),
});
watchOtherTabs((openid) => openid === state.current && announce('chat'));
addEventListener('focus', () => {
  signInAs(state.current);
  document.title = TITLE;
});
acceptScansFromOutside(scanner.scan);

/** The chat itself: keeps the drawn entries in step with the timeline, and the newest one in sight. */
import { isRefused, refuseTemplate, sendText } from './actions.js';
import { drawEntry } from './cards.js';
import { accountAvatar, arrange, both, h, icon } from './dom.js';
import { readEntries } from './memory.js';
import { confirmSheet } from './sheets.js';
import { currentPerson, listen, state } from './state.js';
import { mergeTimeline, withTimes } from './timeline.js';

const NEAR_BOTTOM_PX = 90;

/** Makes the chat; `openPage(url)` opens a page inside the phone. */
export function createChat({ openPage, reportErrors }) {
  const list = h('div', {
    class: 'chat-list',
    role: 'log',
    'aria-live': 'polite',
    'aria-label': '聊天 Chat',
  });
  const scroller = h(
    'div',
    { class: 'chat-scroll', tabindex: '0', 'aria-label': '聊天记录 Chat history' },
    list,
  );
  const jump = h(
    'button',
    { type: 'button', class: 'jump', hidden: true, on: { click: () => scrollDown(scroller) } },
    icon('down'),
    both('新消息', 'New'),
  );
  const context = createContext({ openPage, reportErrors });
  let drawn = new Map();
  let shownFor = null;
  const redraw = () => {
    const isNewPerson = shownFor !== state.current;
    const wasNear = isNewPerson || isNearBottom(scroller);
    const next = drawTimeline(drawn, context, isNewPerson);
    const last = [...next.keys()].at(-1);
    const isNew = last !== undefined && !drawn.has(last);
    const isMine = isNew && last.startsWith('own-');
    drawn = next;
    shownFor = state.current;
    // A whole chat that appears at once is not news to read aloud.
    list.setAttribute('aria-live', isNewPerson ? 'off' : 'polite');
    arrange(list, drawn.size > 0 ? [...drawn.values()].map(({ element }) => element) : [drawWelcome()]);
    if (wasNear || isMine) {
      scrollDown(scroller);
    } else if (isNew) {
      jump.hidden = false;
    }
  };
  scroller.addEventListener('scroll', () => {
    if (isNearBottom(scroller)) {
      jump.hidden = true;
    }
  });
  // Pictures of articles and the on-screen keyboard change heights after drawing.
  new ResizeObserver(() => jump.hidden && isNearBottom(scroller, 240) && scrollDown(scroller)).observe(
    scroller,
  );
  listen(['chat', 'current', 'account'], redraw);
  return h('div', { class: 'chat' }, scroller, jump);
}

function createContext({ openPage, reportErrors }) {
  return {
    openPage,
    say: (text) => reportErrors(() => sendText(text)),
    resend: (entry) => reportErrors(() => sendText(entry.text, entry)),
    refuse: (templateId, title) => askToRefuse(templateId, title, reportErrors),
    templateTitle: (id) => state.account?.templates?.find((one) => one.templateId === id)?.title ?? null,
    get accountName() {
      return state.account?.name ?? '公众号';
    },
    get personName() {
      return currentPerson()?.nickname ?? '';
    },
    get nowMs() {
      return Date.now();
    },
  };
}

/** Entries whose content did not change keep their element, so that nothing flickers and focus stays. */
function drawTimeline(drawn, context, isNewPerson) {
  const openid = state.current;
  const items = state.chats.get(openid) ?? [];
  const entries = openid ? withTimes(mergeTimeline(items, readEntries(openid))) : [];
  const outside = `${context.accountName}|${state.account?.templates?.length ?? 0}`;
  const next = new Map();
  for (const entry of entries) {
    const print = `${outside}|${JSON.stringify(entry)}`;
    const old = isNewPerson ? undefined : drawn.get(entry.id);
    next.set(entry.id, old?.print === print ? old : { print, element: drawEntry(entry, context) });
  }
  return next;
}

function drawWelcome() {
  const following = currentPerson()?.following;
  return h(
    'div',
    { class: 'welcome' },
    accountAvatar('large'),
    h('h2', {}, state.account?.name ?? '公众号'),
    following
      ? h('p', {}, both('还没有消息。发一句话试试。', 'No messages yet. Say something.'))
      : h('p', {}, both('关注后，消息会出现在这里。', 'Follow the account, and its messages appear here.')),
  );
}

async function askToRefuse(templateId, title, reportErrors) {
  const isOff = isRefused(templateId);
  const question = isOff
    ? {
        title: [`「${title}」已拒收`, 'These notices are off'],
        confirm: ['恢复接收', 'Take them again'],
      }
    : {
        title: [`拒收「${title}」？`, 'Refuse these notices?'],
        text: ['之后用这个模板发来的消息会失败（43101）。', 'Later sends by this template fail with 43101.'],
        confirm: ['拒收', 'Refuse'],
        danger: true,
      };
  if (await confirmSheet(question)) {
    await reportErrors(() => refuseTemplate(templateId, !isOff));
  }
}

function isNearBottom(scroller, px = NEAR_BOTTOM_PX) {
  return scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < px;
}

function scrollDown(scroller) {
  scroller.scrollTop = scroller.scrollHeight;
}

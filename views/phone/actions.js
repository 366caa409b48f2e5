/** Everything the phone's owner can do: each verb asks the simulator, changes the state, and tells the views. */
import { ApiError, api } from './api.js';
import { dropEntry, forgetChatsExcept, rememberedPerson, rememberPerson, saveEntry } from './memory.js';
import { announce, currentPerson, state } from './state.js';

const FIRST_PERSON = '小明';
const MOST_PUSHES = 6;
const SCANNED = {
  subscribe: ['扫描二维码，关注了公众号', 'Scanned and followed'],
  SCAN: ['扫描了二维码', 'Scanned'],
};
let lastLocalId = 0;

/** Reads the account anew (name, menu, templates). */
export async function loadAccount() {
  state.account = await api.account();
  announce('account');
}

/** Reads who has a phone; the very first visit makes the first person. Picks the one from last time, else the first. */
export async function loadPeople() {
  const before = state.current;
  const items = await withLock('qingniao-phone-first-person', readOrMakePeople);
  if (state.current !== before) {
    // Somebody was made and picked meanwhile, and this list may not know them.
    return loadPeople();
  }
  state.people = new Map(items.map((item) => [item.openid, item]));
  forgetChatsExcept(state.people);
  for (const openid of state.unread.keys()) {
    if (!state.people.has(openid)) {
      state.unread.delete(openid);
    }
  }
  const wanted = [state.current, rememberedPerson()].find((openid) => state.people.has(openid));
  return pickPerson(wanted ?? items[0].openid);
}

async function readOrMakePeople() {
  const found = await api.people();
  if (found.length > 0) {
    return found;
  }
  const made = await api.createPerson(FIRST_PERSON);
  return [{ openid: made.openid, nickname: FIRST_PERSON, following: false }];
}

/** Reads what arrived by other ways, and at the first time where the mail server is. What was there before is no news. */
export async function loadArrivals() {
  const isFirst = state.mail === null;
  state.mail ??= await api.mail();
  const { filter } = state.arrivals;
  const { items, counts } = await api.arrivals(filter);
  const newestId = items[0]?.id ?? 0;
  // Numbers that went back are those of a simulator that was started anew.
  const isFresh = !filter && newestId > 0 && newestId < state.arrivals.seenId;
  const seenId = isFirst ? newestId : isFresh ? 0 : state.arrivals.seenId;
  if (filter === state.arrivals.filter) {
    state.arrivals = { items, counts, filter, seenId };
    announce('arrivals');
  }
}

/** Hands the phone to this person. */
export async function pickPerson(openid) {
  state.current = openid;
  state.unread.delete(openid);
  rememberPerson(openid);
  announce('current', 'people', 'chat');
  await loadChat(openid);
}

/** Makes a person and hands them the phone. */
export async function addPerson(nickname) {
  const { openid } = await api.createPerson(nickname);
  state.people.set(openid, { openid, nickname, following: false });
  await pickPerson(openid);
}

/** Drops what belongs to a simulator that was reset; the people must be read again after. */
export function forgetEverything() {
  state.people = new Map();
  state.current = null;
  state.pushes = [];
  state.arrivals = { ...state.arrivals, filter: null };
  for (const part of [state.chats, state.unread, state.refused]) {
    part.clear();
  }
  forgetChatsExcept(state.people);
  announce('current', 'people', 'chat', 'pushes');
}

/** Reads the chat of this person with the account. */
export async function loadChat(openid) {
  const items = await api.chat(openid);
  state.chats.set(openid, items.toReversed());
  announce('chat');
}

/** Follows or leaves the account. */
export async function setFollowing(following) {
  const openid = state.current;
  const answer = await (following ? api.follow(openid) : api.unfollow(openid));
  const person = state.people.get(openid);
  if (person) {
    state.people.set(openid, { ...person, following });
  }
  note(openid, following ? '你关注了公众号' : '你取消了关注', following ? 'Followed' : 'Unfollowed');
  await takeAnswer(openid, following ? ['关注', 'subscribe'] : ['取消关注', 'unsubscribe'], answer);
}

/**
 * Scans a QR code: `{url}` or `{ticket}`. Resolves to `{event, reply}`, or to `{open}` for a code that holds the address
 * of a web page.
 */
export async function scanCode(code) {
  const openid = state.current;
  const answer = await api.scan(openid, code);
  if (answer.open) {
    return answer;
  }
  const person = state.people.get(openid);
  if (person && answer.event) {
    state.people.set(openid, { ...person, following: true });
  }
  note(openid, ...(SCANNED[answer.event] ?? ['这个二维码已过期', 'This code has expired']));
  await takeAnswer(openid, ['扫码', answer.event ?? '—'], answer);
  return answer;
}

/** Sends text; the bubble is there at once and shows when the sending failed. `again` re-sends a failed entry. */
export async function sendText(text, again = null) {
  const openid = state.current;
  const entry = again ?? newEntry(openid, { kind: 'mine', text });
  keep(openid, { ...entry, status: 'sending' });
  try {
    const answer = await api.say(openid, text);
    await takeAnswer(openid, ['消息', 'text'], answer);
    dropEntry(openid, entry.id);
    announce('chat');
  } catch (error) {
    if (!(error instanceof ApiError)) {
      throw error;
    }
    keep(openid, { ...entry, status: 'failed', why: error.message });
  }
}

/** Taps a menu button: `{key}` asks the account, `{url}` tells it which page was opened. */
export async function tapMenu(button) {
  const openid = state.current;
  const answer = await api.tapMenu(openid, button);
  await takeAnswer(openid, ['菜单', button.url ? 'VIEW' : 'CLICK'], answer);
}

/** Switches one template off for this person, or on again. */
export async function refuseTemplate(templateId, refused) {
  const openid = state.current;
  await api.refuse(openid, templateId, refused);
  state.refused[refused ? 'add' : 'delete'](`${openid}/${templateId}`);
  note(
    openid,
    refused ? '已拒收此类通知' : '已恢复接收此类通知',
    refused ? 'Notices of this kind are off' : 'Notices of this kind are on again',
  );
  announce('chat');
}

/** Whether this person switched the template off on this page. */
export function isRefused(templateId) {
  return state.refused.has(`${state.current}/${templateId}`);
}

function note(openid, zh, en) {
  keep(openid, newEntry(openid, { kind: 'note', zh, en }));
}

/** What every push has in common: it is noted, and the reply stands in the chat. */
async function takeAnswer(openid, [zh, en], answer) {
  const { tookMs = 0, tries = 1, problem = null } = answer;
  const push = { at: Date.now(), zh, en, who: currentPerson()?.nickname ?? '', tookMs, tries, problem };
  if (tries > 0 || problem) {
    state.pushes = [push, ...state.pushes].slice(0, MOST_PUSHES);
  }
  if (tries === 0 && problem) {
    note(openid, '还没有服务器地址，公众号听不到', 'No server URL is set: the account hears nothing');
  }
  announce('pushes', 'people', 'current');
  await loadChat(openid);
}

function newEntry(openid, fields) {
  lastLocalId += 1;
  const after = state.chats.get(openid)?.at(-1)?.id ?? null;
  return { id: `own-${Date.now().toString(36)}-${lastLocalId}`, at: Date.now(), after, ...fields };
}

function keep(openid, entry) {
  saveEntry(openid, entry);
  announce('chat');
}

/** Two tabs opened at once must not both make the first person. Without locks (plain http elsewhere) they may. */
function withLock(name, work) {
  return navigator.locks ? navigator.locks.request(name, work) : work();
}

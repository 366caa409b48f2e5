/** What the phone keeps in the browser: who holds it, and each person's own side of the chat. */

const PERSON_KEY = 'qingniao-phone-person';
const CHAT_PREFIX = 'qingniao-phone-chat:';
const MOST_ENTRIES = 100;

/** The openid picked last time, or null. */
export function rememberedPerson() {
  return read(PERSON_KEY);
}

/** Remembers who holds the phone, and signs pages opened in the phone in as this person. */
export function rememberPerson(openid) {
  write(PERSON_KEY, openid);
  signInAs(openid);
}

/** Sets the cookie by which the simulated WeChat knows who opens a page. */
export function signInAs(openid) {
  if (openid) {
    // Not the Cookie Store: it is asynchronous, and missing over plain http from another machine.
    Reflect.set(document, 'cookie', `sim_person=${encodeURIComponent(openid)}; path=/; SameSite=Lax`);
  }
}

/** A person's own entries, oldest first. */
export function readEntries(openid) {
  try {
    const entries = JSON.parse(read(CHAT_PREFIX + openid) ?? '[]');
    return Array.isArray(entries) ? entries : [];
  } catch {
    return [];
  }
}

/** Adds an entry, or replaces the one with the same id. Only the newest hundred are kept. */
export function saveEntry(openid, entry) {
  const entries = readEntries(openid);
  const index = entries.findIndex((other) => other.id === entry.id);
  if (index < 0) {
    entries.push(entry);
  } else {
    entries[index] = entry;
  }
  write(CHAT_PREFIX + openid, JSON.stringify(entries.slice(-MOST_ENTRIES)));
}

/** Removes an entry, because the simulator's own chat has it now. */
export function dropEntry(openid, id) {
  const kept = readEntries(openid).filter((entry) => entry.id !== id);
  write(CHAT_PREFIX + openid, JSON.stringify(kept));
}

/** Forgets the chats of people who are gone, for instance after the simulator was restarted. */
export function forgetChatsExcept(openids) {
  for (const key of storedKeys()) {
    if (key.startsWith(CHAT_PREFIX) && !openids.has(key.slice(CHAT_PREFIX.length))) {
      localStorage.removeItem(key);
    }
  }
}

/** Calls `onChange(openid)` when another tab of the same browser wrote to a chat. */
export function watchOtherTabs(onChange) {
  addEventListener('storage', (event) => {
    if (event.key?.startsWith(CHAT_PREFIX)) {
      onChange(event.key.slice(CHAT_PREFIX.length));
    }
  });
}

// A browser may refuse storage altogether (private windows, blocked cookies): the phone then just forgets.
function read(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // See above.
  }
}

function storedKeys() {
  try {
    return Object.keys(localStorage);
  } catch {
    return [];
  }
}

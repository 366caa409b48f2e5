/** Turns live events into few readings: a load test makes thousands a second, and each thing is read once. */
import { forgetEverything, loadAccount, loadArrivals, loadChat, loadPeople } from './actions.js';
import { announce, state } from './state.js';

const GATHER_MS = 120;
const MOST_UNKNOWN = 1000;

/** Makes the refresher; `reportErrors(step)` runs a step and shows its failure. */
export function createRefresher(reportErrors) {
  const wanted = new Set();
  let running = false;
  const refresh = async () => {
    const due = new Set(wanted);
    wanted.clear();
    await reportErrors(() => readDue(due));
    running = false;
    if (wanted.size > 0) {
      start();
    }
  };
  const start = () => {
    running = true;
    setTimeout(refresh, GATHER_MS);
  };
  const refreshSoon = (...names) => {
    for (const name of names) {
      wanted.add(name);
    }
    if (!running) {
      start();
    }
  };
  return { refreshSoon, takeEvent: (name, fields) => takeEvent(name, fields, refreshSoon) };
}

async function readDue(due) {
  if (due.has('account')) {
    await loadAccount();
  }
  if (due.has('people')) {
    await loadPeople();
  } else if (due.has('inbox') && state.current) {
    await loadChat(state.current);
  }
  if (due.has('arrivals')) {
    await loadArrivals();
  }
  if (due.has('badges')) {
    announce('people', 'current');
  }
}

function takeEvent(name, fields, refreshSoon) {
  const known = state.people.get(fields.openid);
  if (name === 'menu') {
    refreshSoon('account');
  } else if (name === 'arrival') {
    refreshSoon('arrivals');
  } else if (name === 'follower') {
    takeFollower(known, fields, refreshSoon);
  } else if (fields.openid === state.current) {
    refreshSoon('inbox');
  } else if (known || state.unread.size < MOST_UNKNOWN) {
    // Somebody made a moment ago may not be in the list yet.
    state.unread.set(fields.openid, (state.unread.get(fields.openid) ?? 0) + 1);
    refreshSoon('badges');
  }
}

/** A fresh simulator (`reset`) or somebody new needs the list again; somebody known who follows or leaves does not. */
function takeFollower(known, fields, refreshSoon) {
  if (fields.reset) {
    forgetEverything();
    refreshSoon('arrivals');
  }
  if (known && typeof fields.following === 'boolean') {
    state.people.set(known.openid, { ...known, following: fields.following });
    refreshSoon('badges');
  } else {
    refreshSoon('people');
  }
}

/** Keeps a message's page up to date while the message is under way: fetches what changes, quickly at first, then calmly. */
const live = document.getElementById('live');
const FASTEST_MS = 1000;
const SLOWEST_MS = 10_000;

let waitMs = FASTEST_MS;
let shown = live?.innerHTML ?? '';

const isUnderWay = () => live?.querySelector('[data-live]') !== null;

async function refresh() {
  if (document.hidden || !live) {
    return;
  }
  const answer = await fetch(live.dataset.address + location.search, { headers: { Accept: 'text/html' } });
  if (answer.redirected || answer.status === 404) {
    location.reload();
    return;
  }
  const text = answer.ok ? await answer.text() : shown;
  waitMs = text === shown ? Math.min(waitMs * 1.5, SLOWEST_MS) : FASTEST_MS;
  // Whoever is about to press a button or follow a link keeps what they look at.
  if (text !== shown && !live.contains(document.activeElement)) {
    shown = text;
    live.innerHTML = text;
  }
}

async function watch() {
  while (isUnderWay()) {
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    await refresh().catch(() => {
      waitMs = SLOWEST_MS;
    });
  }
}

if (live) {
  watch();
}

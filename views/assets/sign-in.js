/** Waits for the scan of the code on the sign-in page, and moves on. */

const EVERY_MS = 1500;
const main = document.getElementById('sign-in');
const state = document.getElementById('state');

async function ask() {
  try {
    const answer = await fetch('/sign-in/state', { credentials: 'same-origin' });
    const { state: now } = await answer.json();
    if (now === 'scanned') {
      state.textContent = main.dataset.entering;
      location.replace(main.dataset.next);
      return;
    }
    if (now === 'dead') {
      state.textContent = main.dataset.expired;
      document.getElementById('code').classList.add('dead');
      return;
    }
    state.textContent = main.dataset.waiting;
  } catch {
    state.textContent = main.dataset.lost;
  }
  setTimeout(ask, EVERY_MS);
}

// A page that the browser kept while it was left asks again at once.
addEventListener('pageshow', (event) => event.persisted && location.reload());
setTimeout(ask, EVERY_MS);

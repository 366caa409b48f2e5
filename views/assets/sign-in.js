/** Asks for the code of the sign-in page where it shows none, waits for its scan and the phone's yes, and moves on. */

const EVERY_MS = 1500;
const main = document.getElementById('sign-in');
const state = document.getElementById('state');
const picture = document.querySelector('#code img');

async function ask() {
  try {
    const answer = await fetch('/sign-in/state', { credentials: 'same-origin' });
    const { state: now, number } = await answer.json();
    showNumber(now === 'asked' ? number : null);
    if (now === 'confirmed') {
      state.textContent = main.dataset.entering;
      location.replace(main.dataset.next);
      return;
    }
    if (now === 'dead' || now === 'rejected') {
      state.textContent = now === 'dead' ? main.dataset.expired : main.dataset.rejected;
      document.getElementById('code').classList.add('dead');
      document.getElementById('phone')?.setAttribute('hidden', '');
      return;
    }
    state.textContent = main.dataset.waiting;
  } catch {
    state.textContent = main.dataset.lost;
  }
  setTimeout(ask, EVERY_MS);
}

/** While the phone asks, the number that it shows takes the place of the code. */
function showNumber(number) {
  document.getElementById('scan').hidden = number !== null;
  document.getElementById('asked').hidden = number === null;
  document.getElementById('number').textContent = number ?? '';
}

/** A code costs a call of WeChat: it is made for who looks at the page, not for whatever fetches its address. */
async function make() {
  state.textContent = main.dataset.making;
  try {
    const headers = { Accept: 'application/json' };
    const answer = await fetch(main.dataset.make, { method: 'POST', credentials: 'same-origin', headers });
    const made = await answer.json();
    if (!answer.ok) {
      state.textContent = `${made.error.heading}：${made.error.text}`;
      return;
    }
    show(made);
    setTimeout(ask, EVERY_MS);
  } catch {
    state.textContent = main.dataset.lost;
    setTimeout(make, EVERY_MS * 2);
  }
}

function show(made) {
  picture.src = made.picture;
  picture.hidden = false;
  state.textContent = main.dataset.waiting;
  const phone = document.getElementById('phone');
  if (phone && made.phoneUrl) {
    phone.firstElementChild.href = made.phoneUrl;
    phone.hidden = false;
  }
}

// A page that the browser kept while it was left asks again at once.
addEventListener('pageshow', (event) => event.persisted && location.reload());
if (main.dataset.state === '') {
  make();
} else if (main.dataset.state !== 'rejected') {
  setTimeout(ask, EVERY_MS);
}

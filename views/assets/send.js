/** Shows the preview as one types, and only the fields that the chosen receivers need. */
const form = document.getElementById('send');
const preview = document.getElementById('preview');
const PAUSE_MS = 350;

let timer = 0;
let running = null;

async function refresh() {
  running?.abort();
  running = new AbortController();
  const answer = await fetch(form.dataset.preview, {
    method: 'POST',
    headers: { 'X-CSRF-Token': document.body.dataset.csrf, Accept: 'text/html' },
    body: new URLSearchParams(new FormData(form)),
    signal: running.signal,
  });
  if (answer.ok && !answer.redirected) {
    const open = [...preview.querySelectorAll('.curls details[open]')].map(({ dataset }) => dataset.name);
    preview.innerHTML = await answer.text();
    for (const part of preview.querySelectorAll('.curls details')) {
      part.open = open.includes(part.dataset.name);
    }
  }
}

function refreshSoon() {
  clearTimeout(timer);
  // A preview that is late or lost is no more than that: the next key asks again.
  timer = setTimeout(() => refresh().catch(() => {}), PAUSE_MS);
}

function showChosen() {
  form.dataset.to = new FormData(form).get('to') ?? 'me';
}

form.addEventListener('input', () => {
  showChosen();
  refreshSoon();
});
showChosen();
document.getElementById('preview-button').hidden = true;

const sender = document.querySelector('select[data-submit]');
sender.addEventListener('change', () => sender.form.requestSubmit());

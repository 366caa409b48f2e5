/** Runs the checks of the self-check a few at a time and shows each result as it comes. */

const form = document.getElementById('self-check');
const lines = [...document.querySelectorAll('[data-check]')];
const AT_ONCE = 4;

form.addEventListener('submit', (event) => {
  event.preventDefault();
  runAll();
});

if ('start' in form.dataset) {
  runAll();
}

async function runAll() {
  const button = form.querySelector('button');
  button.disabled = true;
  document.querySelector('.notice[role=status]')?.remove();
  for (const line of lines) {
    show(line, { light: 'running', label: form.dataset.running, found: '', remedy: '', action: '' });
  }
  const waiting = [...lines];
  const work = async () => {
    for (let line = waiting.shift(); line; line = waiting.shift()) {
      show(line, await run(line.dataset.check));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  button.disabled = false;
}

async function run(id) {
  try {
    const answer = await fetch(`/console/self-check/run/${id}`, {
      method: 'POST',
      headers: { 'X-CSRF-Token': document.body.dataset.csrf, Accept: 'application/json' },
    });
    if (answer.ok) {
      return await answer.json();
    }
  } catch {
    // The line says so.
  }
  const { bad, failed } = form.dataset;
  return { light: 'bad', label: bad, found: failed, remedy: '', action: '' };
}

function show(line, { light, label, found, remedy, action }) {
  line.className = light;
  const badge = line.querySelector('.badge');
  badge.className = `badge ${light}`;
  badge.textContent = label;
  line.querySelector('.found').textContent = found;
  line.querySelector('.remedy').textContent = remedy;
  for (const one of line.querySelectorAll('.action')) {
    one.hidden = one.dataset.action !== action;
  }
}

/** The notify page in the browser: verify the app, pick who receives, show the address and the programs. */
import { createCode, listMembers } from './notify-api.js';

const byId = (id) => document.getElementById(id);
const words = JSON.parse(byId('notify').dataset.words);
const app = byId('app');
const pick = byId('pick');

app.addEventListener('submit', verify);
app.addEventListener('input', () => {
  // Members belong to the app that was verified.
  byId('step2').hidden = true;
  byId('step3').hidden = true;
});
pick.addEventListener('submit', make);
pick.elements.everybody.addEventListener('change', () => {
  byId('some').hidden = pick.elements.everybody.checked;
});
byId('filter').addEventListener('input', filterMembers);
byId('filter').addEventListener('keydown', (event) => {
  if (event.key === 'Enter') {
    event.preventDefault();
  }
});
byId('simulated')?.addEventListener('click', (event) => {
  for (const [name, value] of Object.entries(JSON.parse(event.currentTarget.dataset.values))) {
    app.elements[name].value = value;
  }
});

async function verify(event) {
  event.preventDefault();
  await run(app, async () => {
    const { members } = await listMembers(readApp());
    byId('members').replaceChildren(...members.map(showMember));
    byId('filter').hidden = members.length < 8;
    byId('step2').hidden = false;
    return words.jsVerified.replace('{count}', members.length);
  });
}

async function make(event) {
  event.preventDefault();
  const receivers = readReceivers();
  if (receivers === '') {
    say(pick, words.jsNobody, 'bad');
    return;
  }
  await run(pick, async () => {
    const { format, overflow } = Object.fromEntries(new FormData(pick));
    const made = await createCode({ ...readApp(), receivers, format, overflow });
    byId('address').textContent = made.url;
    byId('examples').replaceChildren(...made.examples.map(showExample));
    byId('step3').hidden = false;
    byId('step3').scrollIntoView({ block: 'nearest' });
    return words.jsMade;
  });
}

/** Runs one call of a form: one at a time, its result in words beside the button. */
async function run(form, call) {
  const button = form.querySelector('button[type="submit"]');
  for (const field of form.querySelectorAll('[aria-invalid]')) {
    field.removeAttribute('aria-invalid');
  }
  button.disabled = true;
  say(form, words.jsBusy, '');
  try {
    say(form, await call(), 'good');
  } catch (error) {
    say(form, error.message || words.jsOffline, 'bad');
    form.querySelector(`[name="${CSS.escape(error.field ?? '')}"]`)?.setAttribute('aria-invalid', 'true');
  } finally {
    button.disabled = false;
  }
}

function say(form, text, mood) {
  const answer = byId(`${form.id}-answer`);
  answer.textContent = text;
  answer.className = `answer ${mood}`;
}

function readApp() {
  const { corpId, agentId, secret } = Object.fromEntries(new FormData(app));
  return { corpId: corpId.trim(), agentId: agentId.trim(), secret: secret.trim() };
}

function readReceivers() {
  if (pick.elements.everybody.checked) {
    return '@all';
  }
  const picked = [...byId('members').querySelectorAll('input:checked')].map((box) => box.value);
  return [...picked, pick.elements.others.value.trim()].filter((id) => id !== '').join('|');
}

function filterMembers() {
  const wanted = byId('filter').value.trim().toLowerCase();
  for (const row of byId('members').children) {
    row.hidden = !row.textContent.toLowerCase().includes(wanted);
  }
}

function showMember({ userId, name }) {
  const box = document.createElement('input');
  box.type = 'checkbox';
  box.value = userId;
  const words = document.createElement('span');
  words.textContent = name || userId;
  const id = document.createElement('code');
  id.textContent = userId;
  const label = document.createElement('label');
  label.className = 'check';
  label.append(box, words, ...(name ? [id] : []));
  const row = document.createElement('li');
  row.append(label);
  return row;
}

function showExample({ name, source }, at) {
  const details = document.createElement('details');
  details.open = at === 0;
  const summary = document.createElement('summary');
  summary.textContent = name;
  const pre = document.createElement('pre');
  const code = document.createElement('code');
  code.id = `example-${at}`;
  code.textContent = source;
  pre.append(code);
  const copy = document.createElement('button');
  copy.type = 'button';
  copy.className = 'copy';
  copy.dataset.copyFrom = code.id;
  copy.textContent = words.jsCopy;
  const line = document.createElement('p');
  line.className = 'right';
  line.append(copy);
  details.append(summary, pre, line);
  return details;
}

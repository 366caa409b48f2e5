/** The demo program in the browser: gets a code, waits for its scan, pushes, and shows what comes back. */
import { createVisit, pushMessage, readVisit } from './demo-api.js';
import { showCallbacks, showMessages } from './demo-lists.js';

const POLL_MS = 2000;
const KEPT = 'qingniao-demo';

const byId = (id) => document.getElementById(id);
const words = JSON.parse(byId('demo').dataset.words);
let visit = readKept();

watch();
byId('qr').addEventListener('click', scanWithPhone);
byId('renew').addEventListener('click', () => renew(''));
byId('push').addEventListener('submit', push);
byId('push').elements.content.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
    byId('push').requestSubmit();
  }
});

/** Looks every two seconds while somebody looks at the page; one look at a time. */
async function watch() {
  if (!document.hidden || !visit) {
    await look();
  }
  setTimeout(watch, POLL_MS);
}

async function look() {
  try {
    if (!visit) {
      await begin();
    }
    const asked = visit;
    const state = await readVisit(asked.visit);
    if (asked === visit) {
      showTrouble('');
      showState(state);
    }
  } catch (error) {
    if (error.status === 404 && visit) {
      renew(words.jsExpired);
    } else {
      showTrouble(error.status === 0 ? words.jsOffline : error.message || words.jsQrFailed);
    }
  }
}

async function begin() {
  visit = await createVisit();
  sessionStorage.setItem(KEPT, JSON.stringify(visit));
}

function renew(why) {
  sessionStorage.removeItem(KEPT);
  visit = null;
  byId('qr-picture').hidden = true;
  showState({ messages: [], callbacks: [] });
  showTrouble(why);
  look();
}

function showState({ uid, messages, callbacks }) {
  if (visit) {
    byId('qr-picture').src = visit.qrcodePicture;
    byId('qr-picture').hidden = false;
    byId('say').textContent = `#${visit.appId} ${words.jsAnswer}`;
  }
  byId('waiting').hidden = uid !== undefined;
  byId('scan-hint').hidden = uid !== undefined;
  byId('known').hidden = uid === undefined;
  if (byId('uid').textContent !== (uid ?? '')) {
    byId('uid').textContent = uid ?? '';
  }
  byId('send').disabled = uid === undefined;
  for (const step of [byId('step2'), byId('step3')]) {
    step.setAttribute('aria-disabled', String(uid === undefined));
  }
  showMessages(byId('messages'), messages, words);
  showCallbacks(byId('callbacks'), callbacks, words);
}

function scanWithPhone() {
  const phone = byId('phone');
  if (phone && visit) {
    const target = new URL(phone.getAttribute('src'), location.href).origin;
    phone.contentWindow.postMessage({ type: 'qingniao-scan', url: visit.qrcodeText }, target);
    phone.scrollIntoView({ block: 'nearest', behavior: 'smooth' });
  }
}

async function push(event) {
  event.preventDefault();
  const fields = Object.fromEntries(new FormData(event.target));
  byId('send').disabled = true;
  say(words.jsSending, '');
  try {
    await pushMessage(visit.visit, fields);
    say(words.jsAccepted, '');
    await look();
  } catch (error) {
    say(error.message || words.jsOffline, 'bad');
  } finally {
    byId('send').disabled = byId('uid').textContent === '';
  }
}

function say(text, className) {
  byId('push-answer').textContent = text;
  byId('push-answer').className = className;
}

function showTrouble(text) {
  byId('trouble').textContent = text;
  byId('trouble').hidden = text === '';
}

function readKept() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT));
  } catch {
    return null;
  }
}

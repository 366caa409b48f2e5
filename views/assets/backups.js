/** The page of backups: follows the one that is being made, and uploads a file with its progress. */

const EVERY_MS = 1000;
const running = document.getElementById('running');

async function follow() {
  try {
    const answer = await fetch(running.dataset.path, {
      credentials: 'same-origin',
      headers: { accept: 'application/json' },
    });
    const state = await answer.json();
    if (!state.name) {
      location.reload();
      return;
    }
    running.querySelector('progress').value = state.doneBytes;
    document.getElementById('running-text').textContent = state.text;
  } catch {
    // The next look may find the server again.
  }
  setTimeout(follow, EVERY_MS);
}

if (running) {
  setTimeout(follow, EVERY_MS);
}

const form = document.getElementById('upload');
const state = document.getElementById('upload-state');

/** Shows words, and how far it is; without a number the bar only moves. */
function say(words, percent) {
  state.hidden = false;
  state.querySelector('p').textContent = words;
  const bar = state.querySelector('progress');
  bar.hidden = percent === null;
  if (percent === undefined) {
    bar.removeAttribute('value');
  } else if (percent !== null) {
    bar.value = percent;
  }
}

function upload(file) {
  const request = new XMLHttpRequest();
  request.open('POST', form.action);
  request.setRequestHeader('X-CSRF-Token', document.body.dataset.csrf);
  request.setRequestHeader('Accept', 'application/json');
  request.setRequestHeader('Content-Type', 'application/octet-stream');
  request.upload.addEventListener('progress', ({ loaded, total }) =>
    say(form.dataset.uploading, (loaded / total) * 100),
  );
  request.upload.addEventListener('load', () => say(form.dataset.checking));
  request.addEventListener('error', () => say(form.dataset.failed, null));
  request.addEventListener('load', () => {
    if (request.status === 200) {
      location.reload();
      return;
    }
    say(readProblem(request.responseText) || form.dataset.failed, null);
  });
  request.send(file);
}

function readProblem(text) {
  try {
    return JSON.parse(text).error.text;
  } catch {
    return '';
  }
}

form?.addEventListener('submit', (event) => {
  event.preventDefault();
  const [file] = form.elements.file.files;
  if (file && confirm(form.dataset.sure)) {
    upload(file);
  }
});

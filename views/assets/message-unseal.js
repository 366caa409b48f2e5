/** Asks for the password of an encrypted message and shows what it says; nothing of it leaves the browser. */
import { unseal } from './message-cipher.js';
import { showMarkdown } from './message-markdown.js';

const form = document.getElementById('unseal');
const password = document.getElementById('password');
const problem = form.querySelector('[role=alert]');
const shown = document.getElementById('unsealed');

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  problem.hidden = true;
  try {
    const { ciphertext, ivSeed } = form.dataset;
    showMarkdown(shown, await unseal({ ciphertext, password: password.value, ivSeed }));
    shown.hidden = false;
    form.hidden = true;
  } catch {
    problem.hidden = false;
    password.select();
  }
});

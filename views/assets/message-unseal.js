/** Asks for the password of an encrypted message and shows what it says; nothing of it leaves the browser. */
import { unseal } from './message-cipher.js';

const form = document.getElementById('unseal');
const password = document.getElementById('password');
const problem = form.querySelector('[role=alert]');
const shown = document.getElementById('unsealed');

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  problem.hidden = true;
  try {
    const { ciphertext, ivSeed } = form.dataset;
    const text = await unseal({ ciphertext, password: password.value, ivSeed });
    await draw(text);
    shown.hidden = false;
    form.hidden = true;
  } catch {
    problem.hidden = false;
    password.select();
  }
});

/** What draws Markdown is large, and loaded only by whoever has the password; without it the text itself is shown. */
async function draw(text) {
  try {
    const { showMarkdown } = await import('./message-markdown.js');
    showMarkdown(shown, text);
  } catch {
    shown.textContent = text;
  }
}

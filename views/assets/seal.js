/** Encrypts a text for Server酱's encoded messages; password and text stay in this page. */
import { seal } from './seal-cipher.js';

const form = document.getElementById('seal');
const fields = ['title', 'content', 'password'].map((name) => document.getElementById(`seal-${name}`));
const problem = form?.querySelector('[role=alert]');
const shown = document.getElementById('sealed');

form?.addEventListener('submit', async (event) => {
  event.preventDefault();
  problem.hidden = true;
  const [title, content, password] = fields.map((field) => field.value);
  try {
    const { ivSeed, address } = form.dataset;
    const cipher = await seal({ content, password, ivSeed });
    document.getElementById('sealed-text').textContent = cipher;
    document.getElementById('sealed-command').textContent = [
      `curl ${quote(address)}`,
      `--data-urlencode ${quote(`title=${title || '-'}`)}`,
      `--data-urlencode ${quote(`desp=${cipher}`)}`,
      '-d encoded=1',
    ].join(' \\\n  ');
    shown.hidden = false;
    shown.scrollIntoView({ block: 'nearest' });
  } catch {
    problem.hidden = false;
  }
});

// What is shown must be of what stands in the form.
form?.addEventListener('input', () => {
  shown.hidden = true;
});

/** For a shell: nothing in it is special. */
function quote(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

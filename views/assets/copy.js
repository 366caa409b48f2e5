/** Copies what a button of class "copy" holds, and says so on the button for a moment. */

const root = document.querySelector('[data-copied]');

document.addEventListener('click', async (event) => {
  const button = event.target instanceof Element ? event.target.closest('button.copy') : null;
  if (!button || button.classList.contains('done')) {
    return;
  }
  const copied = await copyText(textOf(button));
  const label = button.textContent;
  button.textContent = copied ? root?.dataset.copied : root?.dataset.copyFailed;
  button.classList.add('done');
  setTimeout(() => {
    button.textContent = label;
    button.classList.remove('done');
  }, 1500);
});

function textOf(button) {
  const from = button.dataset.copyFrom ? document.getElementById(button.dataset.copyFrom) : null;
  return from?.textContent || button.dataset.clipboardText || button.textContent;
}

async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Plain http outside localhost has no clipboard API, and old WebViews forbid it.
    return copyBySelection(text);
  }
}

function copyBySelection(text) {
  const area = document.createElement('textarea');
  area.value = text;
  area.readOnly = true;
  area.className = 'copy-source';
  document.body.append(area);
  area.select();
  area.setSelectionRange(0, text.length);
  const copied = document.execCommand('copy');
  area.remove();
  return copied;
}

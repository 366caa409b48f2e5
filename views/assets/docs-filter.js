/** Filters the calls of the reference by what is typed, and opens the call that an address or a link names. */
const form = document.querySelector('form.filter');
const field = form?.querySelector('input');
const status = form?.querySelector('[role="status"]');
const calls = [...document.querySelectorAll('details[data-call]')].map((call) => ({
  call,
  link: document.querySelector(`.toc [data-call="${call.dataset.call}"]`),
  text: `${call.dataset.call} ${call.querySelector('summary')?.textContent} ${call.closest('section')?.id}`.toLowerCase(),
}));

function filter() {
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  let found = 0;
  for (const { call, link, text } of calls) {
    const isShown = words.every((word) => text.includes(word));
    call.hidden = !isShown;
    link.hidden = !isShown;
    found += isShown ? 1 : 0;
  }
  for (const group of document.querySelectorAll('section.group')) {
    group.hidden = !group.querySelector('details:not([hidden])');
    const entry = document.querySelector(`.toc a[href="#${group.id}"]`);
    entry.parentElement.hidden = group.hidden;
  }
  status.textContent =
    words.length === 0
      ? ''
      : found === 0
        ? status.dataset.none
        : status.dataset.found.replace('#', String(found));
}

/** Not every browser opens what it scrolls to. */
function openNamed() {
  const name = decodeURIComponent(location.hash.slice(1));
  const target = name === '' ? null : document.getElementById(name);
  const call = target?.closest('details');
  if (call) {
    call.open = true;
    call.scrollIntoView();
  }
}

if (form) {
  form.hidden = false;
  form.addEventListener('submit', (event) => event.preventDefault());
  field.addEventListener('input', filter);
  window.addEventListener('hashchange', openNamed);
  // What a browser kept of the page's last visit counts too.
  filter();
  openNamed();
}

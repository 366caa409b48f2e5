/** Filters the index of the reference while somebody types, and leads on from the anchors of the time when it was one page. */
const form = document.querySelector('form.filter');
const field = form.querySelector('input');
const status = form.querySelector('[role="status"]');
const rows = [...document.querySelectorAll('section.group li')].map((row) => {
  const section = row.closest('section');
  const words = `${row.id} ${row.textContent} ${section.id} ${section.querySelector('h2').textContent}`;
  return { row, text: words.toLowerCase() };
});

function filter() {
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  let found = 0;
  for (const { row, text } of rows) {
    row.hidden = !words.every((word) => text.includes(word));
    found += row.hidden ? 0 : 1;
  }
  for (const group of document.querySelectorAll('section.group')) {
    group.hidden = !group.querySelector('li:not([hidden])');
  }
  status.textContent =
    words.length === 0
      ? ''
      : found === 0
        ? status.dataset.none
        : status.dataset.found.replace('#', String(found));
}

/** An anchor of the index names a row; what it is about stands behind the row's link. */
function leadOn() {
  const row = rows.find(({ row: { id } }) => id !== '' && id === decodeURIComponent(location.hash.slice(1)));
  if (row) {
    location.replace(row.row.querySelector('a').href);
  }
}

if (rows.length > 0) {
  leadOn();
  window.addEventListener('hashchange', leadOn);
  // What a search of the server found has its words in fields too, that the rows do not show.
  const isSearched = new URLSearchParams(location.search).has('q');
  field.addEventListener('input', filter);
  if (!isSearched) {
    // What a browser kept of the page's last visit counts too.
    filter();
  }
}

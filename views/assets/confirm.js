/** Asks once more before a form is sent that says so: `<form data-confirm="…">`. Without scripts it is sent at once. */
document.addEventListener('submit', (event) => {
  const words = event.target instanceof HTMLFormElement ? event.target.dataset.confirm : undefined;
  if (words && !confirm(words)) {
    event.preventDefault();
  }
});

// A menu that is open covers the page: a tap beside it or Escape closes it.
const menu = document.querySelector('details.menu');
document.addEventListener('click', (event) => {
  if (menu?.open && event.target instanceof Node && !menu.contains(event.target)) {
    menu.open = false;
  }
});
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && menu?.open) {
    menu.open = false;
    menu.querySelector('summary').focus();
  }
});

/** A page that shows a secret once is the answer to a form: a reload leads on instead of sending the form again. */
const next = document.querySelector('[data-next]')?.dataset.next;
if (next) {
  history.replaceState(null, '', next);
}

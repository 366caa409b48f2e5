/** One's own phone number and mail address: proved by a code, changed and removed. */

import { z } from 'zod';
import { CONTACT_KINDS, type ContactKind } from '#src/core/contacts.js';
import { notFound } from '#src/core/errors.js';
import type { Visit } from '#src/web/session/desk.js';
import { type FormErrors, textField } from '#src/web/session/form.js';
import { CONTACTS_WORDS } from './contacts-words.js';
import type { MeDeps, MeDesk } from './index.js';

const PATH = '/me/contacts';
const ADDRESS_MAX = 254;
const CODE_MAX = 20;

type Words = keyof typeof CONTACTS_WORDS;

/** What is wrong with the forms of one kind. */
interface Wrong {
  kind: ContactKind;
  errors: FormErrors;
}

/** Mounts /me/contacts and its forms. */
export function mountContacts(desk: MeDesk, { core }: MeDeps): void {
  const { get, post } = desk.pages(CONTACTS_WORDS);
  const showForms = async (visit: Visit<Words>, wrong: Wrong | null = null, waiting?: ContactKind) => {
    const known = await core.contacts.find(visit.visitor.personId);
    const contacts = CONTACT_KINDS.map((kind) => ({
      kind,
      value: known[kind],
      isWaiting: kind === (waiting ?? visit.query('confirm')),
      errors: wrong?.kind === kind ? wrong.errors : {},
      address: wrong?.kind === kind ? (visit.form.values[kind] ?? '') : '',
    }));
    visit.show({ template: 'contacts', title: visit.t('heading'), values: { contacts } });
  };
  get(PATH, (visit) => showForms(visit));
  post(`${PATH}/:kind`, (visit) => {
    const kind = getKind(visit.param('kind'));
    return visit.submit(
      z.object({ [kind]: textField(ADDRESS_MAX, 1) }),
      async (value) => {
        await core.contacts.begin(visit.visitor.personId, kind, String(value[kind]));
        visit.flash('info', visit.t('sent'));
        visit.redirect(`${PATH}?confirm=${kind}`);
      },
      (errors) => showForms(visit, { kind, errors: toField(errors, kind) }),
    );
  });
  post(`${PATH}/:kind/confirm`, (visit) => {
    const kind = getKind(visit.param('kind'));
    return visit.submit(
      z.object({ code: textField(CODE_MAX, 1) }),
      async ({ code }) => {
        await core.contacts.confirm(visit.visitor.personId, kind, code);
        await visit.audit('contact.confirm', kind);
        visit.flash('good', visit.t('wasBound', { what: visit.t(kind) }));
        visit.redirect(PATH);
      },
      (errors) => showForms(visit, { kind, errors }, kind),
    );
  });
  post(`${PATH}/:kind/remove`, async (visit) => {
    const kind = getKind(visit.param('kind'));
    await core.contacts.remove(visit.visitor.personId, kind);
    await visit.audit('contact.remove', kind);
    visit.flash('good', visit.t('wasRemoved', { what: visit.t(kind) }));
    visit.redirect(PATH);
  });
}

function getKind(text: string): ContactKind {
  const kind = CONTACT_KINDS.find((known) => known === text);
  if (!kind) {
    throw notFound('联系方式 Contact');
  }
  return kind;
}

/** The form has one field: whatever is wrong is said beside it. */
function toField(errors: FormErrors, kind: ContactKind): FormErrors {
  return { [kind]: errors[kind] ?? errors[''] ?? '' };
}

/** One's own data: a copy as a file, and their end, which is asked for twice. */
import { AppError } from '#src/core/errors.js';
import { inLanguage } from '#src/lib/in-language.js';
import { sendFile } from '#src/web/pages/json-file.js';
import type { Visit } from '#src/web/session/desk.js';
import { DATA_WORDS } from './data-words.js';
import type { MeDeps, MeDesk } from './index.js';

const PATH = '/me/data';

/** Mounts /me/data: the copy, the question and the end. */
export function mountMyData(desk: MeDesk, { core }: MeDeps): void {
  const { get, post } = desk.pages(DATA_WORDS);
  get(PATH, async ({ t, show, visitor, language }) => {
    const refusal = await core.erasure.check(visitor.personId).then(() => null, toRefusal);
    const why = refusal && t('notYet', { why: inLanguage(String(refusal.params.detail), language) });
    show({ template: 'data', title: t('heading'), values: { why } });
  });
  post(`${PATH}/export`, async ({ ctx, visitor, audit }) => {
    const file = await core.personalData.open(visitor.personId);
    await audit('person.export');
    sendFile(ctx, file);
  });
  get(`${PATH}/erase`, async (visit) => {
    await core.erasure.check(visit.visitor.personId);
    ask(visit);
  });
  post(`${PATH}/erase`, async (visit) => {
    const { personId } = visit.visitor;
    if (visit.form.values.sure !== 'yes') {
      visit.ctx.status = 422;
      ask(visit, { '': visit.t('notSure') });
      return;
    }
    await core.erasure.erase(personId, { cause: 'self', by: { role: 'follower', personId } });
    visit.show({ template: 'erased', title: visit.t('erased') });
  });
}

/** What stands against it is said where the button would be. */
function toRefusal(error: unknown): AppError {
  if (error instanceof AppError && error.code === 'conflict') {
    return error;
  }
  throw error;
}

function ask(visit: Visit<keyof typeof DATA_WORDS>, errors: Record<string, string> = {}): void {
  visit.show({ template: 'erase', title: visit.t('eraseHeading'), values: { errors, values: {} } });
}

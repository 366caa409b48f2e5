/** One's own quiet hours. */
import { z } from 'zod';
import type { Visit } from '#src/web/session/desk.js';
import type { FormErrors } from '#src/web/session/form.js';
import type { MeDeps, MeDesk } from './index.js';
import { QUIET_WORDS } from './quiet-words.js';

const PATH = '/me/quiet';
const TIME = /^([01]?\d|2[0-3]):[0-5]\d$/;
const SUGGESTED = { from: '23:00', to: '07:30' };

/** Mounts /me/quiet and its forms. */
export function mountQuiet(desk: MeDesk, { core }: MeDeps): void {
  const { get, post } = desk.pages(QUIET_WORDS);
  const showForm = async (visit: Visit<keyof typeof QUIET_WORDS>, errors: FormErrors = {}) => {
    const hours = await core.quietHours.getHours(visit.visitor.personId);
    const values = visit.ctx.method === 'POST' ? visit.form.values : (hours ?? SUGGESTED);
    visit.show({
      template: 'quiet',
      title: visit.t('heading'),
      values: { values, errors, isSet: hours !== null },
    });
  };
  get(PATH, (visit) => showForm(visit));
  post(PATH, (visit) => {
    const { t, visitor } = visit;
    const time = z.string().trim().regex(TIME, t('badTime'));
    const schema = z
      .object({ from: time, to: time })
      .refine(({ from, to }) => from.padStart(5, '0') !== to.padStart(5, '0'), {
        path: ['to'],
        message: t('same'),
      });
    return visit.submit(
      schema,
      async (hours) => {
        await core.quietHours.setHours(visitor.personId, hours);
        visit.flash('good', t('saved', hours));
        visit.redirect(PATH);
      },
      (errors) => showForm(visit, errors),
    );
  });
  post(`${PATH}/off`, async ({ visitor, t, flash, redirect }) => {
    await core.quietHours.setHours(visitor.personId, null);
    flash('good', t('cleared'));
    redirect(PATH);
  });
}

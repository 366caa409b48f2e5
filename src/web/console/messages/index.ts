/** Messages in the console: the list with its filters, and the trace of one with what can be done about it. */
import { getOwnMessage, listOwnAppIds } from '#src/web/api/access.js';
import type { ConsoleModule, ConsoleVisit } from '../module.js';
import { showList } from './list.js';
import { readTrace } from './trace.js';
import { MESSAGES_WORDS } from './words.js';

const PATH = '/console/messages';

/** A request to one of these pages. */
export type MessagesVisit = ConsoleVisit<keyof typeof MESSAGES_WORDS>;

/** The pages at /console/messages. */
export const messagesModule: ConsoleModule = {
  menu: [{ path: PATH, label: MESSAGES_WORDS.messages, group: 'work' }],
  mount(desk, { core }) {
    const { get, post } = desk.pages(MESSAGES_WORDS);
    get(PATH, async (visit) => {
      const appIds = await listOwnAppIds(core, visit.manager);
      await showList(core, visit, appIds && { appIds, personId: visit.manager.personId });
    });
    get(`${PATH}/:id`, (visit) => showTrace(visit, 'message'));
    // What the page's script puts in place of what it shows, while the message is under way.
    get(`${PATH}/:id/live`, (visit) => showTrace(visit, 'message-live'));
    post(`${PATH}/:id/cancel`, async (visit) => {
      const { id } = await getOwnMessage(core, visit.manager, visit.idParam('id'));
      const count = await core.messages.cancel(id, nameOf(visit));
      const { state, total } = await core.messages.getMessage(id);
      await visit.audit('message.cancel', `message ${id}`, String(count));
      const isWhole = state === 'cancelled' && total === 0;
      const words = isWhole ? 'cancelWhole' : count > 0 ? 'cancelDone' : 'cancelNone';
      visit.flash(count > 0 || isWhole ? 'good' : 'info', visit.t(words, { count }));
      visit.redirect(`${PATH}/${id}`);
    });
    post(`${PATH}/:id/resend`, async (visit) => {
      const { id } = await getOwnMessage(core, visit.manager, visit.idParam('id'));
      const which = visit.form.values.state === 'unknown' ? 'unknown' : 'failed';
      const count = await core.messages.resend(id, nameOf(visit), which);
      await visit.audit('message.resend', `message ${id}`, String(count));
      visit.flash(count > 0 ? 'good' : 'info', visit.t(count > 0 ? 'resendDone' : 'resendNone', { count }));
      visit.redirect(`${PATH}/${id}`);
    });

    async function showTrace(visit: MessagesVisit, template: string): Promise<void> {
      const { id } = await getOwnMessage(core, visit.manager, visit.idParam('id'));
      const values = await readTrace(core, visit, id);
      visit.show({ template, title: values.head || visit.t('message'), policy: { connect: true }, values });
    }
  },
};

/** Who acts, as the log of a delivery says it. */
function nameOf({ visitor }: MessagesVisit): string {
  return visitor.nickname || `${visitor.uid.slice(0, 10)}…`;
}

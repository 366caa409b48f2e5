/** One's own sessions: listed, ended one by one or all others at once. */
import { nameBrowser } from '#src/lib/user-agent.js';
import type { ConsoleModule } from './module.js';
import { SESSIONS_WORDS } from './sessions-words.js';

const PATH = '/console/sessions';

/** The page at /console/sessions. */
export const sessionsModule: ConsoleModule = {
  menu: [{ path: PATH, label: SESSIONS_WORDS.sessions, group: 'self' }],
  mount(desk, { core }) {
    const { get, post } = desk.pages(SESSIONS_WORDS);
    get(PATH, async ({ visitor, t, show }) => {
      const rows = await core.sessions.listSessions(visitor.personId);
      const sessions = rows.map((row) => ({
        ...row,
        browser: nameBrowser(row.userAgent) || t('unknownBrowser'),
        isCurrent: row.id === visitor.sessionId,
      }));
      show({ template: 'sessions', title: t('heading'), values: { sessions } });
    });
    post(`${PATH}/end-others`, async ({ visitor, t, audit, flash, redirect }) => {
      const count = await core.sessions.revokeSessions(visitor.personId, visitor.sessionId);
      await audit('session.end', 'others', String(count));
      flash('good', t('othersEnded', { count }));
      redirect(PATH);
    });
    post(`${PATH}/:id/end`, async ({ visitor, idParam, t, audit, flash, redirect }) => {
      const id = idParam('id');
      await core.sessions.revokeSession(visitor.personId, id);
      await audit('session.end', `session ${id}`);
      flash('good', t('ended'));
      redirect(PATH);
    });
  },
};

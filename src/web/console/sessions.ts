/** One's own sessions: listed, ended one by one or all others at once. */
import { tellEnded } from '#src/core/sign-outs.js';
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
    post(`${PATH}/end-others`, async ({ visitor, language, t, audit, flash, redirect }) => {
      const ended = tellEnded(await core.signOuts.endEverywhere(visitor.personId, visitor.sessionId));
      await audit('session.end-all', 'others', ended.en);
      flash('good', ended.zh === '' ? t('noOthers') : t('othersEnded', { what: ended[language] }));
      redirect(PATH);
    });
    post(`${PATH}/:id/end`, async ({ visitor, language, idParam, t, audit, flash, redirect }) => {
      const id = idParam('id');
      const ended = tellEnded(await core.signOuts.endOne(visitor.personId, id));
      await audit('session.end', `session ${id}`, ended.en);
      flash('good', t('othersEnded', { what: ended[language] }));
      redirect(PATH);
    });
  },
};

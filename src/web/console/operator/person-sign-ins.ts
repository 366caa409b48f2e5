/** What an operator ends for somebody: their sign-ins, with what was made there, and their keys and tokens. */
import type { Core } from '#src/core/index.js';
import { type EndedCounts, tellEnded } from '#src/core/sign-outs.js';
import type { operatorPages } from './desk.js';
import type { PeopleKey, PeopleVisit } from './people.js';

/** What the forms need of the person's page. */
interface SignInForms {
  core: Core;
  path: string;
  post: ReturnType<typeof operatorPages<PeopleKey>>['post'];
  openPerson(visit: PeopleVisit): Promise<{ personId: number; path: string }>;
}

/** Mounts the forms about a person's sessions and keys. */
export function mountPersonSignIns({ core, path, post, openPerson }: SignInForms): void {
  const leave = (visit: PeopleVisit, to: string, ended: EndedCounts): void => {
    const what = tellEnded(ended)[visit.language];
    visit.flash('good', what === '' ? visit.t('nothingEnded') : visit.t('endedNow', { what }));
    visit.redirect(`${to}#sessions`);
  };
  post(`${path}/sessions/end`, async (visit) => {
    const person = await openPerson(visit);
    const ended = await core.signOuts.endEverywhere(person.personId);
    await visit.audit('session.end-all', visit.param('uid'), tellEnded(ended).en);
    leave(visit, person.path, ended);
  });
  post(`${path}/sessions/:id/end`, async (visit) => {
    const person = await openPerson(visit);
    const id = visit.idParam('id');
    const ended = await core.signOuts.endOne(person.personId, id);
    await visit.audit('session.end', `${visit.param('uid')} session ${id}`, tellEnded(ended).en);
    leave(visit, person.path, ended);
  });
  post(`${path}/keys/:id/revoke`, async (visit) => {
    const person = await openPerson(visit);
    const id = visit.idParam('id');
    await core.keys.revokeKey(person.personId, id);
    await visit.audit('key.revoke', `${visit.param('uid')} key ${id}`);
    visit.flash('good', visit.t('keyRevoked'));
    visit.redirect(`${person.path}#keys`);
  });
}

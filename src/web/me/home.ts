/** The first of the followers' pages: who I am, and the ways to my things. */
import { HOME_WORDS } from './home-words.js';
import type { MeDeps, MeDesk } from './index.js';

/** Mounts GET /me. */
export function mountHome(desk: MeDesk, { core }: MeDeps): void {
  const { get } = desk.pages(HOME_WORDS);
  get('/me', async ({ visitor, t, show }) => {
    const [person, quiet, subscriptions] = await Promise.all([
      core.people.getPerson(visitor.personId),
      core.quietHours.getHours(visitor.personId),
      core.subscriptions.listOfPerson(visitor.personId),
    ]);
    show({
      template: 'home',
      title: t('me'),
      values: { paused: person.paused, quiet, subscriptionCount: subscriptions.length },
    });
  });
}

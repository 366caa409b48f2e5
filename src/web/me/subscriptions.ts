/** One's own subscriptions: each app and topic with a switch, a way out, and a pause for everything. */
import type { Core } from '#src/core/index.js';
import type { MeDeps, MeDesk } from './index.js';
import { SUBSCRIPTIONS_WORDS } from './subscriptions-words.js';

const PATH = '/me/subscriptions';

/** Mounts /me/subscriptions and its forms. */
export function mountSubscriptions(desk: MeDesk, { core }: MeDeps): void {
  const { get, post } = desk.pages(SUBSCRIPTIONS_WORDS);
  get(PATH, async ({ visitor, t, show }) => {
    const apps = await core.mySubscriptions.listApps(visitor.personId);
    const { paused } = await core.people.getPerson(visitor.personId);
    show({ template: 'subscriptions', title: t('heading'), values: { apps, paused } });
  });
  for (const [verb, muted] of [
    ['off', true],
    ['on', false],
  ] as const) {
    post(`${PATH}/:id/${verb}`, async ({ visitor, idParam, t, flash, redirect }) => {
      const id = idParam('id');
      await core.mySubscriptions.setMuted(visitor.personId, id, muted);
      const name = await nameOf(core, visitor.personId, id);
      flash('good', t(muted ? 'wasOff' : 'wasOn', { name }));
      redirect(PATH);
    });
  }
  post(`${PATH}/:id/leave`, async ({ visitor, idParam, t, flash, redirect }) => {
    const id = idParam('id');
    const name = await nameOf(core, visitor.personId, id);
    const { appId, topicId } = await core.mySubscriptions.getPlace(visitor.personId, id);
    await core.subscriptions.unsubscribe(visitor.personId, appId, topicId === 0 ? undefined : topicId);
    flash('good', t('left', { name }));
    redirect(PATH);
  });
  for (const [verb, paused] of [
    ['pause', true],
    ['resume', false],
  ] as const) {
    post(`${PATH}/${verb}`, async ({ visitor, t, flash, redirect }) => {
      await core.people.setPaused(visitor.personId, paused);
      flash('good', t(paused ? 'wasPaused' : 'wasResumed'));
      redirect(PATH);
    });
  }
}

/** What a relation is called: the topic's name, else the app's. */
async function nameOf(core: Core, personId: number, id: number): Promise<string> {
  const apps = await core.mySubscriptions.listApps(personId);
  for (const app of apps) {
    const found = [app.app, ...app.topics].find((one) => one?.id === id);
    if (found) {
      return found.name || app.name;
    }
  }
  return '';
}

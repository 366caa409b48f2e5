/** Topics of an app: their list, the form that makes or changes one, and its end. */
import { z } from 'zod';
import type { Core } from '#src/core/index.js';
import { TOPIC_LIMITS, type Topic, type TopicInput } from '#src/core/topics.js';
import { stripControls } from '#src/lib/text.js';
import type { ConsoleDeps, ConsoleDesk, ConsoleVisit } from '#src/web/console/module.js';
import type { FormErrors } from '#src/web/session/form.js';
import { readPaging, toPager } from '#src/web/session/paging.js';
import { describePlace, typedName } from './app.js';
import { APP_WORDS } from './app-words.js';
import { APPS_PATH, COUNTED, cleanField, openPlace, type Place, showPlace, writeCount } from './place.js';
import { PLACE_WORDS } from './place-words.js';
import { TOPICS_WORDS } from './topics-words.js';

const WORDS = { ...PLACE_WORDS, ...APP_WORDS, ...TOPICS_WORDS };
const LIST = `${APPS_PATH}/:id/topics`;
const ONE = `${LIST}/:topicId`;

type Visit = ConsoleVisit<keyof typeof WORDS>;

const topicForm = z.object({
  name: cleanField(TOPIC_LIMITS.name, 1),
  alias: cleanField(TOPIC_LIMITS.alias),
  description: cleanField(TOPIC_LIMITS.description),
  contact: cleanField(TOPIC_LIMITS.contact),
  receipt: cleanField(TOPIC_LIMITS.receipt),
});

/** Mounts the tab of topics, and each topic's own page. */
export function mountTopics(desk: ConsoleDesk, { core }: ConsoleDeps): void {
  const { get, post } = desk.pages(WORDS);
  get(LIST, async (visit) => showTopics(core, visit, await openPlace(core, visit)));
  get(`${LIST}/new`, async (visit) => showForm(visit, await openPlace(core, visit), {}));
  post(LIST, async (visit) => {
    const place = await openPlace(core, visit);
    await visit.submit(
      topicForm,
      async (input) => {
        const topic = await makeTopic(core, place, input);
        await visit.audit('topic.create', `topic ${topic.id}`, topic.name);
        visit.flash('good', visit.t('topicMade'));
        visit.redirect(`${place.path}/topics/${topic.id}`);
      },
      (errors) => showForm(visit, place, errors),
    );
  });
  mountTopic(desk, core);
}

function mountTopic(desk: ConsoleDesk, core: Core): void {
  const { get, post } = desk.pages(WORDS);
  get(ONE, async (visit) => showTopic(core, visit, await openPlace(core, visit), {}));
  post(ONE, async (visit) => {
    const place = await openPlace(core, visit);
    await visit.submit(
      topicForm,
      async (input) => {
        await core.topics.updateTopic(place.appId, place.topicId, input);
        await visit.audit('topic.update', place.mark);
        visit.flash('good', visit.t('saved'));
        visit.redirect(place.path);
      },
      (errors) => showTopic(core, visit, place, errors),
    );
  });
  post(`${ONE}/delete`, async (visit) => {
    const place = await openPlace(core, visit);
    await visit.submit(
      typedName(place.name, visit.t('deleteWrong')),
      async () => {
        await core.topics.deleteTopic(place.appId, place.topicId);
        core.qrcodes.forgetApp(place.appId);
        await visit.audit('topic.delete', place.mark, place.name);
        visit.flash('good', visit.t('deleted', { name: place.name }));
        visit.redirect(`${APPS_PATH}/${place.appId}/topics`);
      },
      (errors) => showTopic(core, visit, place, errors),
    );
  });
}

/** Makes a topic with its code, or nothing at all. */
async function makeTopic(core: Core, { appId }: Place, input: TopicInput): Promise<Topic> {
  const topic = await core.topics.createTopic(appId, input);
  try {
    await core.qrcodes.getDefault(appId, topic.id);
    return topic;
  } catch (error) {
    await core.topics.discardTopic(topic.id);
    throw error;
  }
}

async function showTopics(core: Core, visit: Visit, place: Place): Promise<void> {
  const paging = readPaging(visit.query('page'));
  const search = stripControls(visit.query('q')).trim().slice(0, 100);
  const { total, items } = await core.topics.listTopics(place.appId, { ...paging, search });
  const counts = await core.subscriberLists.countEach(
    items.map(({ id }) => ({ appId: place.appId, topicId: id })),
    COUNTED,
  );
  const topics = items.map((topic, at) => ({ ...topic, subscribers: writeCount(visit, counts[at] ?? 0) }));
  showPlace(visit, place, 'Topics', {
    template: 'app-topics',
    values: { topics, search, pager: toPager(paging, total) },
  });
}

function showForm(visit: Visit, place: Place, errors: FormErrors): void {
  const values = visit.form.values;
  showPlace(visit, place, 'Topics', {
    template: 'app-topic-new',
    values: { errors, values, limits: TOPIC_LIMITS },
  });
}

async function showTopic(core: Core, visit: Visit, place: Place, errors: FormErrors): Promise<void> {
  const isDelete = visit.ctx.path.endsWith('/delete');
  const isAgain = visit.ctx.method === 'POST' && !isDelete;
  showPlace(visit, place, 'Overview', {
    template: 'app-topic',
    values: {
      ...(await describePlace(core, visit, place)),
      limits: TOPIC_LIMITS,
      values: isAgain ? visit.form.values : place.topic,
      errors: isDelete ? {} : errors,
      typed: isDelete ? { value: visit.form.values.typed, error: errors.typed } : null,
    },
  });
}

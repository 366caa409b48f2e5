/** Publishes what the form says: finds its receivers, and tells beside which field what is wrong. */
import type { App } from '#src/core/apps.js';
import { AppError } from '#src/core/errors.js';
import type { Core } from '#src/core/index.js';
import { MESSAGE_LIMITS } from '#src/core/publish.js';
import type { Audience, Target } from '#src/core/types.js';
import { countCodePoints, isHttpUrl } from '#src/lib/text.js';
import type { FormErrors } from '#src/web/session/form.js';
import type { ConsoleDeps } from '../module.js';
import type { SendVisit } from './index.js';
import { drawContent, MAX_UIDS, readSendAt, readTopicIds, readUids, type SendFields } from './schema.js';

/** The message's number, or what is wrong with which field. */
export type PublishedForm = { ok: true; messageId: number } | { ok: false; errors: FormErrors };

const FARTHEST_MS = 30 * 86_400_000;
const UIDS_NAMED = 5;

/** Publishes as the app, or as the visitor where it is null. Throws AppError as the domain does. */
export async function publishForm(
  { core, templates }: Pick<ConsoleDeps, 'core' | 'templates'>,
  visit: SendVisit,
  { fields, app }: { fields: SendFields; app: App | null },
): Promise<PublishedForm> {
  const errors = checkFields(visit, fields, core.clock.now());
  const found = await findAudience(core, visit, { fields, app });
  if ('field' in found || Object.keys(errors).length > 0) {
    return { ok: false, errors: { ...errors, ...('field' in found ? { [found.field]: found.text } : {}) } };
  }
  checkLength(fields.content);
  if (app) {
    await core.quotas.countCall(app);
  }
  const { title, format: form, content, url, urgent, channels } = fields;
  const sendAt = readSendAt(fields.sendAt);
  const drawn = drawContent(templates, { form, content }, core.clock.now());
  const summary = fields.summary || (drawn.summary ?? '');
  const { messageId } = await core
    .publish({
      ...(app ? { appId: app.id } : { appId: null, senderId: visit.manager.personId }),
      ...(title === '' ? {} : { title }),
      ...(summary === '' ? {} : { summary }),
      body: drawn.body,
      format: drawn.format,
      ...(url === '' ? {} : { url }),
      ...found,
      ...(channels.length > 0 ? { channels } : {}),
      ...(sendAt ? { sendAt } : {}),
      priority: urgent ? 1 : 0,
      source: 'console',
    })
    .catch((error: unknown) => {
      throw nameField(error);
    });
  return { ok: true, messageId };
}

/** What is typed is held to the same limit as what it is drawn to, so that the preview never differs. */
function checkLength(content: string): void {
  if (countCodePoints(content) > MESSAGE_LIMITS.body) {
    throw new AppError('content_too_long', { limit: MESSAGE_LIMITS.body, field: 'content' });
  }
}

/** The domain knows no field of ours. */
function nameField(error: unknown): unknown {
  const isContent = error instanceof AppError && /^content_/.test(error.code);
  return isContent ? new AppError(error.code, { ...error.params, field: 'content' }) : error;
}

function checkFields({ t }: SendVisit, { content, url, sendAt }: SendFields, now: number): FormErrors {
  const at = readSendAt(sendAt);
  const time =
    at === undefined
      ? t('badTime')
      : at && at.getTime() < now - 60_000
        ? t('pastTime')
        : at && at.getTime() > now + FARTHEST_MS
          ? t('farTime')
          : '';
  return {
    ...(content.trim() === '' ? { content: t('contentNeeded') } : {}),
    ...(url !== '' && !isHttpUrl(url) ? { url: t('badUrl') } : {}),
    ...(time === '' ? {} : { sendAt: time }),
  };
}

type Found = { audience: Audience; targets: Target[] } | { field: 'uids' | 'topics' | 'to'; text: string };

async function findAudience(
  core: Core,
  visit: SendVisit,
  { fields, app }: { fields: SendFields; app: App | null },
): Promise<Found> {
  const { visitor, t } = visit;
  if (fields.to === 'me') {
    return { audience: { people: [visitor.personId], topics: [] }, targets: [{ uid: visitor.uid }] };
  }
  if (!app) {
    return { field: 'to', text: t('needsApp') };
  }
  return fields.to === 'uids'
    ? findPeople(core, visit, { text: fields.uids, app })
    : findTopics(core, visit, { list: fields.topics, app });
}

async function findPeople(
  core: Core,
  { t }: SendVisit,
  { text, app }: { text: string; app: App },
): Promise<Found> {
  const uids = readUids(text);
  if (uids.length === 0 || uids.length > MAX_UIDS) {
    return { field: 'uids', text: t(uids.length === 0 ? 'noUid' : 'tooManyUids') };
  }
  const found = await core.people.findByUids(uids, app.id);
  const unknown = uids.filter((_, at) => !found[at]?.subscribed);
  if (unknown.length > 0) {
    const named = unknown.slice(0, UIDS_NAMED).map((uid) => (uid.length > 40 ? `${uid.slice(0, 40)}…` : uid));
    const rest = unknown.length > UIDS_NAMED ? ` … (${unknown.length})` : '';
    return { field: 'uids', text: t('unknownUids', { uids: named.join(' ') + rest }) };
  }
  const people = found.flatMap((person) => person?.personId ?? []);
  return { audience: { people, topics: [] }, targets: uids.map((uid) => ({ uid })) };
}

async function findTopics(
  core: Core,
  { t }: SendVisit,
  { list, app }: { list: readonly string[]; app: App },
): Promise<Found> {
  const topics = (await core.topics.findTopics(readTopicIds(list))).filter(({ appId }) => appId === app.id);
  if (topics.length === 0) {
    return { field: 'topics', text: t('noTopic') };
  }
  const ids = topics.map(({ id }) => id);
  return { audience: { people: [], topics: ids }, targets: ids.map((topicId) => ({ topicId })) };
}

/** The standard push: an app sends to UIDs and topics, and takes the page of a message down. */
import type { z } from 'zod';
import type { App } from '#src/core/apps.js';
import { AppError } from '#src/core/errors.js';
import type { Core } from '#src/core/index.js';
import { toDraft } from './draft.js';
import { type Call, CODES, type Reply } from './envelope.js';
import { Refusal } from './errors.js';
import { getAppByToken } from './find-app.js';
import { type Named, toRows, toTargets } from './rows.js';
import { deleteSchema, parseFields, sendSchema } from './schema.js';

type SendFields = z.infer<typeof sendSchema>;

/** WxPusher's limits of one call. */
const MAX_UIDS = 2000;
const MAX_TOPICS = 5;

/** The calls of the standard push. */
export function createSendCalls(core: Core): Call[] {
  return [
    {
      method: 'POST',
      path: '/api/send/message',
      run: ({ fields }) => send(core, parseFields(sendSchema, fields)),
    },
    {
      method: 'GET',
      path: '/api/send/message',
      run: ({ fields }) => {
        const parsed = parseFields(sendSchema, fields);
        checkQueryUid(parsed);
        return send(core, { ...parsed, contentType: 1 });
      },
    },
    {
      method: 'DELETE',
      path: '/api/send/message',
      run: async ({ fields }) => {
        const { appToken, messageContentId } = parseFields(deleteSchema, fields);
        const app = await getAppByToken(core, appToken);
        await core.messages.deletePage(messageContentId ?? 0, app.id);
        return { data: true };
      },
    },
  ];
}

/** The query takes one UID; several in one value got this very answer from WxPusher. */
function checkQueryUid({ uid = [], uids = [] }: SendFields): void {
  const all = [...uid, ...uids];
  if (all.length > 1 || all.some((one) => !/^[\w-]+$/.test(one.trim()))) {
    throw new Refusal(CODES.refused, 'UID不合法');
  }
}

async function send(core: Core, fields: SendFields): Promise<Reply> {
  const app = await getAppByToken(core, fields.appToken);
  const draft = toDraft(fields);
  const uids = unique([...(fields.uids ?? []), ...(fields.uid ?? [])].map((uid) => uid.trim()));
  const topicIds = unique([...(fields.topicIds ?? []), ...(fields.topicId ?? [])]);
  checkCounts(uids, topicIds);
  await core.quotas.countCall(app);
  const [people, topics] = await Promise.all([nameUids(core, app, uids), nameTopics(core, app, topicIds)]);
  const named = [...people, ...topics];
  const targets = toTargets(named);
  if (targets.length === 0) {
    return { data: toRows(named, null) };
  }
  const published = await core.publish({
    appId: app.id,
    ...draft,
    audience: {
      people: people.flatMap((one) => one.personId ?? []),
      topics: targets.flatMap((target) => target.topicId ?? []),
    },
    targets,
    source: 'wxpusher',
  });
  return { data: toRows(named, published) };
}

/** WxPusher holds the targets as sets: what is named twice counts once. */
function unique<T>(items: readonly T[]): T[] {
  return [...new Set(items)];
}

function checkCounts(uids: readonly string[], topicIds: readonly number[]): void {
  if (uids.length === 0 && topicIds.length === 0) {
    throw new AppError('no_target');
  }
  if (uids.length > MAX_UIDS) {
    throw new AppError('too_many_targets', { field: 'uids', limit: MAX_UIDS });
  }
  if (topicIds.length > MAX_TOPICS) {
    throw new AppError('too_many_targets', { field: 'topicIds', limit: MAX_TOPICS });
  }
}

/** Unknown UIDs and those of other apps get one answer, so that nobody learns which UIDs exist. */
async function nameUids(
  core: Core,
  app: App,
  uids: readonly string[],
): Promise<(Named & { personId?: number })[]> {
  const found = uids.length === 0 ? [] : await core.people.findByUids(uids, app.id);
  return uids.map((uid, at) => {
    const person = found[at];
    if (person?.subscribed) {
      return { target: { uid }, personId: person.personId };
    }
    return {
      target: { uid },
      refusal: person?.blocked ? '用户已被应用拉黑' : 'UID不存在，或用户没有关注该应用',
    };
  });
}

async function nameTopics(core: Core, app: App, topicIds: readonly number[]): Promise<Named[]> {
  const found = topicIds.length === 0 ? [] : await core.topics.findTopics(topicIds);
  const own = new Set(found.filter((topic) => topic.appId === app.id).map((topic) => topic.id));
  return topicIds.map((topicId) =>
    own.has(topicId) ? { target: { topicId } } : { target: { topicId }, refusal: '主题不存在' },
  );
}

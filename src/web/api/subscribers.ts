/** The calls about an app's subscribers: one item a relation. */
import { z } from 'zod';
import type { Core } from '#src/core/index.js';
import { getOwnApp } from './access.js';
import { declareRoute, type Route } from './route.js';
import { bigId, idField, listOf, moment, optionalId, pageQuery, smallId, toSlice } from './schema.js';

const listParams = z.object({ id: smallId });
const itemParams = z.object({ id: smallId, subscriberId: bigId });
const blocking = z.object({ blocked: z.boolean() });

/** One relation of a person to an app (topicId 0) or topic. */
const subscriber = z.object({
  id: idField,
  uid: z.string(),
  topicId: z.int().min(0),
  source: z.string().describe('scan | link | command'),
  extra: z.string(),
  blocked: z.boolean(),
  createdAt: moment,
});

/** Declares the calls about subscribers. */
export function declareSubscriberRoutes(core: Core): Route[] {
  return [listSubscribers(core), blockSubscriber(core), removeSubscriber(core)];
}

function listSubscribers(core: Core): Route {
  return declareRoute({
    name: 'listSubscribers',
    method: 'get',
    path: '/apps/{id}/subscribers',
    tag: 'subscribers',
    summary:
      '订阅者列表，新的在前；不给 topicId 只列应用自己的 List subscribers, newest first; without topicId the app’s own only',
    status: 200,
    params: listParams,
    query: z.object({ ...pageQuery(100), topicId: optionalId }),
    answer: listOf(subscriber),
    async run({ manager, params, query }) {
      const app = await getOwnApp(core, manager, params.id);
      const topicId = query.topicId ?? 0;
      if (topicId !== 0) {
        await core.topics.getTopic(app.id, topicId);
      }
      return core.subscriptions.listSubscriptions({ appId: app.id, topicId, ...toSlice(query) });
    },
  });
}

function blockSubscriber(core: Core): Route {
  return declareRoute({
    name: 'blockSubscriber',
    method: 'patch',
    path: '/apps/{id}/subscribers/{subscriberId}',
    tag: 'subscribers',
    summary:
      '拉黑或恢复；被拉黑者收不到消息，也不能再订阅 Block or unblock: blocked people receive nothing and cannot come back',
    status: 200,
    params: itemParams,
    body: blocking,
    answer: z.object({ id: idField, blocked: z.boolean() }),
    async run({ manager, params, body }) {
      const app = await getOwnApp(core, manager, params.id);
      await core.subscriptions.setBlocked(app.id, params.subscriberId, body.blocked);
      return { id: params.subscriberId, blocked: body.blocked };
    },
  });
}

function removeSubscriber(core: Core): Route {
  return declareRoute({
    name: 'removeSubscriber',
    method: 'delete',
    path: '/apps/{id}/subscribers/{subscriberId}',
    tag: 'subscribers',
    summary: '移除；可以再次订阅 Remove a subscriber, who may come back',
    status: 204,
    params: itemParams,
    async run({ manager, params }) {
      const app = await getOwnApp(core, manager, params.id);
      await core.subscriptions.removeSubscription(app.id, params.subscriberId);
    },
  });
}

/** The calls about the topics of an app. */
import { z } from 'zod';
import type { Core } from '#src/core/index.js';
import type { Topic } from '#src/core/topics.js';
import { getOwnApp } from './access.js';
import { toQrcode, toSubscribeUrl } from './apps.js';
import { declareRoute, type Route } from './route.js';
import { listOf, pageQuery, toSlice } from './schema.js';
import {
  createdTopic,
  topicChange,
  topicCreation,
  topicDetail,
  topicListParams,
  topicParams,
  topicSummary,
} from './topics-schema.js';

const INPUT_ERRORS = ['bad_field', 'field_too_long', 'conflict'] as const;

/** Declares the calls about topics. */
export function declareTopicRoutes(core: Core): Route[] {
  return [createTopic(core), listTopics(core), getTopic(core), updateTopic(core), deleteTopic(core)];
}

function createTopic(core: Core): Route {
  return declareRoute({
    name: 'createTopic',
    method: 'post',
    path: '/apps/{id}/topics',
    tag: 'topics',
    summary: '创建主题 Create a topic',
    status: 201,
    params: topicListParams,
    body: topicCreation,
    answer: createdTopic,
    errors: [...INPUT_ERRORS, 'wechat_failed'],
    async run({ manager, params, body }) {
      const app = await getOwnApp(core, manager, params.id);
      const topic = await core.topics.createTopic(app.id, body);
      try {
        return await toDetail(core, topic);
      } catch (error) {
        await core.topics.discardTopic(topic.id);
        throw error;
      }
    },
  });
}

function listTopics(core: Core): Route {
  return declareRoute({
    name: 'listTopics',
    method: 'get',
    path: '/apps/{id}/topics',
    tag: 'topics',
    summary: '主题列表，旧的在前 List topics, oldest first',
    status: 200,
    params: topicListParams,
    query: z.object(pageQuery(100)),
    answer: listOf(topicSummary),
    async run({ manager, params, query }) {
      const app = await getOwnApp(core, manager, params.id);
      const { total, items } = await core.topics.listTopics(app.id, toSlice(query));
      return { total, items: items.map((topic) => toSummary(core, topic)) };
    },
  });
}

function getTopic(core: Core): Route {
  return declareRoute({
    name: 'getTopic',
    method: 'get',
    path: '/apps/{id}/topics/{topicId}',
    tag: 'topics',
    summary: '查看主题 Get a topic',
    status: 200,
    params: topicParams,
    answer: topicDetail,
    errors: ['wechat_failed'],
    async run({ manager, params }) {
      const app = await getOwnApp(core, manager, params.id);
      return toDetail(core, await core.topics.getTopic(app.id, params.topicId));
    },
  });
}

function updateTopic(core: Core): Route {
  return declareRoute({
    name: 'updateTopic',
    method: 'patch',
    path: '/apps/{id}/topics/{topicId}',
    tag: 'topics',
    summary: '修改主题；只改给出的字段 Change a topic: only the fields that are given',
    status: 200,
    params: topicParams,
    body: topicChange,
    answer: topicDetail,
    errors: [...INPUT_ERRORS, 'wechat_failed'],
    async run({ manager, params, body }) {
      const app = await getOwnApp(core, manager, params.id);
      return toDetail(core, await core.topics.updateTopic(app.id, params.topicId, body));
    },
  });
}

function deleteTopic(core: Core): Route {
  return declareRoute({
    name: 'deleteTopic',
    method: 'delete',
    path: '/apps/{id}/topics/{topicId}',
    tag: 'topics',
    summary: '删除主题及其二维码、订阅 Delete a topic with its QR codes and subscriptions',
    status: 204,
    params: topicParams,
    async run({ manager, params }) {
      const app = await getOwnApp(core, manager, params.id);
      await core.topics.deleteTopic(app.id, params.topicId);
      core.qrcodes.forgetApp(app.id);
    },
  });
}

function toSummary(core: Core, topic: Topic) {
  return { ...topic, subscribeUrl: toSubscribeUrl(core, topic.code) };
}

async function toDetail(core: Core, topic: Topic) {
  const qrcode = await core.qrcodes.getDefault(topic.appId, topic.id);
  return { ...toSummary(core, topic), ...toQrcode(qrcode) };
}

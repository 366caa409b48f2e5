/** The calls about a person's channels: the doors out that they set up for themselves. */
import { z } from 'zod';
import type { Core } from '#src/core/index.js';
import { getOwnPerson } from './access.js';
import {
  channelChange,
  channelCreation,
  channelKind,
  channelListParams,
  channelParams,
  channelView,
  createdChannel,
} from './channels-schema.js';
import { declareRoute, type Route } from './route.js';
import { listOf } from './schema.js';

/** Declares the calls about channels. */
export function declareChannelRoutes(core: Core): Route[] {
  return [
    listKinds(core),
    createChannel(core),
    listChannels(core),
    getChannel(core),
    updateChannel(core),
    deleteChannel(core),
    testChannel(core),
  ];
}

function listKinds(core: Core): Route {
  return declareRoute({
    name: 'listChannelKinds',
    method: 'get',
    path: '/channel-kinds',
    tag: 'channels',
    summary: '通道的种类与表单字段 The kinds of channel, with the fields of their forms',
    status: 200,
    answer: listOf(channelKind),
    async run() {
      const items = core.channels.listKinds().map(({ id, title, configFields }) => ({
        id,
        title,
        fields: configFields.map(({ choices, ...field }) => ({
          ...field,
          ...(choices ? { choices: [...choices] } : {}),
        })),
      }));
      return { total: items.length, items };
    },
  });
}

function createChannel(core: Core): Route {
  return declareRoute({
    name: 'createChannel',
    method: 'post',
    path: '/users/{uid}/channels',
    tag: 'channels',
    summary: '给用户添加通道；default 为首选通道 Set a channel up; the default is tried first',
    status: 201,
    params: channelListParams,
    body: channelCreation,
    answer: createdChannel,
    errors: ['bad_field', 'conflict', 'limit_full'],
    async run({ manager, params, body }) {
      const { personId } = await getOwnPerson(core, manager, params.uid);
      return core.channels.createChannel(personId, { ...body, config: body.config ?? {} });
    },
  });
}

function listChannels(core: Core): Route {
  return declareRoute({
    name: 'listChannels',
    method: 'get',
    path: '/users/{uid}/channels',
    tag: 'channels',
    summary: '通道列表，密钥已隐去 List channels; secrets are masked',
    status: 200,
    params: channelListParams,
    answer: listOf(channelView),
    async run({ manager, params }) {
      const { personId } = await getOwnPerson(core, manager, params.uid);
      const items = await core.channels.listChannels(personId);
      return { total: items.length, items };
    },
  });
}

function getChannel(core: Core): Route {
  return declareRoute({
    name: 'getChannel',
    method: 'get',
    path: '/users/{uid}/channels/{id}',
    tag: 'channels',
    summary: '查看通道，密钥已隐去 Get a channel; secrets are masked',
    status: 200,
    params: channelParams,
    answer: channelView,
    async run({ manager, params }) {
      const { personId } = await getOwnPerson(core, manager, params.uid);
      return core.channels.getChannel(personId, params.id);
    },
  });
}

function updateChannel(core: Core): Route {
  return declareRoute({
    name: 'updateChannel',
    method: 'patch',
    path: '/users/{uid}/channels/{id}',
    tag: 'channels',
    summary:
      '修改通道；只改给出的字段，值为空即清除 Change a channel: only what is given; an empty value clears',
    status: 200,
    params: channelParams,
    body: channelChange,
    answer: channelView,
    errors: ['bad_field', 'conflict'],
    async run({ manager, params, body }) {
      const { personId } = await getOwnPerson(core, manager, params.uid);
      return core.channels.updateChannel(personId, params.id, body);
    },
  });
}

function deleteChannel(core: Core): Route {
  return declareRoute({
    name: 'deleteChannel',
    method: 'delete',
    path: '/users/{uid}/channels/{id}',
    tag: 'channels',
    summary:
      '删除通道；等待它的消息转到下一个通道 Remove a channel; what waits for it goes on to the next one',
    status: 204,
    params: channelParams,
    async run({ manager, params }) {
      const { personId } = await getOwnPerson(core, manager, params.uid);
      await core.channels.deleteChannel(personId, params.id);
    },
  });
}

function testChannel(core: Core): Route {
  return declareRoute({
    name: 'testChannel',
    scope: 'send',
    method: 'post',
    path: '/users/{uid}/channels/{id}/test',
    tag: 'channels',
    summary:
      '立即发一条测试消息；ok 为否时 detail 说明原因 Send a test message at once; detail tells what is wrong',
    status: 200,
    params: channelParams,
    answer: z.object({ ok: z.boolean(), detail: z.string() }),
    errors: ['limit_reached'],
    async run({ manager, params }) {
      const person = await getOwnPerson(core, manager, params.uid);
      return core.channels.testChannel(person, params.id, { isFree: manager.role === 'operator' });
    },
  });
}

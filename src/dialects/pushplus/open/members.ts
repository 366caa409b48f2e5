/** The calls about people: the users of a group, and friends. */
import { z } from 'zod';
import type { Core } from '#src/core/index.js';
import { formatChinaTime } from '#src/lib/china-time.js';
import { type Call, DONE } from './call.js';
import { readPage, toPage, toSlice } from './pages.js';
import { integer, parseFields, text } from './read-fields.js';
import { findSpaceId, getOwnSubscriber, type SubscriberKind, toPersonFields } from './spaces.js';
import { getOwn } from './topics.js';

const topicChoice = z.object({ topicId: integer });
const relationChoice = z.object({ topicRelationId: integer });
const friendChoice = z.object({ friendId: integer });
const remarking = z.object({ id: integer, remark: text.optional() });

/** The calls about the users of a group. */
export function createTopicUserCalls(core: Core): Call[] {
  return [
    {
      method: 'POST',
      path: '/topicUser/subscriberList',
      run: async (caller, fields) => {
        const { appId, id: topicId } = await getOwn(core, caller, parseFields(topicChoice, fields).topicId);
        const page = readPage(fields);
        const { total, items } = await core.subscribers.listSubscribers({ appId, topicId }, toSlice(page));
        const rows = items.map((one) => ({
          id: one.id,
          openId: one.pseudonym,
          userSex: 0,
          ...toPersonFields(one),
          followTime: formatChinaTime(one.createdAt),
        }));
        return { data: toPage(page, total, rows) };
      },
    },
    {
      method: 'POST',
      path: '/topicUser/deleteTopicUser',
      run: async (caller, fields) => {
        const { topicRelationId } = parseFields(relationChoice, fields);
        const { appId, id } = await getOwnSubscriber(core, caller, {
          id: topicRelationId,
          kind: 'topicUser',
        });
        await core.subscriptions.removeSubscription(appId, id);
        return { data: '删除成功' };
      },
    },
    editRemark(core, 'topicUser'),
  ];
}

/** The calls about friends. */
export function createFriendCalls(core: Core): Call[] {
  return [
    {
      method: 'POST',
      path: '/friend/list',
      run: async (caller, fields) => {
        const page = readPage(fields);
        const place = { appId: await findSpaceId(core, caller), topicId: 0 };
        const { total, items } = await core.subscribers.listSubscribers(place, toSlice(page));
        const rows = items.map((one) => ({
          id: one.id,
          friendId: one.id,
          token: core.shortCodes.encode('friend', one.id),
          ...toPersonFields(one),
          createTime: formatChinaTime(one.createdAt),
        }));
        return { data: toPage(page, total, rows), msg: DONE };
      },
    },
    {
      method: 'GET',
      path: '/friend/deleteFriend',
      run: async (caller, fields) => {
        const { friendId } = parseFields(friendChoice, fields);
        const { appId, id } = await getOwnSubscriber(core, caller, { id: friendId, kind: 'friend' });
        await core.subscriptions.removeSubscription(appId, id);
        return { data: null, msg: DONE };
      },
    },
    editRemark(core, 'friend'),
  ];
}

/** An empty remark takes it away. */
function editRemark(core: Core, kind: SubscriberKind): Call {
  return {
    method: 'POST',
    path: `/${kind}/editRemark`,
    run: async (caller, fields) => {
      const { id, remark = '' } = parseFields(remarking, fields);
      const { appId } = await getOwnSubscriber(core, caller, { id, kind });
      await core.subscribers.setRemark(appId, id, remark);
      return { data: null, msg: DONE };
    },
  };
}

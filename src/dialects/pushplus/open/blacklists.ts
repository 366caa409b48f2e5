/** The calls about blacklists: friends, and users of a group, who get nothing more and cannot come back by themselves. */
import { z } from 'zod';
import type { Core } from '#src/core/index.js';
import type { Subscriber } from '#src/core/subscribers.js';
import { invalid } from '#src/dialects/pushplus/envelope.js';
import { formatChinaTime } from '#src/lib/china-time.js';
import { type Call, type Caller, DONE, type Reply } from './call.js';
import { readPage, toPage, toSlice } from './pages.js';
import { type Fields, integer, parseFields } from './read-fields.js';
import { findSpaceId, getOwnSubscriber, type SubscriberKind } from './spaces.js';
import { getOwn } from './topics.js';

const friendChoice = z.object({ friendId: integer });
const relationChoice = z.object({ topicRelationId: integer });
const topicChoice = z.object({ topicId: integer });
const entryChoice = z.object({ id: integer });

const DONE_SO: Reply = { data: null, msg: DONE };

/** The calls about blacklists. Their entries are the relations themselves, which stay and let nobody in. */
export function createBlacklistCalls(core: Core): Call[] {
  return [
    {
      method: 'POST',
      path: '/friend/addBlacklist',
      run: async (caller, fields) => {
        const { friendId } = parseFields(friendChoice, fields);
        const { personId } = await blacklist(core, caller, { id: friendId, kind: 'friend' });
        // The friendship ends on both sides: who is blacklisted sends nothing to the account either.
        const theirs = await core.spaces.findSpace(personId);
        if (theirs) {
          await core.subscriptions.unsubscribe(caller.personId, theirs.id, 0);
        }
        return DONE_SO;
      },
    },
    {
      method: 'POST',
      path: '/friend/blacklistList',
      run: async (caller, fields) => {
        const place = { appId: await findSpaceId(core, caller), topicId: 0 };
        return listEntries(core, { fields, place }, (one) => ({ friendId: one.id }));
      },
    },
    removeEntry(core, 'friend'),
    {
      method: 'POST',
      path: '/topicUser/addBlacklist',
      run: async (caller, fields) => {
        const { topicRelationId } = parseFields(relationChoice, fields);
        await blacklist(core, caller, { id: topicRelationId, kind: 'topicUser' });
        return DONE_SO;
      },
    },
    {
      method: 'POST',
      path: '/topicUser/blacklistList',
      run: async (caller, fields) => {
        const topic = await getOwn(core, caller, parseFields(topicChoice, fields).topicId);
        const place = { appId: topic.appId, topicId: topic.id };
        return listEntries(core, { fields, place }, (one) => ({ userId: one.id, openId: one.pseudonym }));
      },
    },
    removeEntry(core, 'topicUser'),
  ];
}

async function blacklist(core: Core, caller: Caller, wanted: { id: number; kind: SubscriberKind }) {
  const found = await getOwnSubscriber(core, caller, wanted);
  if (found.personId === caller.personId) {
    throw invalid('不能将自己加入黑名单');
  }
  await core.subscriptions.setBlocked(found.appId, found.id, true);
  return found;
}

async function listEntries(
  core: Core,
  { fields, place }: { fields: Fields; place: { appId: number; topicId: number } },
  toIds: (one: Subscriber) => object,
): Promise<Reply> {
  const page = readPage(fields);
  const { total, items } = await core.subscribers.listSubscribers({ ...place, blocked: true }, toSlice(page));
  const rows = items.map((one) => ({
    id: one.id,
    ...toIds(one),
    nickName: one.nickname,
    headImgUrl: '',
    createTime: formatChinaTime(one.blockedAt ?? one.createdAt),
  }));
  return { data: toPage(page, total, rows), msg: DONE };
}

/** Who leaves the blacklist is no friend or user again: they may scan the code anew. */
function removeEntry(core: Core, kind: SubscriberKind): Call {
  return {
    method: 'POST',
    path: `/${kind}/removeBlacklist`,
    run: async (caller, fields) => {
      const { id } = parseFields(entryChoice, fields);
      const found = await getOwnSubscriber(core, caller, { id, kind, isBlacklisted: true });
      await core.subscriptions.removeSubscription(found.appId, found.id);
      return DONE_SO;
    },
  };
}

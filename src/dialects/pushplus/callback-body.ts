/** Writes the callbacks that PushPlus sends, field by field and in its spelling. */
import { assertNever } from '#src/core/errors.js';
import type { Core } from '#src/core/index.js';
import type { Subscriber } from '#src/core/subscribers.js';
import type { Event, EventData } from '#src/core/types.js';
import { formatChinaTime } from '#src/lib/china-time.js';

/** How a message ended; 0 and 1 stand for one that is still to be sent. */
const SEND_STATUS = { sent: 2, failed: 3 } as const;

/** Whether somebody has an address: 1 would be one that is not proved yet, which nobody here has. */
const EMAIL_STATUS = { none: 0, verified: 2 } as const;

/**
 * The request body for an event; null for what PushPlus does not tell, and for somebody who has left again before it could
 * be told. A test of the endpoint has a name of its own.
 */
export async function toCallbackBody(core: Core, event: Event): Promise<object | null> {
  switch (event.type) {
    case 'message.completed':
      return toCompletion(core, event.data);
    case 'subscription.created':
      return toNewcomer(core, event.appId, event.data);
    case 'callback.test':
      return { event: 'test', message: event.data.note };
    case 'upstream.received':
      return null;
    default:
      return assertNever(event);
  }
}

function toCompletion(core: Core, data: EventData['message.completed']): object {
  const shortCode = core.shortCodes.encode('message', data.messageId);
  const sendStatus = data.state === 'sent' ? SEND_STATUS.sent : SEND_STATUS.failed;
  return { event: 'message_complate', messageInfo: { message: data.why, shortCode, sendStatus } };
}

async function toNewcomer(
  core: Core,
  appId: number,
  { uid, topicId, extra }: EventData['subscription.created'],
): Promise<object | null> {
  const { items } = await core.subscriptions.listSubscriptions({ appId, topicId, uid, skip: 0, take: 1 });
  const [relation] = items;
  if (!relation) {
    return null;
  }
  const newcomer = await core.subscribers.getSubscriber(appId, relation.id);
  if (topicId !== 0) {
    return toTopicUser(core, appId, newcomer);
  }
  return { event: 'add_friend', qrCode: extra, friendInfo: toFriend(core, newcomer) };
}

function toFriend(core: Core, friend: Subscriber): object {
  return {
    token: core.shortCodes.encode('friend', friend.id),
    friendId: friend.id,
    isFollow: Number(friend.following),
    nickName: friend.nickname,
    havePhone: Number(friend.hasPhone),
    createTime: formatChinaTime(friend.createdAt),
    emailStatus: friend.hasEmail ? EMAIL_STATUS.verified : EMAIL_STATUS.none,
  };
}

/** WeChat tells neither sex nor picture of a follower any more (2021-12-27), so they are empty as they are there. */
async function toTopicUser(core: Core, appId: number, user: Subscriber): Promise<object> {
  const topic = await core.topics.getTopic(appId, user.topicId);
  return {
    event: 'add_topic_user',
    topicUserInfo: {
      id: user.id,
      openId: user.pseudonym,
      topicId: topic.id,
      userSex: 0,
      isFollow: Number(user.following),
      nickName: user.nickname,
      havePhone: Number(user.hasPhone),
      topicCode: topic.alias ?? topic.code,
      topicName: topic.name,
      headImgUrl: '',
      emailStatus: user.hasEmail ? EMAIL_STATUS.verified : EMAIL_STATUS.none,
    },
  };
}

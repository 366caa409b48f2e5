/** Where an account's groups and friends live, and what its calls may reach there. */
import { AppError } from '#src/core/errors.js';
import type { Core } from '#src/core/index.js';
import type { Subscriber } from '#src/core/subscribers.js';
import { invalid } from '#src/dialects/pushplus/envelope.js';
import type { Caller } from './call.js';

/** The number of an account's space for reading: 0, which has nothing in it, while there is none. */
export async function findSpaceId(core: Core, { personId }: Caller): Promise<number> {
  return (await core.spaces.findSpace(personId))?.id ?? 0;
}

/** What somebody of an account's space is to it. */
export type SubscriberKind = 'friend' | 'topicUser';

const NOBODY: Readonly<Record<SubscriberKind, string>> = { friend: '好友不存在', topicUser: '用户不存在' };

/**
 * Somebody of an account's space: a friend, or a user of one of its groups, or one of those whom it blacklisted. Throws a
 * Refusal for anybody else.
 */
export async function getOwnSubscriber(
  core: Core,
  caller: Caller,
  wanted: { id: number; kind: SubscriberKind; isBlacklisted?: boolean },
): Promise<Subscriber & { appId: number }> {
  const { isBlacklisted = false } = wanted;
  const appId = await findSpaceId(core, caller);
  const found = await orNull(core.subscribers.getSubscriber(appId, wanted.id));
  const isKind = found && (found.topicId === 0) === (wanted.kind === 'friend');
  if (!found || !isKind || found.blocked !== isBlacklisted) {
    throw invalid(isBlacklisted ? '黑名单记录不存在' : NOBODY[wanted.kind]);
  }
  return { ...found, appId };
}

/** What a look-up finds, or null where it finds nothing. */
export async function orNull<T>(lookUp: Promise<T>): Promise<T | null> {
  try {
    return await lookUp;
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') {
      return null;
    }
    throw error;
  }
}

/** What PushPlus tells of a subscriber's person: WeChat gives nobody's picture and sex any more. */
export function toPersonFields(one: Subscriber) {
  return {
    nickName: one.nickname,
    headImgUrl: '',
    havePhone: one.hasPhone ? 1 : 0,
    isFollow: one.following ? 1 : 0,
    emailStatus: one.hasEmail ? 2 : 0,
    remark: one.remark,
  };
}

/** Who gets a message: the sender, a group of theirs, or friends. */
import type { Core } from '#src/core/index.js';
import type { KeyOwner } from '#src/core/keys.js';
import type { PublishCommand } from '#src/core/types.js';
import type { ChannelName } from './channels.js';
import { CODES, invalid, Refusal } from './envelope.js';
import type { Plan } from './plans.js';
import type { SendInput } from './read-input.js';

/** The receivers, and what the call said of them. */
export interface Receivers extends Pick<PublishCommand, 'audience' | 'targets'> {
  /** The sender alone. */
  isSelf: boolean;
  /** Members of the sender's own WeCom app; empty for none. */
  members: string;
}

/** Without a plan a message goes to so many friends. */
const MAX_FRIENDS = 100;

/** Reads `topic` and `to`; a group wins over friends, and a configuration of the sender's reaches nobody else. Throws Refusal. */
export async function readReceivers(
  core: Core,
  owner: KeyOwner,
  call: { input: SendInput; spaceId: number; channel: ChannelName | null; plan: Plan | null },
): Promise<Receivers> {
  const { channel, spaceId } = call;
  const { topic, to } = call.input;
  const self = { audience: { people: [owner.personId], topics: [] }, targets: [{ uid: owner.uid }] };
  if (channel === 'webhook') {
    return { ...self, isSelf: true, members: '' };
  }
  if (topic !== undefined) {
    if (channel === 'sms') {
      throw invalid('短信渠道不支持群组消息');
    }
    const found = await core.topics.findTopicByAlias(spaceId, topic.trim());
    if (!found) {
      throw new Refusal(CODES.invalid, '服务端验证错误', '群组不存在');
    }
    const audience = { people: [], topics: [found.id] };
    return { audience, targets: [{ topicId: found.id }], isSelf: false, members: '' };
  }
  if (to === undefined || channel === 'cp') {
    return { ...self, isSelf: true, members: to ?? '' };
  }
  const friends = await findFriends(core, spaceId, {
    tokens: to,
    limit: call.plan?.friendsPerMessage ?? MAX_FRIENDS,
  });
  return { audience: { people: friends, topics: [] }, targets: [], isSelf: false, members: '' };
}

/** The friends among these tokens; those beyond the limit, and those who are none any more, are dropped. */
async function findFriends(
  core: Core,
  spaceId: number,
  { tokens, limit }: { tokens: string; limit: number },
): Promise<number[]> {
  const named = [...new Set(tokens.split(/[,，]/).map((token) => token.trim()))].filter(
    (token) => token !== '',
  );
  const ids = named.slice(0, limit).flatMap((token) => core.shortCodes.decode('friend', token) ?? []);
  const friends = await core.subscribers.findFriends(spaceId, ids);
  if (friends.length === 0) {
    throw new Refusal(CODES.invalid, '服务端验证错误', '好友不存在');
  }
  return friends;
}

/** Sending and recalling app messages. */
import { randomText } from '#src/lib/ids.js';
import { checkAgent, type WecomCallInput, type WecomCalls } from './calls.js';
import type { WecomMember } from './directory.js';
import { WecomRefusal } from './errors.js';
import { lookOf, type WecomLook } from './looks.js';
import { badField, type LooseFields } from './loose-fields.js';
import { type Receivers, readReceivers } from './receivers.js';
import { digestOf } from './sent-messages.js';
import { keepTalk, showInWechat, type WecomTalkItem } from './talks.js';
import { keepDropped } from './wecom-state.js';

const DEFAULT_DUPLICATE_SECONDS = 1_800;
const MAX_DUPLICATE_SECONDS = 14_400;

/** `message/send` and `message/recall`. */
export const sendCalls: WecomCalls = {
  '/cgi-bin/message/send': { method: 'POST', run: sendMessage },
  '/cgi-bin/message/recall': { method: 'POST', run: recallMessage },
};

function sendMessage(input: WecomCallInput): object {
  const { state, owner, body, request } = input;
  checkAgent(owner, body.int('agentid'));
  checkSwitches(body);
  const receivers = readReceivers(owner, body);
  const look = lookOf(body, (mediaId) => state.media.find(mediaId));
  const digest = digestOf(owner, request.body);
  const same = duplicateWindowMs(body);
  // What a suppressed message is answered is not documented; the first answer again is the least surprising one.
  const earlier = same === 0 ? null : state.sent.findSame(digest, same);
  if (earlier) {
    return earlier;
  }
  if (look.taskId !== undefined && !state.sent.takeTaskId(owner, look.taskId)) {
    throw badField('template_card.task_id is used');
  }
  if (state.world.limits.isOn && !state.sent.countToday(owner, receivers.members.length)) {
    throw new WecomRefusal(45009);
  }
  const msgid = randomText(86);
  const answer = {
    ...listsOf(receivers),
    msgid,
    ...(look.isInteractive ? { response_code: randomText(64) } : {}),
  };
  const { items, reached } = deliver(input, { members: receivers.members, look, msgid });
  const arrival =
    reached.length === 0 ? null : keepArrival(input, { reached, look, msgid, type: body.text('msgtype') });
  state.sent.keep(msgid, { message: { owner, at: state.world.clock.now(), answer, items, arrival }, digest });
  return answer;
}

function checkSwitches(body: LooseFields): void {
  const safe = body.int('safe') ?? 0;
  const isKnown = safe === 0 || safe === 1 || (safe === 2 && body.text('msgtype') === 'mpnews');
  if (!isKnown) {
    throw badField('safe');
  }
  for (const name of ['enable_id_trans', 'enable_duplicate_check']) {
    if (![undefined, 0, 1].includes(body.int(name))) {
      throw badField(name);
    }
  }
}

/** How far back a duplicate counts, in ms; 0 when the sender did not ask for the check. */
function duplicateWindowMs(body: LooseFields): number {
  if (body.int('enable_duplicate_check') !== 1) {
    return 0;
  }
  const seconds = body.int('duplicate_check_interval') ?? DEFAULT_DUPLICATE_SECONDS;
  return Math.min(seconds, MAX_DUPLICATE_SECONDS) * 1000;
}

function listsOf(receivers: Receivers): Record<string, string> {
  const lists = {
    invaliduser: receivers.invalidUsers,
    invalidparty: receivers.invalidParties,
    invalidtag: receivers.invalidTags,
    unlicenseduser: receivers.unlicensedUsers,
  };
  return Object.fromEntries(
    Object.entries(lists)
      .filter(([, ids]) => ids.length > 0)
      .map(([name, ids]) => [name, ids.join('|')]),
  );
}

interface Delivery {
  members: readonly WecomMember[];
  look: WecomLook;
  msgid: string;
}

/** Puts the message into chats. A member who got too many lately gets none, and nobody is told. */
function deliver(
  { state, owner, body }: WecomCallInput,
  { members, look, msgid }: Delivery,
): { items: WecomTalkItem[]; reached: string[] } {
  const { world } = state;
  const items: WecomTalkItem[] = [];
  const reached: string[] = [];
  for (const member of members) {
    const base = { id: world.nextId(), at: world.clock.now(), msgid };
    const key = `${owner.corp.id}/${owner.agent.id}/${member.userId}`;
    const broken = world.limits.isOn ? state.memberCounts.take(key) : null;
    if (broken) {
      keepDropped(state, { ...base, userid: member.userId, why: broken.why });
      continue;
    }
    const inWechat = member.usesPlugin ? showInWechat(look) : null;
    const item = { ...base, kind: body.text('msgtype'), rendered: look.rendered, inWechat, url: look.url };
    keepTalk(member.talk, item);
    items.push(item);
    reached.push(member.userId);
  }
  return { items, reached };
}

function keepArrival(
  { state, owner, request }: WecomCallInput,
  {
    reached,
    look,
    msgid,
    type,
  }: { reached: readonly string[]; look: WecomLook; msgid: string; type: string },
) {
  return state.inbox.keep({
    request,
    to: reached.join('|'),
    kind: type,
    corpId: owner.corp.id,
    agentId: owner.agent.id,
    msgid,
    rendered: look.rendered,
    url: look.url,
  });
}

/** The number for a message that cannot be recalled is not documented; the catch-all is taken. */
function recallMessage({ state, owner, body }: WecomCallInput): object {
  if (!state.sent.recall(owner, body.text('msgid'))) {
    throw badField('invalid msgid');
  }
  return {};
}

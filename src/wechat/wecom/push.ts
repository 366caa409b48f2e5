/** What WeCom tells us: one message or event of one member. */
import type { Fields } from '#src/wechat/fields.js';
import { type Push, toPush } from '#src/wechat/push.js';

/** First a letter or digit, 64 bytes at most (WeCom's rule for userid). */
const MEMBER_ID = /^[0-9A-Za-z][0-9A-Za-z_@.-]{0,63}$/;
/** What tells two events of one member and second apart. */
const EVENT_PARTS = ['Event', 'EventKey', 'AgentID'];

/** Understands the fields of a push that came now. Throws StrangePush. */
export function readMemberPush(fields: Fields, corpId: string, nowMs: number): Push {
  const push = toPush(fields, {
    platform: 'wecom',
    account: corpId,
    sender: MEMBER_ID,
    eventParts: EVENT_PARTS,
    nowMs,
  });
  // Member ids do not tell upper from lower case, and one member is one person.
  return { ...push, externalId: push.from.toLowerCase() };
}

/** How a delivery begins, as SQL over `t` (the time), `j` (what is asked), `p` (the person) and `i` (how WeChat knows them). */
import type { Words } from './sql.js';

/** The columns that expanding fills. */
export const DELIVERY_COLUMNS =
  '"id", "messageId", "personId", "appId", "slot", "channel", "queue", "configId", "route", "state", "dueAt", "createdAt", "attempts", "finishedAt"';

/** Whether a person has switched a whole app off. */
export const mutedApp = (appId: string): string =>
  `EXISTS (SELECT 1 FROM "Subscription" m WHERE m."personId" = p."id" AND m."appId" = ${appId} AND m."topicId" = 0 AND m."muted")`;

/** Whether WeChat is the only way to this person, and closed: they left or never came. */
const UNREACHABLE = `((j."slot" = '' AND p."route" = '' OR j."slot" <> '' AND j."channel" = 'wechat')
       AND (i."externalId" IS NULL OR NOT i."following"))`;
const MUTED = mutedApp('j."appId"');
const ROUTED = `j."slot" = '' AND p."route" <> ''`;
/** Where a person's route begins. */
const FIRST = 0;

/** The values of a new delivery's columns. */
export function newDelivery(q: Words) {
  const step = (field: string): string => q.pick('p."route"', [FIRST, field]);
  const skipped = (code: string, detail: string): string =>
    `'[' || ${q.object({ at: 't."now"', outcome: `'skipped'`, code: `'${code}'`, detail })} || ']'`;
  return {
    /** The first step of a person's route; people without a route have WeChat. */
    channel: `CASE WHEN ${ROUTED} THEN ${step('channel')} ELSE j."channel" END`,
    /** The queue of that channel. */
    queue: `CASE WHEN ${ROUTED} AND ${step('queue')} <> 'wechat' THEN ${step('queue')} ELSE j."queue" END`,
    /** The settings of that channel. */
    config: `CASE WHEN ${ROUTED} THEN ${q.pickInt('p."route"', [FIRST, 'configId'])} ELSE j."configId" END`,
    /** What follows when it fails. */
    restOfRoute: `CASE WHEN ${ROUTED} THEN ${q.dropFirst('p."route"')} ELSE '' END`,
    /** Who cannot be reached or paused gets a final row that says so, and no call. */
    state: `CASE WHEN j."problem" IS NOT NULL OR ${UNREACHABLE} THEN 'failed'
       WHEN p."pausedAt" IS NOT NULL OR ${MUTED} THEN 'cancelled' ELSE 'due' END`,
    /** What the log of tries holds. */
    attempts: `CASE
       WHEN j."problem" IS NOT NULL THEN ${skipped('no_channel', 'j."problem"')}
       WHEN ${UNREACHABLE} THEN ${skipped('unfollowed', `'接收者没有关注公众号 The person does not follow the account'`)}
       WHEN p."pausedAt" IS NOT NULL THEN ${skipped('paused', `'接收者已暂停接收 The person has paused all messages'`)}
       WHEN ${MUTED} THEN ${skipped('muted', `'接收者已关闭此应用的消息 The person has switched this app off'`)}
       ELSE '[]' END`,
    /** When a delivery ended that never starts. */
    finishedAt: `CASE WHEN j."problem" IS NOT NULL OR ${UNREACHABLE} OR p."pausedAt" IS NOT NULL OR ${MUTED} THEN ${q.time('t."now"')} END`,
  };
}

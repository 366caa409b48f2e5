/** The words of the way into the followers' pages. */

/** Chinese first, then English. */
export const ENTRY_WORDS = {
  stale: ['这次进入已失效', 'This attempt is over'],
  staleText: ['页面停留太久，或者链接已经用过。', 'It took too long, or the link was used before.'],
  failed: ['微信没有确认你的身份', 'WeChat did not confirm who you are'],
  failedText: ['可能是网络问题，请再试一次。', 'Maybe the network. Try again.'],
  again: ['再试一次', 'Try again'],
} as const satisfies Record<string, readonly [string, string]>;

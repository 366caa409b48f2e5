/** The words of the page of one's sessions. */

/** Chinese first, then English. */
export const SESSIONS_WORDS = {
  sessions: ['登录设备', 'Sessions'],
  heading: ['登录的浏览器', 'Where you are signed in'],
  lead: [
    '不认识的就让它退出。在公众号里回复「退出登录」，会退出所有浏览器，并停用这些登录期间新建的令牌和密钥。',
    'End what you do not know. “sign out” in the chat ends all of them, and every token and key that was made there.',
  ],
  browser: ['浏览器', 'Browser'],
  address: ['地址', 'Address'],
  signedInAt: ['登录时间', 'Signed in'],
  seenAt: ['最近使用', 'Last used'],
  current: ['当前', 'This one'],
  insideWechat: ['仅「我的」', '“Me” only'],
  end: ['退出', 'End'],
  endOf: ['退出 {browser}', 'End {browser}'],
  endOthers: ['退出其他所有登录', 'End all others'],
  othersEnded: ['已结束：{what}', 'Ended: {what}'],
  noOthers: ['没有其他登录', 'There was no other session'],
  endOthersAsk: [
    '其他登录会退出，它们新建的令牌和密钥也会停用。继续？',
    'The other sessions end, and so do the tokens and keys that were made there. Go on?',
  ],
  unknownBrowser: ['未知浏览器', 'Unknown browser'],
} as const satisfies Record<string, readonly [string, string]>;

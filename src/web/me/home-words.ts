/** The words of the first of the followers' pages. */

/** Chinese first, then English. */
export const HOME_WORDS = {
  me: ['我', 'Me'],
  uid: ['我的 UID', 'My UID'],
  noName: ['青鸟用户', 'Qingniao user'],
  messages: ['我的消息', 'My messages'],
  subscriptions: ['我的订阅', 'My subscriptions'],
  quiet: ['免打扰时段', 'Quiet hours'],
  keys: ['我的密钥', 'My keys'],
  channels: ['我的通道', 'My channels'],
  contacts: ['手机与邮箱', 'Phone and e-mail'],
  myData: ['我的数据', 'My data'],
  console: ['开发者控制台', 'Developer console'],
  everywhere: ['退出所有登录', 'Sign out everywhere'],
  everywhereAsk: [
    '所有浏览器都会退出，这些登录新建的令牌和密钥也会停用。继续？',
    'Every browser is signed out, and the tokens and keys that were made there end too. Go on?',
  ],
  signedOutEverywhere: ['已退出所有登录', 'Signed out everywhere'],
  endedThese: [
    '已结束：{what}。若有陌生人登录过，原有的密钥也可能被看到，请更换。',
    'Ended: {what}. If a stranger was in, they may have seen your older keys: replace those too.',
  ],
  paused: ['已暂停接收', 'Paused'],
  off: ['未设置', 'Off'],
} as const satisfies Record<string, readonly [string, string]>;

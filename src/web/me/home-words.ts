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
  console: ['开发者控制台', 'Developer console'],
  paused: ['已暂停接收', 'Paused'],
  off: ['未设置', 'Off'],
} as const satisfies Record<string, readonly [string, string]>;

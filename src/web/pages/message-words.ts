/** The words of the message page. */

/** Chinese first, then English. */
export const MESSAGE_WORDS = {
  original: ['查看原文', 'Open the original link'],
  opens: ['将打开 {host}', 'Opens {host}'],
  sender: ['发送者 {sender}', 'From {sender}'],
  from: ['来自 {ip}', 'From {ip}'],
  sealed: [
    '内容已端到端加密。密码只在你的浏览器里使用，不会发给服务器。',
    'End-to-end encrypted. The password stays in your browser and is never sent to the server.',
  ],
  password: ['密码', 'Password'],
  unseal: ['解密', 'Decrypt'],
  wrongPassword: [
    '解不开：密码不对，或内容在传送中被改动。',
    'This does not open: the password is wrong, or the content was changed on its way.',
  ],
  noScript: ['解密需要启用 JavaScript。', 'Decryption needs JavaScript.'],
  receipt: ['发送者会看到这条消息已读', 'The sender can see that you read this'],
  chinaTime: ['北京时间', 'China time'],
  tooLong: ['内容过长，以纯文本显示', 'Too long to format: shown as plain text'],
  tooMuch: ['格式过多，余下的以纯文本显示', 'Too much markup: the rest is shown as plain text'],
  busy: [
    '现在打开的页面太多，先以纯文本显示，稍后刷新再看',
    'Too many pages are opened now: shown as plain text, reload in a while',
  ],
  notFound: ['没有这条消息', 'There is no such message'],
  notFoundText: [
    '链接可能不完整，请回到微信里重新打开。',
    'The link may be incomplete. Open it again from WeChat.',
  ],
  deleted: ['消息已被删除', 'This message was deleted'],
  deletedText: ['发送者删除了这条消息的内容。', 'Its sender deleted what it said.'],
  expired: ['消息已过期', 'This message has expired'],
  expiredText: [
    '消息内容只保留一段时间，现在已经清除。',
    'Messages are kept for a while only. This one is gone.',
  ],
} as const satisfies Record<string, readonly [string, string]>;

/** The words of the page that shows a follower's keys. */

/** Chinese first, then English. */
export const KEYS_WORDS = {
  heading: ['我的密钥', 'My keys'],
  warning: [
    '密钥等于你的收件地址：谁拿到谁就能给你发消息。请只填进你信任的程序。',
    'A key is your address: whoever has it can send to you. Give it to programs that you trust only.',
  ],
  once: ['这个链接只能打开一次，打开后请马上保存。', 'This link opens once. Save the keys right after.'],
  open: ['显示密钥', 'Show my keys'],
  uid: ['我的 UID', 'My UID'],
  example: ['例子', 'Example'],
  lost: ['丢了？在聊天里发送「密钥」再要一次链接。', 'Lost them? Send "keys" in the chat for a new link.'],
  noKeys: ['你还没有密钥。', 'You have no keys yet.'],
  used: ['这个链接已经用过了', 'This link was used before'],
  usedText: [
    '为了安全只能打开一次。在聊天里发送「密钥」再要一次。',
    'It opens once. Send "keys" in the chat for a new one.',
  ],
  expired: ['这个链接已过期', 'This link has expired'],
  expiredText: ['在聊天里发送「密钥」再要一次。', 'Send "keys" in the chat for a new one.'],
  notFound: ['没有这个链接', 'There is no such link'],
  notFoundText: [
    '链接可能不完整，请回到聊天里重新打开。',
    'It may be incomplete. Open it again from the chat.',
  ],
} as const satisfies Record<string, readonly [string, string]>;

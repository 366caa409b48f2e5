/** The words of the page of one's messages. */

/** Chinese first, then English. */
export const MESSAGES_WORDS = {
  heading: ['我的消息', 'My messages'],
  searchHint: ['搜标题、内容、应用', 'Title, text or app'],
  none: ['还没有消息', 'No messages yet'],
  noneText: ['订阅应用后，它推送的消息会出现在这里。', 'Messages of the apps you subscribe to will be here.'],
  noneFound: ['没有找到', 'Nothing found'],
  noneFoundText: ['换个词试试；消息保留 {days} 天。', 'Try another word; messages are kept for {days} days.'],
  noneFoundAnyAge: [
    '换个词试试；太早的消息可能已经清理了。',
    'Try another word; messages from long ago may be gone.',
  ],
  older: ['更早的消息', 'Older messages'],
  newest: ['回到最新', 'Back to the newest'],
  deleted: ['发送者已撤下这条消息', 'The sender took this message down'],
  mine: ['我的密钥', 'My key'],
  failed: ['没有送达', 'Not delivered'],
  cancelled: ['没有推送', 'Not pushed'],
  sending: ['发送中', 'On its way'],
  unread: ['未读', 'Unread'],
} as const satisfies Record<string, readonly [string, string]>;

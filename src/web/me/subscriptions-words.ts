/** The words of the page of one's subscriptions. */

/** Chinese first, then English. */
export const SUBSCRIPTIONS_WORDS = {
  heading: ['我的订阅', 'My subscriptions'],
  lead: [
    '关闭后不再收到它的消息，订阅还在，随时可以打开。',
    'What is off sends you nothing; you stay subscribed and can switch it on again.',
  ],
  none: ['还没有订阅', 'No subscriptions yet'],
  noneText: [
    '扫应用的二维码，或在公众号里发送「#应用编号」。',
    'Scan the code of an app, or send “#number” in the chat.',
  ],
  app: ['应用消息', 'The app itself'],
  topicsOnly: ['只订阅了主题', 'Topics only'],
  off: ['已关闭', 'Off'],
  on: ['接收中', 'On'],
  turnOff: ['关闭', 'Switch off'],
  turnOn: ['打开', 'Switch on'],
  turnOffOf: ['关闭「{name}」', 'Switch off “{name}”'],
  turnOnOf: ['打开「{name}」', 'Switch on “{name}”'],
  leave: ['退订', 'Leave'],
  leaveOf: ['退订「{name}」', 'Leave “{name}”'],
  leaveApp: [
    '退订「{name}」和它的所有主题？以后要重新扫码才能再订阅。',
    'Leave “{name}” and all its topics? You would have to scan its code to come back.',
  ],
  leaveTopic: ['退订主题「{name}」？', 'Leave the topic “{name}”?'],
  wasOff: ['已关闭「{name}」', '“{name}” is off'],
  wasOn: ['已打开「{name}」', '“{name}” is on'],
  left: ['已退订「{name}」', 'You left “{name}”'],
  pauseAll: ['暂停所有消息', 'Pause everything'],
  resumeAll: ['恢复接收', 'Resume'],
  paused: ['你已暂停接收所有消息。', 'You have paused all messages.'],
  wasPaused: ['已暂停，恢复前什么都不会收到', 'Paused: nothing reaches you until you resume'],
  wasResumed: ['已恢复接收', 'Messages reach you again'],
  allOff: ['整个应用已关闭，主题也不会推送。', 'The whole app is off, its topics too.'],
  contact: ['联系方式', 'Contact'],
} as const satisfies Record<string, readonly [string, string]>;

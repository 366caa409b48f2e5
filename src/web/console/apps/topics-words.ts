/** The words of topics. */

/** Chinese first, then English. */
export const TOPICS_WORDS = {
  topicsLead: [
    '主题是应用下的广播列表：一次发送，订阅者都收到。程序用编号指定它。',
    'A topic is a broadcast list of the app: one send reaches all who follow it. Programs name it by its number.',
  ],
  newTopic: ['新建主题', 'New topic'],
  findTopic: ['按名称、别名或编号查找主题', 'Find a topic by name, alias or number'],
  noTopicMatch: ['没有符合「{q}」的主题', 'No topic fits “{q}”'],
  noTopics: ['还没有主题', 'No topics yet'],
  noTopicsText: ['按内容或人群分开，人们各取所需。', 'Split by content or audience, so that people choose.'],
  createTopic: ['创建主题', 'Create the topic'],
  alias: ['短名', 'Alias'],
  aliasHint: ['你自己的代号，在应用内唯一。', 'Your own short name for it, unique in the app.'],
  topicNameHint: ['订阅者会看到它。', 'Subscribers see it.'],
  topicDescriptionHint: ['显示在订阅页上；留空则用应用的。', 'On the subscribe page; empty: the app’s.'],
  topicContactHint: ['留空则用应用的。', 'Empty: the app’s.'],
  receipt: ['订阅成功后的回复', 'What new subscribers are told'],
  receiptHint: ['留空则用应用的。', 'Empty: the app’s words.'],
  topicMade: ['主题已创建', 'The topic is ready'],
} as const satisfies Record<string, readonly [string, string]>;

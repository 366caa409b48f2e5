/** The words of the console's first page. */

/** Chinese first, then English. */
export const OVERVIEW_WORDS = {
  overview: ['概览', 'Overview'],
  hello: ['你好，{name}', 'Hello, {name}'],
  apps: ['应用', 'Apps'],
  allApps: ['全部应用', 'All apps'],
  myApps: ['我的应用', 'My apps'],
  appCount: ['应用', 'Apps'],
  messages: ['24 小时消息', 'Messages, 24 h'],
  sent: ['已送达', 'Delivered'],
  failed: ['失败', 'Failed'],
  queue: ['排队', 'Waiting'],
  people: ['关注者', 'Followers'],
  perHour: ['最近 24 小时每小时送达数', 'Deliveries per hour, last 24 hours'],
  now: ['现在', 'Now'],
  hoursAgo: ['{hours} 小时前', '{hours} h ago'],
  noApps: ['还没有应用', 'No apps yet'],
  noAppsText: [
    '应用是消息的发送者：建一个，把它的二维码给要收消息的人。',
    'An app sends messages: make one, and give its QR code to those who want them.',
  ],
  newApp: ['新建应用', 'New app'],
  name: ['名称', 'Name'],
  number: ['编号', 'Number'],
  created: ['创建时间', 'Created'],
  more: ['全部', 'All'],
  firstAdmin: ['这个服务器还没有管理员。', 'This server has no administrator yet.'],
  firstAdminLink: ['用管理员码成为管理员', 'Become one with the administrator code'],
} as const satisfies Record<string, readonly [string, string]>;

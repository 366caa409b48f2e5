/** The words of the settings. */

/** Chinese first, then English. */
export const SETTINGS_WORDS = {
  settings: ['设置', 'Settings'],
  lead: [
    '这里的设置立即生效，不用重启。平台账号、端口等在环境变量里，见 README。',
    'These count at once, without a restart. Platform accounts, ports and the like are in the environment: see the README.',
  ],
  registration: ['开发者注册', 'Registration of developers'],
  open: ['开放：扫码登录的人可以成为开发者', 'Open: whoever signs in may become a developer'],
  closed: ['关闭', 'Closed'],
  retention: ['消息保留天数', 'Days that messages are kept'],
  retentionHint: [
    '更早的消息、投递记录和回调记录会自动删除，每 10 分钟一次；{least} 到 {most} 天。',
    'Older messages, traces and callback logs go by themselves, every ten minutes; {least} to {most} days.',
  ],
  keepByDialect: ['按接口分别保留', 'Kept otherwise by dialect'],
  keepByDialectLead: [
    '留空则用上面的天数；应用自己的设定（在应用页上）优先于接口的。',
    'Empty follows the days above. What an app’s own page says goes before its dialect.',
  ],
  keepPlaceholder: ['跟随全站', 'as the server'],
  pace: ['每个密钥 10 秒内最多调用', 'Most calls of a key in ten seconds'],
  pacePlaceholder: ['不限', 'no limit'],
  paceHint: [
    '对 Bark、PushDeer、ntfy、Gotify 的密钥有效：{least} 到 {most} 次，留空不限；超出的调用会被拒绝（429），所有进程合计。',
    'Keys of Bark, PushDeer, ntfy and Gotify: {least} to {most} calls, empty for no limit; more are refused (429), counted for all processes together.',
  ],
  dialects: ['兼容接口的默认额度', 'Default limits of the compatible calls'],
  dialectsLead: [
    '「不限」以外的选项按原服务的额度拒绝，便于在迁移前对照；也可以在用户页上给个人单独设置。',
    'Anything but “no limits” refuses as the hosted service does; a person’s own page may say otherwise for them.',
  ],
  saved: ['已保存', 'Saved'],
} as const satisfies Record<string, readonly [string, string]>;

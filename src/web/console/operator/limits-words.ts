/** The words of the page of limits. */

/** Chinese first, then English. */
export const LIMITS_WORDS = {
  limits: ['限额', 'Limits'],
  lead: [
    '保护公众号、邮箱、短信和磁盘的默认限额；页面、管理接口和各接口共用。填 0 不限，清空恢复默认，马上生效。管理员的应用、二维码和通道测试不按人计。应用多久发一次不在这里，见「方案与额度」。',
    'What protects the official account, mailer, SMS and disk, the same on pages, the management API and the dialects. 0 lifts a limit, empty brings the usual one back; it counts at once. Apps, codes and channel tests of operators are not counted by person. How often apps send is not limited here: see Plans.',
  ],
  limit: ['限额', 'Limit'],
  number: ['最多', 'At most'],
  usual: ['默认', 'Usual'],
  usedNow: ['今天已用', 'Used today'],
  save: ['保存', 'Save'],
  saved: ['已保存', 'Saved'],
} as const satisfies Record<string, readonly [string, string]>;

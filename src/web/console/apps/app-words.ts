/** The words of an app's own page: what it is, how it is changed, how it goes. */

/** Chinese first, then English. */
export const APP_WORDS = {
  subscribePage: ['订阅页', 'Subscribe page'],
  codeAlt: ['「{name}」的订阅二维码', 'QR code that subscribes to “{name}”'],
  codeHint: ['微信扫码即订阅', 'Scan with WeChat to subscribe'],
  tokenHint: ['当前密钥', 'Present token'],
  callbackTo: ['回调地址', 'Callback URL'],
  callbackOff: ['已停用', 'switched off'],
  settings: ['设置', 'Settings'],
  nameHint: ['收消息的人会看到它。', 'Receivers see it.'],
  descriptionHint: ['显示在订阅页上。', 'On the subscribe page.'],
  contactHint: ['订阅者有疑问时怎样找到你。', 'How subscribers reach you when they have questions.'],
  followTip: ['订阅成功后的回复', 'What new subscribers are told'],
  followTipHint: [
    '有人订阅后公众号回复这段话；留空则用默认的。',
    'The account says this to who subscribes; empty: the usual words.',
  ],
  settingUrl: ['设置页地址', 'Settings page'],
  settingUrlHint: [
    '你自己的网页，让订阅者调整偏好；会带上签名的 UID。',
    'A page of yours where subscribers adjust things; it gets their signed UID.',
  ],
  settingSecret: ['设置页密钥', 'Settings secret'],
  settingSecretHint: ['用来给设置页的链接签名。', 'Signs the links to the settings page.'],
  settingSecretKept: ['已设置；留空则不变。', 'There is one; leave empty to keep it.'],
  settingSecretDrop: ['清除设置页密钥', 'Remove the settings secret'],
  ratherTwice: ['没有看到应答时宁可重发', 'Rather twice than never'],
  ratherTwiceHint: [
    '发出后没有看到平台的应答（断线、重启）时，再发一次：可能有人收到两次。不选则标为「结果未知」，由你决定是否重发。',
    'Where a message left and no answer was seen (a broken line, a restart) it is sent again: somebody may get it twice. Else it is marked “unknown”, and you decide.',
  ],
  retention: ['保留', 'Retention'],
  retentionDays: ['消息保留天数', 'Days that messages are kept'],
  retentionHint: [
    '{least} 到 {most} 天，包括投递轨迹和回调记录；留空则跟随接口或全站的设置。',
    '{least} to {most} days, with their traces and callback logs; empty follows the dialect or the server.',
  ],
  danger: ['删除应用', 'Delete the app'],
  dangerTopic: ['删除主题', 'Delete the topic'],
  deleteLead: [
    '密钥、主题、二维码和订阅关系会一起删除，不能恢复。已接收的消息仍会发出。',
    'Its token, topics, QR codes and subscriptions go with it for good. Messages already accepted still go out.',
  ],
  deleteTopicLead: [
    '它的二维码和订阅关系会一起删除，不能恢复。',
    'Its QR codes and subscriptions go with it for good.',
  ],
  deleteTyped: ['输入名称「{name}」以确认', 'Type the name “{name}” to confirm'],
  deleteWrong: ['与名称不一致', 'That is not the name'],
  deleteNow: ['永久删除', 'Delete for good'],
  deleted: ['「{name}」已删除', '“{name}” is deleted'],
} as const satisfies Record<string, readonly [string, string]>;

/** The words of the subscribe page. */

/** Chinese first, then English. */
export const SUBSCRIBE_WORDS = {
  app: ['应用', 'App'],
  topic: ['主题', 'Topic'],
  byApp: ['来自应用「{app}」', 'Of the app "{app}"'],
  subscribe: ['订阅', 'Subscribe'],
  subscribeHint: ['订阅后，它的消息会发到你的微信里', 'Its messages will reach you in WeChat'],
  scanHint: ['用微信扫描二维码订阅', 'Scan the code with WeChat to subscribe'],
  pressHint: ['长按识别二维码订阅', 'Press and hold the code to subscribe'],
  openInWechat: ['在微信中打开并订阅', 'Subscribe inside WeChat'],
  openInWechatHint: ['已在微信里？用这个链接一键订阅', 'Already inside WeChat? This link takes one tap'],
  qrAlt: ['「{name}」的订阅二维码', 'QR code that subscribes to "{name}"'],
  contact: ['联系方式', 'Contact'],
  subscribed: ['订阅成功', 'Subscribed'],
  subscribedText: ['「{name}」的消息会发到你的微信里。', 'Messages of "{name}" will reach you in WeChat.'],
  already: ['你已经订阅过了', 'You are subscribed already'],
  alreadyText: [
    '不用再订阅「{name}」，消息会照常送达。',
    'No need to subscribe to "{name}" again; its messages reach you.',
  ],
  must_follow: ['还差一步：关注公众号', 'One more step: follow the account'],
  must_followText: [
    '关注后才能收到消息。识别下面的二维码，关注和订阅「{name}」一次完成。',
    'Messages only reach followers. This code follows the account and subscribes to "{name}" in one go.',
  ],
  blocked: ['不能订阅', 'You cannot subscribe'],
  blockedText: [
    '「{name}」的管理员停止了向你推送。如有疑问，请联系对方。',
    'The owner of "{name}" stopped sending to you. Ask them if you think this is a mistake.',
  ],
  full: ['人数已满', 'There is no room left'],
  fullText: [
    '订阅「{name}」的人数已达上限。如有疑问，请联系对方。',
    '"{name}" has as many subscribers as it may have. Ask its owner if you think this is a mistake.',
  ],
  disabled: ['暂时不能订阅', 'Not open for now'],
  disabledText: [
    '它的开发者已被停用，恢复后可以再来订阅。',
    'Its developer has been disabled. You can subscribe when that ends.',
  ],
  confirm: ['确认订阅', 'Confirm'],
  confirmHint: [
    '点一下才会订阅；想退订时，在聊天里发「我的订阅」',
    'Nothing happens before this tap; leave whenever you like',
  ],
  closeHint: ['可以关闭这个页面了', 'You can close this page'],
  notFound: ['没有这个订阅页', 'There is no such subscribe page'],
  notFoundText: ['链接可能不完整，请向分享的人再要一次。', 'The link may be incomplete. Ask for it again.'],
  expired: ['二维码已过期', 'This code has expired'],
  expiredText: ['请向分享的人要一个新的链接或二维码。', 'Ask for a new link or code.'],
  noLogin: ['请扫码订阅', 'Subscribe by scanning'],
  noLoginText: [
    '这个公众号不支持一键订阅，请识别二维码。',
    'This account has no one-tap subscribing. Use its QR code.',
  ],
  stale: ['这次操作已失效', 'This attempt is over'],
  staleText: [
    '页面停留太久，或者链接已经用过，请再点一次订阅。',
    'It took too long or was used before. Tap once more.',
  ],
  cancelled: ['已取消', 'Cancelled'],
  cancelledText: ['你没有同意授权，所以没有订阅。', 'You did not agree, so nothing was subscribed.'],
  failed: ['微信没有确认你的身份', 'WeChat did not confirm who you are'],
  failedText: [
    '可能是网络问题，请再试一次，或改用扫码订阅。',
    'Maybe the network. Try again, or scan the code.',
  ],
  again: ['再试一次', 'Try again'],
} as const satisfies Record<string, readonly [string, string]>;

/** The words of an app's endpoint. */

/** Chinese first, then English. */
export const CALLBACK_WORDS = {
  callbackLead: [
    '有人订阅、发来指令，或消息发送完成时，我们向这个地址 POST 一段 JSON；返回 2xx 即为收到，否则按间隔重试约三天。',
    'When somebody subscribes or sends a command, or a message is done, we POST JSON here. 2xx means received; else it comes again for about three days.',
  ],
  callbackUrl: ['回调地址', 'Callback URL'],
  callbackUrlHint: ['http 或 https；留空则不回调。', 'http or https; empty: no callbacks.'],
  callbackStyle: ['格式', 'Form'],
  callbackStyleHint: [
    '从别处搬来的程序选原来的格式，新程序选「青鸟」。',
    'Programs moved from elsewhere keep their form; new ones take ours.',
  ],
  style_wxpusher: ['WxPusher（无消息完成回调）', 'WxPusher (no message completion)'],
  style_native: ['青鸟', 'Qingniao'],
  style_pushplus: ['PushPlus', 'PushPlus'],
  completions: ['每条消息结束时也回调', 'Also tell when each message is done'],
  endpointOn: ['正常', 'in service'],
  endpointNone: ['未设置', 'none'],
  endpointOff: ['已停用', 'switched off'],
  offSince: ['{at} 起停用：{why}', 'Switched off since {at}: {why}'],
  offRemedy: [
    '修好后点保存就会恢复，停用期间的事件可以在回调记录里重发。',
    'Mend it and save to switch it on; what it missed can be replayed from the log.',
  ],
  sendTest: ['发送测试事件', 'Send a test event'],
  sendTestLead: [
    '向上面的地址发送一个 callback.test 事件，结果看回调记录。',
    'Sends a callback.test event to the address above. The log tells how it went.',
  ],
  testSent: ['测试事件已发出', 'The test event is on its way'],
  noUrl: ['应用还没有回调地址', 'The app has no callback URL yet'],
  secret: ['签名密钥', 'Signing secret'],
  secretLead: [
    '每个回调都用它签名（Standard Webhooks：webhook-id、webhook-timestamp、webhook-signature），请在你的程序里验证。',
    'Signs every callback (Standard Webhooks: webhook-id, webhook-timestamp, webhook-signature). Verify it in your program.',
  ],
  reveal: ['显示密钥', 'Show the secret'],
  rotate: ['更换密钥', 'Replace the secret'],
  rotateLead: [
    '更换后 24 小时内新旧密钥同时签名，你可以从容地换到新的。',
    'For 24 hours both the new and the old one sign, so you can change over calmly.',
  ],
  rotateSure: ['更换签名密钥？', 'Replace the signing secret?'],
  rotated: ['签名密钥已更换，这是新的。', 'The secret has been replaced; this is the new one.'],
  oldUntil: ['旧密钥同时签名到 {at}', 'The old secret signs too until {at}'],
} as const satisfies Record<string, readonly [string, string]>;

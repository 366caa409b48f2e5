/** The words of the list of apps and of the form that makes one. */

/** Chinese first, then English. */
export const LIST_WORDS = {
  listLead: [
    '应用是消息的发送者：程序用它的密钥发送，人扫它的二维码接收。',
    'An app sends messages: programs send by its token, people receive by scanning its code.',
  ],
  newApp: ['新建应用', 'New app'],
  findApp: ['按名称或编号查找应用', 'Find an app by name or number'],
  noApps: ['还没有应用', 'No apps yet'],
  noAppsText: [
    '建一个应用，把它的二维码给要收消息的人，就能向他们发送了。',
    'Make an app, give its QR code to those who want its messages, and send.',
  ],
  noMatch: ['没有名称或编号符合「{q}」的应用', 'No app’s name or number fits “{q}”'],
  createApp: ['创建应用', 'Create the app'],
  nameHint: ['收消息的人会看到它，如「值班报警」。', 'Receivers see it: “On-call alerts”, for example.'],
  descriptionHint: [
    '显示在订阅页上，说明会收到什么消息。',
    'On the subscribe page: what people will receive.',
  ],
  contactHint: ['订阅者有疑问时怎样找到你。', 'How subscribers reach you when they have questions.'],
  callbackUrl: ['回调地址', 'Callback URL'],
  callbackUrlHint: [
    '有人订阅或发来指令时，我们会 POST 到这里；可以以后再填。',
    'We POST here when somebody subscribes or sends a command; you may fill it in later.',
  ],
  madeHeading: ['「{name}」已创建', '“{name}” is ready'],
} as const satisfies Record<string, readonly [string, string]>;

/** The words of the pages about one's own data. */

/** Chinese first, then English. */
export const DATA_WORDS = {
  heading: ['我的数据', 'My data'],
  copy: ['导出', 'A copy'],
  copyText: [
    '一个 JSON 文件：你的订阅、密钥（隐去中间）、通道、联系方式、登录、收到和发出的消息。',
    'A JSON file: subscriptions, keys (masked), channels, contacts, sign-ins, messages received and sent.',
  ],
  download: ['下载我的数据', 'Download my data'],
  end: ['删除', 'Erasure'],
  endText: [
    '删除后马上生效，不能恢复。再发消息或再关注，就是一个新用户，UID 也是新的。',
    'At once and for good. Whoever writes or follows again is somebody new, with a new UID.',
  ],
  go: ['删除我的数据…', 'Erase my data…'],
  notYet: ['还不能删除：{why}。', 'Not yet: {why}.'],
  eraseHeading: ['删除我的数据', 'Erase my data'],
  goes: ['会删除', 'What goes'],
  goesText: [
    '订阅、密钥、通道、邮箱和手机、登录、只发给你的消息、你发出的消息。正在发给你的消息会取消。',
    'Subscriptions, keys, channels, mail and phone, sign-ins, messages to you alone, messages you sent. Messages on their way to you are cancelled.',
  ],
  stays: ['不会删除', 'What stays'],
  staysText: [
    '已经送到应用开发者那里的内容要找他们删除；群发消息到保留期满删除；操作记录里的名字换成代号；旧备份里的，备份过期时一起删除。',
    'What apps’ developers already have is theirs to erase. Broadcasts go when their time is up, the audit log keeps its lines without your name, old backups go with their time.',
  ],
  sure: ['我明白删除后不能恢复', 'I understand that there is no way back'],
  notSure: ['请先勾选', 'Tick this first'],
  eraseNow: ['删除', 'Erase'],
  back: ['不删除，返回', 'Keep them'],
  erased: ['已删除', 'Erased'],
  erasedText: [
    '你的数据已删除，所有网页都已退出。可以关闭这一页；不想再收到什么，取消关注公众号即可。',
    'Your data are erased and every page is signed out. You may close this page; to hear nothing more unfollow the account.',
  ],
} as const satisfies Record<string, readonly [string, string]>;

/** The words of the pages about keys. */

/** Chinese first, then English. */
export const KEYS_WORDS = {
  keys: ['密钥', 'Keys'],
  lead: [
    '每种协议一把密钥，填进程序就能推送给你。谁有密钥，谁就能给你发消息：不要公开。',
    'A key for each protocol: give it to a program, and it can push to you. So can anybody else who has it: keep it to yourself.',
  ],
  protocol: ['协议', 'Protocol'],
  key: ['密钥', 'Key'],
  notMade: ['还没有', 'None yet'],
  open: ['查看与示例', 'Show, with examples'],
  make: ['生成密钥', 'Make a key'],
  made: ['密钥已生成', 'The key is made'],
  noKey: ['还没有这种密钥', 'No key of this kind yet'],
  address: ['发送地址', 'Address to send to'],
  examples: ['示例', 'Examples'],
  exampleIn: ['{name} 示例', 'Example in {name}'],
  replace: ['更换', 'Replace'],
  replaced: ['密钥已更换，旧的已失效', 'Replaced: the old key is dead'],
  replaceAsk: [
    '更换后旧密钥立即失效，用它的程序都要改。继续？',
    'The old key is dead at once, and every program that uses it must change. Go on?',
  ],
  revoke: ['停用', 'Revoke'],
  revoked: ['密钥已停用', 'The key is revoked'],
  revokeAsk: [
    '停用后，用这个密钥的程序不能再推送给你。继续？',
    'Programs that use this key can push to you no more. Go on?',
  ],
  createdAt: ['生成时间', 'Made'],
  expiresAt: ['有效期至', 'Works until'],
  name: ['名称', 'Name'],
  forever: ['长期有效', 'For good'],
  expired: ['已过期', 'Expired'],
  otherKeys: ['其他密钥', 'Other keys'],
  tokens: ['消息 token', 'Message tokens'],
  tokensLead: [
    '给不同的程序各发一把只能推送的 token：可以起名、设有效期，单独停用。',
    'Give each program a token of its own, which can only send: with a name and an end, revoked by itself.',
  ],
  noTokens: ['还没有消息 token', 'No message tokens yet'],
  newToken: ['新建消息 token', 'New message token'],
  until: ['有效期至（当天结束时）', 'Works until the end of'],
  untilHint: ['留空则长期有效', 'Empty: for good'],
  badDate: ['请选择今天或以后的日期', 'Choose today or a later day'],
  editToken: ['编辑消息 token', 'Edit message token'],
  tokenMade: ['消息 token 已生成', 'The message token is made'],
  tokenSaved: ['消息 token 已保存', 'The message token is saved'],
  secret: ['开放接口 secretKey', 'Secret of the open API'],
  secretLead: [
    '程序用 token 和 secretKey 换取 AccessKey，管理你的群组、好友和消息。',
    'With token and secret a program gets an access key, and manages your groups, friends and messages.',
  ],
  showSecret: ['显示 secretKey', 'Show the secret'],
  hideSecret: ['隐藏', 'Hide'],
  secretReplaced: ['secretKey 已更换，旧的已失效', 'The secret is replaced: the old one is dead'],
  allowedIps: ['允许的 IP', 'Allowed addresses'],
  allowedIpsHint: [
    '每行一个 IP 或网段，如 10.0.0.0/8；留空则不限制',
    'One IP or subnet a line, such as 10.0.0.0/8; empty: all may',
  ],
  ipsSaved: ['允许的 IP 已保存', 'The allowed addresses are saved'],
  seal: ['加密助手', 'Encryption helper'],
  sealLead: [
    '把正文在浏览器里加密成 Server酱 的 encoded 消息。密码和正文不离开这个页面，服务器只见到密文。',
    'Encrypts a text in your browser as Server酱’s encoded message. Password and text never leave this page: the server sees the cipher alone.',
  ],
  sealWeak: [
    '标题不加密。收到后在消息页输入同一个密码查看。',
    'The title is not encrypted. Read the message on its page with the same password.',
  ],
  sealNeedsScript: [
    '加密在浏览器里进行，需要启用 JavaScript。',
    'This works in your browser and needs JavaScript.',
  ],
  sealNeedsKey: [
    '先生成一把 SendKey，加密要用到它的编号。',
    'Make a SendKey first: its number is part of the encryption.',
  ],
  sealTitle: ['加密消息', 'Encrypted message'],
  title: ['标题', 'Title'],
  content: ['正文（Markdown）', 'Text (Markdown)'],
  password: ['密码', 'Password'],
  passwordHint: ['自己记住；忘了就无法解密', 'Remember it: nobody can open the message without it'],
  encrypt: ['加密', 'Encrypt'],
  cipher: ['密文（desp）', 'Cipher (desp)'],
  ready: ['可以直接发送的命令', 'A command that is ready to send'],
  sealFailed: ['没有加密成功，请换个浏览器再试。', 'The encryption failed: try another browser.'],
} as const satisfies Record<string, readonly [string, string]>;

/** Keys of these words. */
export type KeysKey = keyof typeof KEYS_WORDS;

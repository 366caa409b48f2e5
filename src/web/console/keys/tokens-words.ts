/** The words of the page of personal tokens. */

/** Chinese first, then English. */
export const TOKENS_WORDS = {
  heading: ['管理接口令牌', 'Personal tokens'],
  keys: ['密钥', 'Keys'],
  lead: [
    '程序用令牌代表你调用管理接口。给每个程序一个，只给它要用的权限；不用了就停用。',
    'Programs call the management API as you with a token. Give each one of its own, with no more scopes than it needs, and revoke it when it is done.',
  ],
  made: ['令牌只显示这一次，请马上复制', 'The token shows once: copy it now'],
  example: ['示例', 'Example'],
  newToken: ['新建令牌', 'New token'],
  name: ['名称', 'Name'],
  nameHint: ['给哪个程序用', 'Which program it is for'],
  scopes: ['权限', 'Scopes'],
  read: ['read：查看', 'read: look'],
  send: ['send：试发、重发、取消', 'send: try, send again, cancel'],
  manage: ['manage：修改，也能看到密钥', 'manage: change things, and see secrets'],
  operate: ['operate：管理员的操作，全站', 'operate: all that operators do, everywhere'],
  life: ['有效期', 'Works for'],
  days: ['{days} 天', '{days} days'],
  forever: ['长期有效', 'For good'],
  make: ['生成令牌', 'Make the token'],
  none: ['还没有令牌', 'No tokens yet'],
  token: ['令牌', 'Token'],
  createdAt: ['生成时间', 'Made'],
  expiresAt: ['有效期至', 'Works until'],
  expired: ['已过期', 'Expired'],
  usedAt: ['最近使用', 'Last used'],
  never: ['没有用过', 'Never'],
  revoke: ['停用', 'Revoke'],
  revokeAsk: [
    '停用后，用这个令牌的程序立即不能再调用。继续？',
    'Programs with this token are refused at once. Go on?',
  ],
  revoked: ['令牌已停用', 'The token is revoked'],
  noScope: ['至少选一项', 'Choose at least one'],
} as const satisfies Record<string, readonly [string, string]>;

/** Keys of these words. */
export type TokensKey = keyof typeof TOKENS_WORDS;

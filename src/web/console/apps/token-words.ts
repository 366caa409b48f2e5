/** The words around an app's token. */

/** Chinese first, then English. */
export const TOKEN_WORDS = {
  tokenOnce: [
    'appToken 只显示这一次，现在就复制保存。离开本页后谁也看不到它，只能更换。',
    'The token is shown this once. Copy it now: nobody sees it again, it can only be replaced.',
  ],
  token: ['appToken', 'App token'],
  tokenHint: ['当前密钥', 'Present token'],
  tokenMade: ['生成时间', 'Made'],
  tokenLead: [
    '程序用 appToken 代表这个应用发送消息。我们只保存它的摘要，所以不能再次显示。',
    'Programs send as this app by its token. Only its hash is kept, so it cannot be shown again.',
  ],
  noToken: ['这个空间还没有密钥。', 'This space has no token yet.'],
  toApp: ['进入应用', 'Go to the app'],
  tryIt: ['发一条试试', 'Send a first message'],
  tryItHint: [
    '发给你自己：先在公众号里发「#{app}」订阅它。',
    'It goes to yourself: first say “#{app}” to the account in WeChat to subscribe.',
  ],
  replace: ['更换密钥', 'Replace the token'],
  replaceLead: [
    '旧的 appToken 立即失效，还在用它的程序会收到「appToken不正确」。',
    'The old token is dead at once: programs that still use it are refused.',
  ],
  replaceSure: ['我知道旧密钥会立即失效', 'I know that the old token dies at once'],
  replaceTick: ['请先勾选确认', 'Tick the box first'],
  replaced: ['密钥已更换', 'The token has been replaced'],
} as const satisfies Record<string, readonly [string, string]>;

/** The words of the page of one's keys. */

/** Chinese first, then English. */
export const KEYS_WORDS = {
  heading: ['我的密钥', 'My keys'],
  lead: [
    '把密钥给你的程序，它就能推送给你。谁有密钥，谁就能给你发消息：不要公开。',
    'Give a key to your program, and it can push to you. So can anybody else who has it: keep it to yourself.',
  ],
  make: ['生成密钥', 'Make a key'],
  makeOf: ['生成密钥：{label}', 'Make a key for {label}'],
  example: ['示例', 'Example'],
  replace: ['更换', 'Replace'],
  replaceOf: ['更换 {label} 密钥', 'Replace the key for {label}'],
  replaceAsk: [
    '更换后旧密钥立即失效，用它的程序都要改。继续？',
    'The old key is dead at once, and every program that uses it must change. Go on?',
  ],
  revoke: ['停用', 'Revoke'],
  revokeOf: ['停用 {label} 密钥', 'Revoke the key for {label}'],
  revokeAsk: [
    '停用后，用这个密钥的程序不能再推送给你。继续？',
    'Programs that use this key can push to you no more. Go on?',
  ],
  made: ['密钥已生成', 'The key is made'],
  replaced: ['密钥已更换，旧的已失效', 'Replaced: the old key is dead'],
  revoked: ['密钥已停用', 'The key is revoked'],
  open: ['查看与新建', 'Open'],
  openOf: ['查看与新建：{label}', 'Open: {label}'],
  count: ['共 {count} 个', '{count} in all'],
  others: ['另有 {count} 个', '{count} more'],
} as const satisfies Record<string, readonly [string, string]>;

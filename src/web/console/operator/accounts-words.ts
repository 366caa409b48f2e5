/** The words of the accounts. */

/** Chinese first, then English. */
export const ACCOUNTS_WORDS = {
  accounts: ['账号', 'Accounts'],
  lead: [
    '能登录控制台的人。开发者只看得到自己的应用，管理员看得到一切。',
    'Those who may sign in to the console: developers see their own apps, operators everything.',
  ],
  find: ['UID 开头或昵称', 'Beginning of a UID, or part of a nickname'],
  noMatch: ['没有这样的账号', 'No such account'],
  noAccounts: ['还没有账号', 'No accounts yet'],
  noAccountsText: [
    '开放注册后，扫码登录的人可以成为开发者。',
    'With open registration whoever signs in may become a developer.',
  ],
  person: ['谁', 'Who'],
  role: ['身份', 'Role'],
  apps: ['应用', 'Apps'],
  created: ['创建时间', 'Created'],
  disabled: ['已停用', 'Disabled'],
  you: ['你', 'You'],
  makeOperator: ['设为管理员', 'Make operator'],
  makeDeveloper: ['改为开发者', 'Make developer'],
  makeOperatorSure: [
    '管理员能看到和修改这台服务器上的一切。确定吗？',
    'Operators see and change everything on this server. Sure?',
  ],
  disable: ['停用', 'Disable'],
  disableSure: [
    '停用后立即退出登录；其应用和所有密钥不能再发送，二维码和订阅页停止，回调不再发出，还没送出的和到时间的定时消息会取消。启用后恢复，已取消的不补发。确定吗？',
    'Signed out at once. Their apps and all their keys stop sending, codes and subscribe pages close, callbacks are not sent, what is still to go out and schedules that come due are cancelled. Enabling restores all but what was cancelled. Sure?',
  ],
  enable: ['启用', 'Enable'],
  changed: ['已修改', 'Changed'],
  registration: ['注册', 'Registration'],
  registrationopen: ['开放：扫码登录的人可以自己成为开发者', 'Open: whoever signs in may become a developer'],
  registrationclosed: ['关闭：只有已有账号的人能进控制台', 'Closed: only those who have an account come in'],
  openIt: ['开放注册', 'Open it'],
  closeIt: ['关闭注册', 'Close it'],
  nobody: ['没有对应的人', 'Nobody in particular'],
} as const satisfies Record<string, readonly [string, string]>;

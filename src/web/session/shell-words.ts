/** The words of every page behind sign-in: the frame, forms, lists. */

/** Keys of these words. */
export type ShellKey = keyof typeof SHELL_WORDS;

/** Chinese first, then English. */
export const SHELL_WORDS = {
  menu: ['菜单', 'Menu'],
  skip: ['跳到正文', 'Skip to the content'],
  mainNav: ['主导航', 'Main'],
  signOut: ['退出登录', 'Sign out'],
  signedInAs: ['当前登录', 'Signed in as'],
  operator: ['管理员', 'Operator'],
  developer: ['开发者', 'Developer'],
  follower: ['关注者', 'Follower'],
  save: ['保存', 'Save'],
  cancel: ['取消', 'Cancel'],
  search: ['搜索', 'Search'],
  clear: ['清除', 'Clear'],
  remove: ['删除', 'Remove'],
  edit: ['编辑', 'Edit'],
  back: ['返回', 'Back'],
  optional: ['选填', 'optional'],
  required: ['必填', 'required'],
  yes: ['是', 'Yes'],
  no: ['否', 'No'],
  none: ['无', 'None'],
  pages: ['分页', 'Pages'],
  previous: ['上一页', 'Previous'],
  next: ['下一页', 'Next'],
  pageOf: ['第 {page} / {pages} 页，共 {total} 条', 'Page {page} of {pages}, {total} in all'],
  peakOf: ['最高 {count}', 'max {count}'],
  totalOf: ['共 {total} 条', '{total} in all'],
  mendFields: ['有几处需要修改，见下面红字。', 'Some fields need another look: see the red lines below.'],
  foreignForm: ['这个请求不是从本站页面发出的', 'This request did not come from our page'],
  foreignFormText: [
    '页面可能放得太久，或者登录已变。请返回，刷新页面再试一次。',
    'The page may be old, or the sign-in has changed. Go back, reload the page and try again.',
  ],
  tooLarge: ['提交的内容太大', 'That is too much text'],
  tooLargeText: [
    '请缩短后再提交，其余内容没有丢失：点浏览器的返回键即可。',
    'Shorten it and send again: the back button brings your text back.',
  ],
  notDone: ['没有完成', 'Not done'],
  noSuchThing: ['没有找到', 'Not found'],
  notAllowed: ['没有权限', 'Not allowed'],
  notAllowedText: [
    '你的账号不能打开这一页或做这件事，请找管理员。',
    'Your account may not open or do this: ask an operator.',
  ],
  myPages: ['我的消息与订阅', 'My messages'],
  tabMessages: ['消息', 'Messages'],
  tabSubscriptions: ['订阅', 'Subscriptions'],
  tabMe: ['我', 'Me'],
  operatorOnly: ['这个页面只给管理员使用。', 'Only operators can use this page.'],
} as const satisfies Record<string, readonly [string, string]>;

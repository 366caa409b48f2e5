/** The words of the self-check and the template assistant. */

/** Chinese first, then English. */
export const SELF_CHECK_WORDS = {
  selfCheck: ['自检', 'Self-check'],
  lead: [
    '逐项检查这台服务器能不能正常收发：绿色正常，黄色要留意，红色要处理。',
    'Looks at everything this server needs: green is well, yellow wants a look, red must be mended.',
  ],
  start: ['开始检查', 'Check now'],
  again: ['重新检查', 'Check again'],
  noScript: [
    '没有启用 JavaScript：点按钮后，全部检查完再一起显示，可能要十几秒。',
    'Without JavaScript all results come together, which may take some seconds.',
  ],
  groupWechat: ['微信公众号', 'WeChat account'],
  groupServer: ['服务器', 'This server'],
  groupOthers: ['其他账号', 'Other accounts'],
  waiting: ['未检查', 'Not checked'],
  running: ['检查中…', 'Checking…'],
  good: ['正常', 'Fine'],
  warn: ['注意', 'Look'],
  bad: ['异常', 'Broken'],
  off: ['未设置', 'Off'],
  failed: ['没有得到结果，请重新检查。', 'No result came: check again.'],
  summaryGood: ['全部正常', 'All is well'],
  summary: ['{bad} 项异常，{warn} 项要留意', '{bad} broken, {warn} to look at'],
  createMenu: ['创建菜单', 'Create the menu'],
  menuMade: ['菜单已创建；已关注的人几分钟后看到。', 'The menu is there; followers see it within minutes.'],
  notMade: ['没有成功：{why}', 'That failed: {why}'],
  assistant: ['模板助手', 'Template assistant'],
  assistantLead: [
    '选一个公众号里的模板，青鸟建议每个关键词放什么，并按微信的规则预览。',
    'Choose a template of the account: Qingniao proposes what fills each keyword, and previews it by WeChat’s rules.',
  ],
  templates: ['公众号里的模板', 'Templates of the account'],
  noTemplates: ['公众号里没有模板', 'The account has no templates'],
  noTemplatesText: [
    '在公众平台「广告与服务 → 模板消息」里添加一个，例如带「标题、内容、时间」的。',
    'Add one in the account’s template messages, such as one with title, content and time.',
  ],
  inUse: ['使用中', 'In use'],
  choose: ['选择', 'Choose'],
  mapping: ['「{title}」的关键词', 'Keywords of “{title}”'],
  noKeywords: [
    '这个模板在手机上只显示标题栏：微信会隐藏没有标签的行，以及 first 和 remark。请新增一个每行都有标签的模板，例如「标题：{{title.DATA}}」。',
    'Of this template a phone shows the title bar alone: WeChat hides lines without a label, and first and remark. Add one with a label on each line, such as 标题：{{title.DATA}}.',
  ],
  hiddenLines: ['手机上不显示：', 'Not shown on a phone: '],
  preview: ['预览', 'Preview'],
  partTitle: ['标题', 'Title'],
  partSummary: ['摘要', 'Summary'],
  partTime: ['时间', 'Time'],
  partApp: ['应用名', 'App name'],
  partSender: ['发送者', 'Sender'],
  saved: ['已启用，下一条消息就用它。', 'In use from the next message on.'],
  use: ['启用这个模板', 'Use this template'],
  reset: ['恢复自动选择', 'Choose automatically again'],
  wasReset: ['已恢复自动选择', 'The choice is automatic again'],
  fixed: [
    '模板由环境变量 WECHAT_TEMPLATE_ID / WECHAT_TEMPLATE_FIELDS 指定，这里的选择不会生效。可以把下面两行写进环境变量，再重启。',
    'The template is set by WECHAT_TEMPLATE_ID / WECHAT_TEMPLATE_FIELDS, so that a choice here has no effect. Put these lines there and restart.',
  ],
  asSettings: ['写成环境变量', 'As settings'],
  staleTemplate: ['公众号里没有这个模板，请重新选择。', 'The account has no such template: choose again.'],
} as const satisfies Record<string, readonly [string, string]>;

/** Keys of these words. */
export type SelfCheckKey = keyof typeof SELF_CHECK_WORDS;

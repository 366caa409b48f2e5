/** The words of the API reference. */

/** Chinese first, then English. */
export const DOCS_WORDS = {
  heading: ['接口文档', 'API reference'],
  lead: [
    '推送用各服务原来的接口，换主机名就行；管理用下面的调用。每条命令都能复制，设好变量就能运行。',
    'Push by the API you know: only the host changes. Manage by the calls below. Every command can be copied and run.',
  ],
  contents: ['目录', 'Contents'],
  index: ['全部调用', 'All calls'],
  search: ['搜索', 'Search'],
  filter: ['搜索：路径、名称、字段、错误码', 'Search: paths, names, fields, error codes'],
  found: ['{count} 项', '{count} found'],
  foundOf: ['「{query}」：{count} 项', '“{query}”: {count} found'],
  foundNone: [
    '列表里没有。按回车，连字段和错误码一起搜。',
    'Not in the list. Enter searches fields and error codes too.',
  ],
  foundNothing: [
    '没有找到「{query}」。换个词，或看全部。',
    'Nothing has “{query}”. Try another word, or see everything.',
  ],
  showAll: ['看全部', 'See everything'],
  more: ['更多文档', 'More documentation'],
  moreStart: ['上手、设置、逐步示例', 'Getting started, settings, examples step by step'],
  moreMove: ['从其他服务迁移，十种语言', 'Moving here, in ten languages'],
  moreDialects: ['接口 × 通道，能传什么', 'Doors in × doors out, and what passes'],
  moreTemplates: ['消息在手机上的样子', 'What messages look like on a phone'],
  moreNotServed: ['没有做的', 'What is not served'],
  morePerformance: ['测得的性能', 'Measured performance'],
  moreRunning: ['日常运行：部署、报警、升级', 'Running it: set-up, alerts, upgrades'],
  moreScaling: ['规模与机器', 'Sizes and machines'],
  moreGlossary: ['名词', 'Words'],
  moreOpenapi: ['OpenAPI 3.1，导入工具用', 'OpenAPI 3.1, for your tools'],
  basics: ['怎么调用', 'How to call'],
  basicsAddress: ['地址', 'Address'],
  basicsSignIn: ['身份', 'Who you are'],
  basicsSignInText: [
    'Authorization: Bearer 加令牌。ADMIN_TOKEN 管理全部；控制台「密钥」里的 personal 密钥管理自己的应用和自己。',
    'Authorization: Bearer with a token. ADMIN_TOKEN manages everything; the `personal` key under Keys in the console manages one’s own apps and oneself.',
  ],
  basicsBody: ['请求与回答', 'Bodies'],
  basicsBodyText: [
    '都是 JSON（UTF-8）。时间是毫秒时间戳，编号是小于 2^53 的整数，列表用 page、pageSize 翻页。',
    'JSON in UTF-8 both ways. Moments are milliseconds since 1970, ids integers below 2^53; lists have page and pageSize.',
  ],
  basicsErrors: ['错误', 'Errors'],
  basicsErrorsText: [
    'HTTP 状态码，加 {"error": {"code", "message"}}。程序看 code，message 给人看。',
    'An HTTP status with {"error": {"code", "message"}}. Programs read the code, people the message.',
  ],
  tokenFirst: ['先设令牌，后面的命令都用它', 'Set the token first; all commands use it'],
  parameters: ['路径与查询参数', 'Path and query'],
  body: ['请求体', 'Body'],
  answer: ['回答', 'Answer'],
  noContent: ['没有内容', 'No content'],
  errors: ['错误', 'Errors'],
  example: ['命令', 'Command'],
  field: ['字段', 'Field'],
  type: ['类型', 'Type'],
  meaning: ['说明', 'Meaning'],
  must: ['必填', 'required'],
  fallback: ['默认 {value}', 'default {value}'],
  code: ['错误码', 'Code'],
  status: ['状态', 'Status'],
  events: ['回调事件', 'Callback events'],
  eventsText: [
    '应用的回调格式选 native 时 POST 到回调地址，按 Standard Webhooks 签名；2xx 算收到，410 停用地址，其他会重试。验签代码在 README。',
    'POSTed to an app’s endpoint whose style is native, signed as Standard Webhooks says; 2xx is received, 410 switches the endpoint off, anything else is tried again. Code that checks the signature is in the README.',
  ],
  allErrors: ['全部错误码', 'All error codes'],
  dialects: ['推送接口', 'Push APIs'],
  dialectsText: [
    '路径、参数、回答与原服务相同。密钥在微信里发「密钥」领取，或在 /me/keys；应用的 appToken 在控制台。每个接口也在自己的前缀下。',
    'Paths, parameters and answers are those of the service. Get a key by sending “keys” in the chat, or at /me/keys; an app’s token is in the console. Each API stands under its prefix too.',
  ],
  addresses: ['地址', 'Addresses'],
  prefix: ['前缀', 'Prefix'],
  key: ['密钥', 'Key'],
  canSay: ['能说', 'Can say'],
  channelNames: ['通道的叫法', 'Names of channels'],
  readMore: ['细节与示例', 'Details and examples'],
  manage: ['管理接口', 'Management API'],
  notifyKey: ['在 /notify 生成的通知 Code', 'A notify code made at /notify'],
  canTitle: ['标题', 'title'],
  canSummary: ['卡片文字', 'text of the card'],
  canMarkdown: ['Markdown', 'Markdown'],
  canHtml: ['HTML', 'HTML'],
  canLink: ['链接', 'link'],
  canUrgent: ['紧急', 'urgent'],
  canSchedule: ['定时', 'later'],
  canExpiry: ['过期作废', 'expiry'],
  canChannel: ['指定通道', 'naming a channel'],
  canSeveral: ['多个接收者', 'several receivers'],
  canTopic: ['群发', 'topics'],
  canStatus: ['查询结果', 'asking for the result'],
  canCallback: ['回调', 'callbacks'],
  canTakedown: ['下架', 'taking the page down'],
  canEncryption: ['端到端加密', 'end-to-end encryption'],
} as const satisfies Record<string, readonly [string, string]>;

/** A key of these words. */
export type DocsWord = keyof typeof DOCS_WORDS;

/** The word for a dialect's feature; null for one that has none yet. */
export function wordOfFeature(feature: string): DocsWord | null {
  const key = `can${feature.charAt(0).toUpperCase()}${feature.slice(1)}`;
  return isWord(key) ? key : null;
}

function isWord(key: string): key is DocsWord {
  return Object.hasOwn(DOCS_WORDS, key);
}

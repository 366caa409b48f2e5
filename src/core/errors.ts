/** The one table of everything a caller can do wrong or meet, and the one error type that crosses room borders. */
import type { Language } from '#src/lib/i18n.js';
import { inLanguage } from '#src/lib/in-language.js';

interface ErrorRow {
  status: number;
  zh: string;
  en: string;
}

/** Code -> HTTP status of our own API, Chinese text, English text. `{name}` is filled from the error's params. */
export const ERRORS = {
  bad_request: { status: 400, zh: '请求参数有误：{detail}', en: 'Bad request: {detail}' },
  bad_json: {
    status: 400,
    zh: '请求体不是有效的 JSON，或嵌套太深',
    en: 'The body is not valid JSON, or nests too deep',
  },
  bad_encoding: {
    status: 400,
    zh: '请求无法解码：应为完整的 UTF-8 或 GBK 文本，可用 gzip、deflate、br 压缩',
    en: 'The request cannot be decoded: it must be whole text in UTF-8 or GBK, packed by gzip, deflate or br if at all',
  },
  too_large: {
    status: 413,
    zh: '请求体过大，最多 {limit} 字节',
    en: 'The body is too large: {limit} bytes at most',
  },
  unauthorized: { status: 401, zh: '未登录或令牌无效', en: 'Not signed in, or the token is not valid' },
  forbidden: { status: 403, zh: '没有权限', en: 'Not allowed' },
  developer_disabled: {
    status: 403,
    zh: '该开发者已被停用，管理员恢复后即可继续使用',
    en: 'This developer has been disabled; all works again when the operator enables them',
  },
  scope_missing: {
    status: 403,
    zh: '这个令牌没有 {scope} 权限，请用有此权限的令牌',
    en: 'This token lacks the scope {scope}: use one that has it',
  },
  not_found: { status: 404, zh: '{what}不存在', en: '{what} not found' },
  method_not_allowed: { status: 405, zh: '不支持该请求方法', en: 'Method not allowed' },
  conflict: { status: 409, zh: '状态冲突：{detail}', en: 'Conflict: {detail}' },
  expired: { status: 410, zh: '{what}已过期', en: '{what} has expired' },
  too_many_wrong_keys: {
    status: 429,
    zh: '错误的令牌、密钥或验证码太多（一个地址十分钟内 {limit} 个，由管理员用 MAX_WRONG_KEYS 设置），请 {seconds} 秒后再试；正确的现在就能用',
    en: 'Too many wrong tokens, keys or codes ({limit} from one address within ten minutes, set by the operator as MAX_WRONG_KEYS): try again in {seconds} seconds; a right one works now',
  },
  wrong_host: {
    status: 421,
    zh: '这里不用主机名 {host}：请用 PUBLIC_URL 的地址，或由管理员把它加进 ALLOWED_HOSTS',
    en: 'Nothing is served under the host name {host}: use the address of PUBLIC_URL, or have the operator add it to ALLOWED_HOSTS',
  },
  bad_app_token: { status: 401, zh: 'appToken不正确', en: 'The app token is wrong' },
  content_empty: { status: 400, zh: '消息内容不能为空', en: 'The content is empty' },
  content_too_long: {
    status: 400,
    zh: '消息内容过长，最多 {limit} 个字符',
    en: 'The content is too long: {limit} characters at most',
  },
  field_too_long: {
    status: 400,
    zh: '{field} 过长，最多 {limit} 个字符',
    en: '{field} is too long: {limit} characters at most',
  },
  bad_field: { status: 400, zh: '{field} 不正确：{detail}', en: '{field} is wrong: {detail}' },
  bad_url: {
    status: 400,
    zh: '{field} 必须是 http 或 https 链接',
    en: '{field} must be an http or https address',
  },
  no_target: { status: 400, zh: '没有指定接收者', en: 'No receiver given' },
  too_many_targets: {
    status: 400,
    zh: '{field} 一次最多 {limit} 个',
    en: '{field}: {limit} at most in one call',
  },
  rate_limited: { status: 429, zh: '发送过于频繁，{detail}', en: 'Too many calls: {detail}' },
  quota_exceeded: { status: 429, zh: '已超过发送限额，{detail}', en: 'The quota is used up: {detail}' },
  limit_reached: { status: 429, zh: '已到限额：{detail}', en: 'A limit is reached: {detail}' },
  limit_full: { status: 409, zh: '已到限额：{detail}', en: 'A limit is reached: {detail}' },
  registration_closed: {
    status: 403,
    zh: '本站没有开放注册：没有账号的人只能给自己推送，要向别人推送请联系管理员',
    en: 'Registration is closed here: without an account one pushes to oneself alone; ask the operator for more',
  },
  disk_full: {
    status: 503,
    zh: '服务器磁盘快满了，暂不接收新消息，请 {seconds} 秒后重试，并告知管理员',
    en: 'The disk of this server is nearly full, so it takes nothing in: try again in {seconds} seconds, and tell the operator',
  },
  blocked_target: {
    status: 400,
    zh: '回调地址不允许：{detail}',
    en: 'This address is not allowed: {detail}',
  },
  wechat_failed: { status: 502, zh: '微信接口失败：{detail}', en: 'WeChat refused: {detail}' },
  wecom_failed: { status: 502, zh: '企业微信接口失败：{detail}', en: 'WeCom refused: {detail}' },
  code_not_sent: {
    status: 502,
    zh: '验证码没有发出：{detail}',
    en: 'The code could not be sent: {detail}',
  },
  points_used_up: { status: 402, zh: '积分不足：{detail}', en: 'Not enough points: {detail}' },
  not_served: { status: 501, zh: '本站没有开通{what}', en: 'This server does not offer {what}' },
  unavailable: { status: 503, zh: '服务暂时不可用，请稍后重试', en: 'Temporarily unavailable, try again' },
  overloaded: {
    status: 503,
    zh: '积压的消息过多，请 {seconds} 秒后重试',
    en: 'Too many messages wait to be sent: try again in {seconds} seconds',
  },
  internal: { status: 500, zh: '服务器内部错误', en: 'Internal error' },
} as const satisfies Record<string, ErrorRow>;

/** A code of the table. */
export type ErrorCode = keyof typeof ERRORS;

/** The values that fill a text's placeholders. */
export type ErrorParams = Readonly<Record<string, string | number>>;

/** A caller's mistake or a state the caller must know of. Anything else that is thrown is a bug. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly params: ErrorParams;
  /** The HTTP status of our own API; dialects answer with theirs. */
  readonly status: number;

  constructor(code: ErrorCode, params: ErrorParams = {}) {
    super(fillText(code, params, 'en'));
    this.name = 'AppError';
    this.code = code;
    this.params = params;
    this.status = ERRORS[code].status;
  }

  /** After how many seconds the caller may come back, for the header Retry-After; null: coming back helps nobody. */
  get retryAfterS(): number | null {
    const { seconds } = this.params;
    const isForNow = this.status === 503 || this.status === 429;
    return isForNow && seconds !== undefined ? Number(seconds) : null;
  }

  /** The text for people, Chinese. */
  get zh(): string {
    return fillText(this.code, this.params, 'zh');
  }

  /** The text for people, English. */
  get en(): string {
    return this.message;
  }
}

/** Makes a `not_found` for a named thing. */
export function notFound(what: string): AppError {
  return new AppError('not_found', { what });
}

/** Marks a branch that the types say cannot be reached. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value ${JSON.stringify(value)}`);
}

function fillText(code: ErrorCode, params: ErrorParams, language: Language): string {
  return ERRORS[code][language].replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = params[name] ?? '';
    return typeof value === 'string' ? inLanguage(value, language) : String(value);
  });
}

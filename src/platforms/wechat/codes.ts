/** WeChat's error codes as one table: what each means, what to do, and whether it is worth another try. */
import type { QuotaPause } from '#src/platforms/platform-error.js';

/** What an error code means. */
export interface CodeMeaning {
  /** English, for logs. */
  meaning: string;
  /** For the person who runs this server: Chinese, then English. */
  advice: string;
  /** Whether the same call may succeed later with nothing changed. */
  retryable: boolean;
  pause?: QuotaPause;
}

const bug = (meaning: string): CodeMeaning => ({
  meaning,
  advice:
    '这是程序的错误，请把日志反馈给青鸟的开发者。 This is an error of the program: send the log to the developers of Qingniao.',
  retryable: false,
});
const menu = (meaning: string): CodeMeaning => ({
  meaning,
  advice:
    '自定义菜单不符合微信的限制，请检查按钮的数量、名称、类型、key 与链接。 The menu breaks a rule of WeChat: check the number, names, types, keys and links of its buttons.',
  retryable: false,
});
const config = (meaning: string, advice: string): CodeMeaning => ({ meaning, advice, retryable: false });
const later = (meaning: string, advice: string, pause?: QuotaPause): CodeMeaning => ({
  meaning,
  advice,
  retryable: true,
  ...(pause ? { pause } : {}),
});

/** Refused because of the access token itself: fetch another and try once more. No other code means that. */
export const TOKEN_CODES: ReadonlySet<number> = new Set([40001, 40014, 42001]);

const TOKEN_ADVICE =
  '访问令牌失效，系统会自动更新。若反复出现，请确认没有别的程序用同一个公众号取令牌。 The token has ended and is renewed by itself. If it happens again and again, no other program may fetch tokens for this account.';
const IP_ADVICE =
  '请在公众平台「设置与开发 → 基本配置 → IP 白名单」里加入本服务器的出口 IP。 Add this server’s outgoing IP to the IP list of the WeChat console (Settings → Basic configuration).';

/** Codes with one meaning each. Where a code means something else at the token endpoint, see `TOKEN_ENDPOINT_CODES`. */
export const WECHAT_CODES: Readonly<Record<number, CodeMeaning>> = {
  [-1]: later(
    'system busy',
    '微信系统繁忙，通常很快自行恢复。 WeChat is busy: that mostly passes by itself.',
  ),
  40001: later('access token invalid or not the latest', TOKEN_ADVICE),
  40002: bug('invalid grant_type'),
  40003: config(
    'invalid openid',
    '这个 openid 不属于当前公众号，请确认没有更换公众号。 This openid is of another account: make sure that the account was not changed.',
  ),
  40013: config('invalid appid', '请检查 WECHAT_APP_ID 是否正确。 Check WECHAT_APP_ID.'),
  40014: later('invalid access token', TOKEN_ADVICE),
  40016: menu('wrong number of buttons'),
  40017: menu('wrong button type'),
  40018: menu('wrong button name size'),
  40019: menu('wrong button key size'),
  40020: menu('wrong button url size'),
  40023: menu('wrong number of sub-buttons'),
  40024: menu('wrong sub-button type'),
  40025: menu('wrong sub-button name size'),
  40026: menu('wrong sub-button key size'),
  40027: menu('wrong sub-button url size'),
  40029: config(
    'invalid oauth code',
    '登录授权已失效，请回到微信重新打开页面。 The authorization has ended: open the page in WeChat again.',
  ),
  40036: config(
    'invalid template_id size',
    '模板 ID 为空或过长，请检查 WECHAT_TEMPLATE_ID。 The template id is empty or too long: check WECHAT_TEMPLATE_ID.',
  ),
  40037: config(
    'invalid template_id',
    '公众号里没有这个模板，请检查 WECHAT_TEMPLATE_ID，或在公众平台重新添加。 The account has no such template: check WECHAT_TEMPLATE_ID, or add it in the WeChat console again.',
  ),
  40054: menu('invalid sub-button url'),
  40055: menu('invalid button url'),
  40066: bug('invalid url'),
  40125: config(
    'invalid appsecret',
    'AppSecret 不正确，请检查 WECHAT_APP_SECRET（重置后旧的立即失效）。 The AppSecret is wrong: check WECHAT_APP_SECRET (after a reset the old one is worth nothing).',
  ),
  40163: config(
    'oauth code already used',
    '登录授权已被使用过，请回到微信重新打开页面。 The authorization was used already: open the page in WeChat again.',
  ),
  40164: config('ip not in whitelist', IP_ADVICE),
  40243: config(
    'appsecret frozen',
    'AppSecret 已被冻结，请在公众平台解冻，约 10 分钟后生效。 The AppSecret is frozen: unfreeze it in the WeChat console; that takes about 10 minutes.',
  ),
  41001: bug('access_token missing'),
  41002: config('appid missing', '请设置 WECHAT_APP_ID。 Set WECHAT_APP_ID.'),
  41004: config('appsecret missing', '请设置 WECHAT_APP_SECRET。 Set WECHAT_APP_SECRET.'),
  41028: bug('form_id error of a mini-program call'),
  41029: bug('form_id error of a mini-program call'),
  41030: bug('page error of a mini-program call'),
  42001: later('access token expired', TOKEN_ADVICE),
  43002: bug('POST required'),
  43004: config(
    'person does not follow',
    '对方没有关注公众号，请重新扫码关注后再推送。 They do not follow the account: let them scan the code and follow it again.',
  ),
  43019: config(
    'person is on the blacklist',
    '对方在公众号的黑名单里，请在公众平台「用户管理」移出黑名单。 They are on the account’s blacklist: take them off it in the WeChat console (Users).',
  ),
  43101: config(
    'person refuses this template',
    '对方关闭了这个模板的通知，请其在公众号设置里重新打开。 They switched this template off: they can switch it on in the settings of the account.',
  ),
  43116: config(
    'template restricted for abuse',
    '模板因滥用被限制，请在公众平台查看通知并申诉。 The template is restricted for abuse: read the notice in the WeChat console and appeal.',
  ),
  44002: bug('empty post body'),
  45002: config(
    'content too long',
    '内容超过微信的长度限制，请缩短后再发。 The content is too long for WeChat: shorten it.',
  ),
  45008: config(
    'too many articles',
    '客服图文消息只能有一篇文章。 A customer message holds one article at most.',
  ),
  45009: later(
    'daily quota used up',
    '今天的接口调用次数已用完，零点（北京时间）后自动恢复。急用可清零配额。 Today’s calls are used up: they come back at midnight, China time; in a hurry, clear the quota.',
    'day',
  ),
  45011: later(
    'minute quota used up',
    '接口调用太频繁，下一分钟自动恢复。 Too many calls: it goes on in the next minute.',
    'minute',
  ),
  45015: config(
    'outside the reply window',
    '对方近期没有与公众号互动，不能发送客服消息。请其先发一条消息。 They have not been in touch with the account of late: let them send it a message first.',
  ),
  45047: config(
    'too many customer messages',
    '客服消息条数已用完，需要对方再次发消息后才能继续。 The customer messages are used up until they write to the account again.',
  ),
  45067: bug('clientmsgid too long'),
  45109: config(
    'uniform_send was withdrawn',
    '统一服务消息接口已被微信下线，请改用模板消息。 WeChat withdrew this call: use template messages.',
  ),
  46003: config(
    'the account has no menu',
    '公众号还没有自定义菜单，请先创建。 The account has no menu yet: make one first.',
  ),
  46004: config(
    'person does not exist',
    '没有这个用户，可能已注销微信。 There is no such person: they may have closed their WeChat account.',
  ),
  47001: bug('body is not valid JSON'),
  47003: config(
    'a template value breaks its keyword type',
    '模板字段的内容不符合类型要求，请检查 WECHAT_TEMPLATE_FIELDS 与模板关键词是否对应。 A value does not fit its keyword: check that WECHAT_TEMPLATE_FIELDS fits the template.',
  ),
  48001: config(
    'call not authorized',
    '公众号没有这个接口的权限，请确认是已认证的服务号（或测试号）。 The account may not use this call: it must be a verified service account (or a test account).',
  ),
  48002: config(
    'person blocks messages',
    '对方关闭了接收消息，请其在公众号设置里打开。 They switched messages off: they can switch them on in the settings of the account.',
  ),
  48004: config(
    'call forbidden for irregularities',
    '接口因违规被封禁，请登录公众平台查看通知。 The call is blocked for irregularities: read the notice in the WeChat console.',
  ),
  48006: config(
    'clear_quota used up',
    '本月清零次数（10 次）已用完，只能等到零点自动恢复。 This month’s 10 clearings are used up: wait until midnight.',
  ),
  48008: config(
    'account may not send messages of this kind',
    '公众号没有发送这类消息的权限，请在公众平台「接口权限」确认模板消息已开通。 The account may not send messages of this kind: see in the WeChat console that template messages are open to it.',
  ),
  50002: config(
    'account restricted',
    '公众号被限制（可能因违规被封），请登录公众平台查看处罚通知。 The account is restricted, perhaps for irregularities: read the notice in the WeChat console.',
  ),
  50005: config(
    'person does not follow',
    '对方没有关注公众号，请重新扫码关注后再推送。 They do not follow the account: let them scan the code and follow it again.',
  ),
  50004: config(
    'account may not use access tokens',
    '公众号被限制使用接口，请登录公众平台查看处罚通知。 The account is restricted: read the notice in the WeChat console.',
  ),
  61004: config('ip not in whitelist', IP_ADVICE),
  89503: config(
    'an admin must confirm this ip',
    '调用 IP 需要管理员在微信里确认，请公众号管理员处理后重试。 The administrator of the account must confirm this IP in WeChat.',
  ),
  89506: config(
    'this ip was refused by the admin',
    '管理员在 24 小时内拒绝过该 IP，请联系公众号管理员。 The administrator refused this IP within the last 24 hours: ask them.',
  ),
  89507: config(
    'this ip was refused by the admin',
    '管理员在 1 小时内拒绝过该 IP，请联系公众号管理员。 The administrator refused this IP within the last hour: ask them.',
  ),
};

/** The token endpoint says 40001 for a wrong secret. */
const TOKEN_ENDPOINT_CODES: Readonly<Record<number, CodeMeaning>> = {
  40001: config(
    'invalid appsecret',
    'AppSecret 不正确，请检查 WECHAT_APP_SECRET（重置后旧的立即失效）。 The AppSecret is wrong: check WECHAT_APP_SECRET (after a reset the old one is worth nothing).',
  ),
};
const TOKEN_CALLS: ReadonlySet<string> = new Set(['token', 'stable_token']);

const UNKNOWN = config(
  'unknown error',
  '微信返回了未知的错误码，请查阅微信公众平台「全局返回码」。 WeChat gave an unknown code: see its list of global return codes.',
);
const PERSONAL_MENU = bug('personalised menu error');

/** What a code means when `call` answers it. Never fails: unknown codes get a general meaning. */
export function describeCode(code: number, call: string): CodeMeaning {
  if (TOKEN_CALLS.has(call) && TOKEN_ENDPOINT_CODES[code]) {
    return TOKEN_ENDPOINT_CODES[code];
  }
  if (code >= 65301 && code <= 65317) {
    return PERSONAL_MENU;
  }
  return WECHAT_CODES[code] ?? UNKNOWN;
}

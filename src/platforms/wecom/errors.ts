/** WeCom's error codes as one table (code -> what kind of failure, meaning, what to do), and their errors. */
import { PlatformError } from '#src/platforms/platform-error.js';

/**
 * What a code asks for. `later`: passes by itself. `limit`: too often. `token`: another access token. `address`: the
 * caller's IP must be allowed. `config`: a setting or a console switch is wrong. `receiver`: a member cannot be reached.
 * `bug`: the request itself was wrong.
 */
export type WecomCodeKind = 'later' | 'limit' | 'token' | 'address' | 'config' | 'receiver' | 'bug';

/** What an error code means. */
export interface WecomCode {
  kind: WecomCodeKind;
  /** English, for logs. */
  meaning: string;
  /** For the person who set the channel up: Chinese, then English. */
  advice: string;
}

const entry = (kind: WecomCodeKind, meaning: string, advice: string): WecomCode => ({
  kind,
  meaning,
  advice,
});
const bug = (meaning: string) =>
  entry(
    'bug',
    meaning,
    '这是程序的错误，请把日志反馈给青鸟的开发者。 This is an error of the program: send the log to the developers of Qingniao.',
  );
const split = (meaning: string) =>
  entry(
    'bug',
    meaning,
    '接收人太多或有误，请减少接收人后再发。 The receivers are wrong or too many: send to fewer.',
  );
const secret = (meaning: string) =>
  entry(
    'config',
    meaning,
    'Secret 不正确或已被重置，请在企业微信管理后台「应用管理 → 自建应用」里重新复制。 The Secret is wrong or was reset: copy it again in the WeCom console (App management → Self-built).',
  );
const agent = (meaning: string) =>
  entry(
    'config',
    meaning,
    'AgentId 不正确，请在企业微信管理后台的应用页面核对。 The AgentId is wrong: compare it on the app’s page of the WeCom console.',
  );
const member = (meaning: string) =>
  entry(
    'receiver',
    meaning,
    '没有这个成员，请在企业微信管理后台「通讯录」核对成员的账号（不是姓名）。 There is no such member: compare the account (not the name) in Contacts of the WeCom console.',
  );
const outside = (meaning: string) =>
  entry(
    'receiver',
    meaning,
    '接收人都不在应用的可见范围内，请在管理后台的应用页面把他们加入「可见范围」。 The app sees none of the receivers: add them to the visible range on its page of the WeCom console.',
  );
const often = (meaning: string) =>
  entry('limit', meaning, '调用太频繁，过一会儿就恢复。 Too many calls: that passes after a while.');
const stale = (meaning: string) =>
  entry('token', meaning, '访问令牌失效，系统会自动更新。 The token has ended: it is renewed by itself.');

/** The token itself was refused: fetch another and try once more. */
export const TOKEN_CODES: ReadonlySet<number> = new Set([40014, 42001]);

/** The codes that are known, by number. */
export const WECOM_CODES: Readonly<Record<number, WecomCode>> = {
  6000: entry(
    'later',
    'data version conflict',
    '企业微信的数据正被同时修改，通常很快自行恢复。 WeCom’s data is being changed at the same moment: that mostly passes by itself.',
  ),
  [-1]: entry(
    'later',
    'system busy',
    '企业微信系统繁忙，通常很快自行恢复。 WeCom is busy: that mostly passes by itself.',
  ),
  40001: secret('invalid secret'),
  40003: member('invalid userid'),
  40007: bug('invalid media_id'),
  40008: bug('invalid message type'),
  40013: entry(
    'config',
    'invalid corpid',
    '企业 ID 不正确，请在企业微信管理后台「我的企业」页面底部复制企业 ID。 The corp ID is wrong: copy it from the bottom of My company in the WeCom console.',
  ),
  40014: stale('invalid access token'),
  40031: split('invalid userid list'),
  40032: split('userid list too long'),
  40056: agent('invalid agentid'),
  40058: bug('invalid parameter'),
  40091: secret('secret of another corp'),
  41001: bug('access_token missing'),
  41002: entry('config', 'corpid missing', '请填写企业 ID。 Enter the corp ID.'),
  41004: entry('config', 'corpsecret missing', '请填写应用的 Secret。 Enter the Secret of the app.'),
  41011: agent('agentid missing'),
  41016: bug('news title missing'),
  41033: bug('textcard description missing'),
  42001: stale('access token expired'),
  43004: entry(
    'receiver',
    'member has not joined by WeChat',
    '成员没有绑定微信或没有关注微信插件，请其用微信扫「微信插件」的邀请码关注。 The member has not bound WeChat or does not follow the WeChat plugin: let them scan the plugin’s invitation with WeChat.',
  ),
  44004: bug('text content empty'),
  45002: entry(
    'bug',
    'message too large',
    '内容超过企业微信的长度限制，请缩短后再发。 The content is too long for WeCom: shorten it.',
  ),
  45009: often('frequency limit'),
  45033: often('concurrency limit'),
  46004: member('user does not exist'),
  48002: entry(
    'config',
    'API not permitted',
    '应用没有这个接口的权限，请在管理后台检查应用的权限。 The app may not use this call: check its permissions in the WeCom console.',
  ),
  50002: entry(
    'receiver',
    'member outside of what the app sees',
    '成员不在应用的权限范围内，请在管理后台的应用页面把成员加入「可见范围」。 The app does not see this member: add them to its visible range in the WeCom console.',
  ),
  50003: entry(
    'config',
    'app disabled',
    '应用已被停用，请在企业微信管理后台启用它。 The app is switched off: switch it on in the WeCom console.',
  ),
  60011: entry(
    'config',
    'no privilege on member, department or app',
    '应用没有权限访问该成员或部门，请在管理后台的应用页面扩大「可见范围」。 The app does not see this member or department: widen its visible range in the WeCom console.',
  ),
  60020: entry(
    'address',
    'caller ip not trusted',
    '请在企业微信管理后台的应用页面「企业可信 IP」里加入本服务器的出口 IP，约 1 分钟后生效。 Add this server’s outgoing IP to the trusted IPs on the app’s page of the WeCom console; that takes about a minute.',
  ),
  60111: member('userid not found'),
  81013: outside('all receivers invalid or invisible'),
  82001: outside('all receivers invalid'),
  82002: split('too many departments'),
  82003: split('too many tags'),
  301002: entry(
    'config',
    'secret and agentid do not match',
    'Secret 与 AgentId 不是同一个应用的，请核对。 Secret and AgentId are of different apps: compare them.',
  ),
};

const UNKNOWN = entry(
  'bug',
  'unknown error',
  '企业微信返回了未知的错误码，请查阅企业微信开发者中心「全局错误码」。 WeCom gave an unknown code: see its list of global error codes.',
);

/** What a code means; unknown ones get a general meaning. */
export function describeWecomCode(code: number): WecomCode {
  return WECOM_CODES[code] ?? UNKNOWN;
}

/** The error for an answer with an error code. `errmsg` must have been freed of secrets. */
export function wecomError(call: string, code: number, errmsg: string): PlatformError {
  const { kind, meaning, advice } = describeWecomCode(code);
  const ip = kind === 'address' ? findIp(errmsg) : null;
  return new PlatformError(`wecom ${call}: ${code} ${meaning}: ${errmsg}`, {
    platform: 'wecom',
    kind: 'api',
    call,
    code,
    advice: ip
      ? `请在企业微信管理后台的应用页面「企业可信 IP」里加入 ${ip}，约 1 分钟后生效。 Add ${ip} to the trusted IPs on the app’s page of the WeCom console; that takes about a minute.`
      : advice,
    retryable: kind === 'later' || kind === 'limit' || kind === 'token',
    uncertain: false,
    ...(kind === 'limit' ? { pause: 'minute' as const } : {}),
  });
}

/** The error for receivers that the app cannot reach: all of them, or some. */
export function unreachableError(missing: readonly string[]): PlatformError {
  const names = missing.slice(0, 20).join('、');
  return new PlatformError(`wecom check: 81013 receivers invalid or invisible: ${missing.length}`, {
    platform: 'wecom',
    kind: 'api',
    call: 'check',
    code: 81013,
    advice: `这些成员不存在，或不在应用的可见范围内：${names}。请核对成员账号，或在管理后台把他们加入应用的「可见范围」。 Unknown, or outside of what the app sees: ${names}. Compare the accounts, or widen the app’s visible range.`,
    retryable: false,
    uncertain: false,
  });
}

/** The platform writes "..., from ip: 1.2.3.4, more info at ...". */
function findIp(errmsg: string): string | null {
  return /from ip: ?([0-9a-f.:]*[0-9a-f])/i.exec(errmsg)?.[1] ?? null;
}

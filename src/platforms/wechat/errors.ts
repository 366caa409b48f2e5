/** How failures of WeChat become errors that say what to do. */
import { GATEWAY_TIMEOUT, PlatformError, type PlatformErrorFields } from '#src/platforms/platform-error.js';
import { describeCode } from './codes.js';

/** The error for an answer with an error code. `errmsg` must have been freed of secrets. */
export function apiError(call: string, code: number, errmsg: string): PlatformError {
  const { meaning, advice, retryable, pause } = describeCode(code, call);
  const ip = code === 40164 || code === 61004 ? findIp(errmsg) : null;
  return new PlatformError(`wechat ${call}: ${code} ${meaning}: ${errmsg}`, {
    ...fieldsOf(call, 'api'),
    code,
    advice: ip
      ? `请在公众平台的 IP 白名单里加入 ${ip}。 Add ${ip} to the IP list of the WeChat console.`
      : advice,
    retryable,
    pause,
  });
}

/** The error for an HTTP status other than 2xx. From 500 on somebody behind the gateway may have acted. */
export function httpError(call: string, status: number): PlatformError {
  const isServerSide = status >= 500;
  return new PlatformError(`wechat ${call}: http status ${status}`, {
    ...fieldsOf(call, 'http'),
    status,
    advice: isServerSide
      ? status === GATEWAY_TIMEOUT
        ? '网关没有等到微信的应答，微信可能已经收到。 A gateway waited in vain for WeChat, which may have got it.'
        : '微信服务器暂时异常，通常会自行恢复。 WeChat’s server fails for the moment, which mostly passes by itself.'
      : '微信接口地址不正确或被代理改动，请检查 WECHAT_API_BASE。 The address is wrong, or a proxy changed it: check WECHAT_API_BASE.',
    retryable: isServerSide || status === 429,
    uncertain: isServerSide,
  });
}

/** The error for an answer that makes no sense; `what` says what was wrong and quotes nothing of it. */
export function decodeError(call: string, what: string): PlatformError {
  return new PlatformError(`wechat ${call}: ${what}`, {
    ...fieldsOf(call, 'decode'),
    advice:
      '微信的应答无法识别，请检查 WECHAT_API_BASE 是否指向微信，以及中间有无代理。 The answer is not WeChat’s: check WECHAT_API_BASE and any proxy in between.',
    retryable: true,
    uncertain: true,
  });
}

/** The error for no connection or one that broke; `systemCode` is such as ECONNREFUSED. */
export function networkError(call: string, systemCode: string | undefined, sent: boolean): PlatformError {
  const detail = systemCode ?? 'connection failed';
  return new PlatformError(`wechat ${call}: network failure (${detail})`, {
    ...fieldsOf(call, 'network'),
    advice: sent
      ? `请求发出后连接断了（${detail}），微信可能已经收到。 The line broke after the request was sent (${detail}): WeChat may have got it.`
      : `连不上微信服务器（${detail}），请检查网络、DNS 与 WECHAT_API_BASE。 WeChat cannot be reached (${detail}): check network, DNS and WECHAT_API_BASE.`,
    retryable: true,
    uncertain: sent,
  });
}

/** The error for an answer that did not come in time. */
export function timeoutError(call: string, timeoutMs: number, sent: boolean): PlatformError {
  return new PlatformError(`wechat ${call}: no complete answer within ${Math.round(timeoutMs)} ms`, {
    ...fieldsOf(call, 'timeout'),
    advice: sent
      ? '请求已发出，微信没有及时应答，可能已经收到。 The request was sent and WeChat did not answer in time: it may have got it.'
      : '微信服务器没有及时应答，请检查网络。 WeChat did not answer in time: check the network.',
    retryable: true,
    uncertain: sent,
  });
}

function fieldsOf(call: string, kind: PlatformErrorFields['kind']): PlatformErrorFields {
  return { platform: 'wechat', kind, call, advice: '', retryable: false, uncertain: false };
}

/** The platform writes "invalid ip 1.2.3.4 ipv6 ::ffff:1.2.3.4, not in whitelist". */
function findIp(errmsg: string): string | null {
  return /invalid ip ([0-9a-f.:]+)/i.exec(errmsg)?.[1] ?? null;
}

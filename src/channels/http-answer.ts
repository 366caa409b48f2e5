/** One HTTP request to an address that a user gave, and what the common answers mean for a delivery. */
import type { Outcome } from '#src/core/types.js';
import type { Clock } from '#src/lib/clock.js';
import { inBoth } from '#src/lib/in-language.js';
import { FetchError, type SafeAnswer, type SafeRequest } from '#src/lib/safe-fetch.js';
import { takeCodePoints } from '#src/lib/text.js';
import type { ChannelIo } from './channel.js';

/** What to send; the time limit and the size limit are the same for all. */
export type ChannelRequest = Pick<SafeRequest, 'method' | 'headers' | 'body' | 'trust'>;

/** How an answer is read, and what of it must not be repeated. */
export interface AnswerReading {
  /** The outcome of an answer; null leaves it to the common rules. */
  read: (answer: SafeAnswer) => Outcome | null;
  /** Texts that may not appear in a reason, should the other side echo them: keys, tokens. */
  secrets: readonly string[];
  /** Whose answer it is, for people. */
  service: string;
  /** How much of the answer is read; 8 KB unless told. */
  maxBytes?: number;
}

const TIMEOUT_MS = 15_000;
const KEPT_BYTES = 8_192;
const QUOTED_LENGTH = 300;
/** Shorter ones would be found in any words. */
const MIN_SECRET_LENGTH = 4;
const USER_AGENT = 'Qingniao';

/** Sends a request and says how it went. A refusal, a dead host or a forbidden address is an outcome, never thrown. */
export async function sendRequest(
  io: Pick<ChannelIo, 'http' | 'clock'>,
  { url, ...request }: ChannelRequest & { url: string },
  reading: AnswerReading,
): Promise<Outcome> {
  try {
    const answer = await io.http.fetch(url, {
      ...request,
      headers: { 'user-agent': USER_AGENT, ...request.headers },
      timeoutMs: TIMEOUT_MS,
      maxBytes: reading.maxBytes ?? KEPT_BYTES,
    });
    const outcome = reading.read(answer) ?? commonOutcome(answer, reading.service, io.clock);
    return withoutSecrets(outcome, reading.secrets);
  } catch (error) {
    if (error instanceof FetchError) {
      return toFetchOutcome(error, reading.service);
    }
    throw error;
  }
}

/**
 * What a status means where a service says nothing of its own: 2xx sent, 408, 425, 429 and 5xx worth another try (at the
 * time of a Retry-After header), all else refused with advice. A gateway that gave up waiting (504) had passed the request on.
 */
export function commonOutcome(answer: SafeAnswer, service: string, clock: Clock): Outcome {
  const { status } = answer;
  const code = String(status);
  if (status >= 200 && status < 300) {
    return { kind: 'sent' };
  }
  const why = `${service}: HTTP ${status}${quote(answer.body)}`;
  if (status === 504) {
    return { kind: 'unknown', code, why };
  }
  if (status === 429 || status === 408 || status === 425 || status >= 500) {
    const afterMs = readRetryAfter(answer.headers['retry-after'], clock.now());
    return { kind: 'retry', code, why, ...(afterMs === null ? {} : { afterMs }) };
  }
  return { kind: 'refused', code, why: `${why}；${adviceOn(status)}` };
}

/** The other side's words behind a colon, shortened; nothing for an empty answer. */
export function quote(words: string): string {
  const line = words.replace(/[\p{Cc}\s]+/gu, ' ').trim();
  return line === '' ? '' : `: ${takeCodePoints(line, QUOTED_LENGTH, '…')}`;
}

/** Retry-After holds seconds or a date (RFC 9110 section 10.2.3). Milliseconds from now; null for none or a past one. */
export function readRetryAfter(value: string | undefined, now: number): number | null {
  if (value === undefined) {
    return null;
  }
  const afterMs = /^\d+$/.test(value.trim()) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isFinite(afterMs) && afterMs > 0 ? afterMs : null;
}

/** The JSON object that an answer holds; null when it holds none. */
export function readJsonObject(body: string): Record<string, unknown> | null {
  const value = readJson(body)?.value;
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
}

/** The JSON that a text is; null when it is none. Of one that was cut, what is whole of its object or list. */
export function readJson(text: string, isCut = false): { value: unknown } | null {
  for (const whole of isCut ? closeJson(text) : [text]) {
    try {
      return { value: JSON.parse(whole) };
    } catch {
      // The next form may be one.
    }
  }
  return null;
}

/** Ends a cut object or list: as it stands where its last value is surely whole, else behind its last whole member. */
function closeJson(text: string): string[] {
  const closers: string[] = [];
  let [isText, end] = [false, 0];
  for (let at = 0; at < text.length; at += 1) {
    const mark = text[at] ?? '';
    if (isText) {
      at += mark === '\\' ? 1 : 0;
      isText = mark !== '"';
    } else if (mark === '"') {
      isText = true;
    } else if ('{['.includes(mark)) {
      closers.unshift(mark === '{' ? '}' : ']');
    } else if ('}]'.includes(mark)) {
      closers.shift();
    } else if (mark === ',' && closers.length === 1) {
      end = at;
    }
  }
  const upToMember = text.slice(0, end) + (text.startsWith('[') ? ']' : '}');
  // More digits of a number may be lost.
  const isWhole = !isText && /(?:true|false|null|["}\]])\s*$/.test(text);
  return isWhole ? [text + closers.join(''), upToMember] : [upToMember];
}

/** The refusal of an answer that the service cannot have given: something else stands at the address. */
export function notThisService(answer: SafeAnswer, service: string): Outcome {
  const why = `${service}: HTTP ${answer.status}，应答不是 ${service} 的格式，请检查服务器地址 the answer is not one of ${service}: check the server address`;
  return { kind: 'refused', code: 'not_this_service', why };
}

function adviceOn(status: number): string {
  if (status === 401 || status === 403) {
    return '凭据不正确或已被吊销，请在通道设置里更新 credentials are wrong or were revoked: update the channel';
  }
  if (status === 404 || status === 405) {
    return '地址不正确，请检查通道设置里的地址 nothing at this address: check the channel';
  }
  if (status >= 300 && status < 400) {
    return '不跟随跳转，请填写最终地址 redirects are not followed: give the final address';
  }
  return '对方拒绝了这条消息 the other side refused this message';
}

const CERTIFICATE_ADVICE =
  '请换一张有效的证书，或把它的指纹或 CA 证书填进通道的「证书」 give it a valid certificate, or put its fingerprint or CA into the channel’s “Certificate”';

function toFetchOutcome(error: FetchError, service: string): Outcome {
  const why = `${service}: ${error.message}`;
  switch (error.reason) {
    case 'blocked':
      return {
        kind: 'refused',
        code: error.reason,
        why: `${why}；服务器不允许访问内网地址 this server does not reach private networks`,
      };
    case 'tls': {
      const said = inBoth(`${service}: ${error.zh ?? error.message}`, error.message);
      const advice = error.isOfCertificate ? `；${CERTIFICATE_ADVICE}` : '';
      return { kind: 'retry', code: error.reason, why: `${said}${advice}` };
    }
    case 'bad_url':
      return { kind: 'refused', code: error.reason, why: `${why}；请检查通道设置 check the channel` };
    default:
      return error.sent
        ? { kind: 'unknown', code: error.reason, why: `${why}；请求可能已送达 the request may have arrived` }
        : { kind: 'retry', code: error.reason, why };
  }
}

function withoutSecrets(outcome: Outcome, secrets: readonly string[]): Outcome {
  const forms = secrets
    .filter((secret) => secret.length >= MIN_SECRET_LENGTH)
    // PHP writes a slash in JSON with a backslash.
    .flatMap((secret) => [secret, encodeURIComponent(secret), secret.replaceAll('/', '\\/')]);
  if (outcome.kind === 'sent') {
    return outcome.detail === undefined ? outcome : { ...outcome, detail: maskAll(outcome.detail, forms) };
  }
  return { ...outcome, why: maskAll(outcome.why, forms) };
}

/** Longer ones first, so that no rest of one that holds another stays. */
function maskAll(text: string, secrets: readonly string[]): string {
  return [...secrets]
    .sort((a, b) => b.length - a.length)
    .reduce((done, secret) => maskCut(done.replaceAll(secret, '***'), secret), text);
}

/** The quoted words may end in the middle of a secret. */
function maskCut(text: string, secret: string): string {
  const end = text.lastIndexOf('…');
  for (let length = Math.min(secret.length - 1, end); length >= MIN_SECRET_LENGTH; length -= 1) {
    if (text.endsWith(secret.slice(0, length), end)) {
      return `${text.slice(0, end - length)}***${text.slice(end)}`;
    }
  }
  return text;
}

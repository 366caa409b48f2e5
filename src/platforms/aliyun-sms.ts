/** Aliyun's SMS API (Dysmsapi, version 2017-05-25): one signed call that sends a template to a phone. */
import { createHmac } from 'node:crypto';
import type { Clock } from '#src/lib/clock.js';
import { createOutgoingAgent } from '#src/lib/connector.js';
import { type ExchangeAnswer, ExchangeError, exchange } from '#src/lib/http-exchange.js';
import type { OutgoingProxy } from '#src/lib/outgoing-proxy.js';

/** Whose account sends; both are made in Aliyun's RAM console. */
export interface SmsCredentials {
  accessKeyId: string;
  accessKeySecret: string;
}

/** One short message. */
export interface SmsRequest {
  phone: string;
  /** The approved signature (短信签名). */
  signName: string;
  /** `SMS_` and digits. */
  templateCode: string;
  /** The template's variables by name. */
  templateParam: Readonly<Record<string, string>>;
  /** Our own id; it comes back in the vendor's reports. */
  outId: string;
}

/** What the vendor answered. `code` is `OK` for an accepted message, which then has a `bizId`. */
export type SmsAnswer =
  | { kind: 'answer'; status: number; code: string; message: string; bizId: string }
  /** `sent`: the request may have arrived. */
  | { kind: 'no_answer'; reason: 'network' | 'timeout' | 'decode'; status: number | null; sent: boolean };

/** The client. Its promises never reject for a remote failure. */
export interface SmsPlatform {
  sendSms(credentials: SmsCredentials, request: SmsRequest): Promise<SmsAnswer>;
  close(): Promise<void>;
}

const TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 64 * 1024;

/**
 * Makes the client.
 * @param deps.base scheme, host and an optional path, without a trailing slash
 * @param deps.makeNonce gives a text that never repeats: the vendor drops a nonce it has seen
 */
export function createSmsPlatform(deps: {
  base: string;
  clock: Clock;
  makeNonce: () => string;
  proxy?: OutgoingProxy | null;
}): SmsPlatform {
  const { origin, pathname } = new URL(deps.base);
  const path = `${pathname.replace(/\/+$/, '')}/`;
  const agent = createOutgoingAgent(
    { proxy: deps.proxy ?? null, timeoutMs: TIMEOUT_MS },
    { connections: 16 },
  );
  return {
    sendSms: async (credentials, request) => {
      const parameters = smsParameters(credentials, request, {
        nonce: deps.makeNonce(),
        at: new Date(deps.clock.now()),
      });
      try {
        const answer = await exchange(agent.dispatcher, {
          origin,
          path,
          method: 'POST',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          body: signedForm(parameters, credentials.accessKeySecret),
          timeoutMs: TIMEOUT_MS,
          maxBytes: MAX_ANSWER_BYTES,
        });
        return readAnswer(answer);
      } catch (error) {
        if (error instanceof ExchangeError) {
          const reason = error.reason === 'timeout' ? 'timeout' : 'network';
          return { kind: 'no_answer', reason, status: null, sent: error.sent };
        }
        throw error;
      }
    },
    close: () => agent.close(),
  };
}

function smsParameters(
  credentials: SmsCredentials,
  request: SmsRequest,
  { nonce, at }: { nonce: string; at: Date },
): Record<string, string> {
  return {
    Action: 'SendSms',
    Version: '2017-05-25',
    Format: 'JSON',
    RegionId: 'cn-hangzhou',
    AccessKeyId: credentials.accessKeyId,
    SignatureMethod: 'HMAC-SHA1',
    SignatureVersion: '1.0',
    SignatureNonce: nonce,
    Timestamp: `${at.toISOString().slice(0, 19)}Z`,
    PhoneNumbers: request.phone,
    SignName: request.signName,
    TemplateCode: request.templateCode,
    TemplateParam: JSON.stringify(request.templateParam),
    OutId: request.outId,
  };
}

/** The parameters as a form with their signature. */
export function signedForm(parameters: Readonly<Record<string, string>>, accessKeySecret: string): string {
  const query = canonicalQuery(parameters);
  return `Signature=${encode(signRpc(parameters, { method: 'POST', accessKeySecret }))}&${query}`;
}

/**
 * The signature of Aliyun's RPC calls: HMAC-SHA1 with the secret and `&`, over the method, the path `/` and the sorted
 * parameters, each percent-encoded (RFC 3986), in Base64.
 */
export function signRpc(
  parameters: Readonly<Record<string, string>>,
  { method, accessKeySecret }: { method: 'GET' | 'POST'; accessKeySecret: string },
): string {
  const text = `${method}&${encode('/')}&${encode(canonicalQuery(parameters))}`;
  return createHmac('sha1', `${accessKeySecret}&`).update(text, 'utf8').digest('base64');
}

function canonicalQuery(parameters: Readonly<Record<string, string>>): string {
  return Object.entries(parameters)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .join('&');
}

/** encodeURIComponent leaves five more characters than RFC 3986 does. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function readAnswer({ status, body }: ExchangeAnswer): SmsAnswer {
  const value = parse(body.toString('utf8'));
  const text = (name: string): string => {
    const found = value?.[name];
    return typeof found === 'string' ? found : '';
  };
  if (text('Code') === '') {
    // Success that cannot be read may be one; a gateway that waited in vain had passed the call on.
    return { kind: 'no_answer', reason: 'decode', status, sent: status < 300 || status === 504 };
  }
  return { kind: 'answer', status, code: text('Code'), message: text('Message'), bizId: text('BizId') };
}

function parse(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : null;
  } catch {
    return null;
  }
}

/** Sends one request to the WeChat API host and turns everything but a good answer into a PlatformError. */
import { createOutgoingAgent } from '#src/lib/connector.js';
import { type ExchangeAnswer, ExchangeError, exchange } from '#src/lib/http-exchange.js';
import type { OutgoingProxy } from '#src/lib/outgoing-proxy.js';
import { apiError, decodeError, httpError, networkError, timeoutError } from './errors.js';
import { parseAnswer } from './json.js';

/** The platform's answer: an object whose integers of 16 digits and more are strings. */
export type WechatAnswer = Record<string, unknown>;

/** One request. */
export interface WechatRequest {
  method: 'GET' | 'POST';
  /** From `/cgi-bin/...` or `/sns/...` on, with the query. */
  path: string;
  body?: string;
  timeoutMs: number;
  /** Texts that must not appear in an error, should the platform echo them: the token, a sign-in code. */
  secrets: readonly string[];
}

/** A connection pool to one API host. */
export interface WechatTransport {
  /** Gives the answer if its HTTP status is 2xx, it is a JSON object and carries no error code; else a PlatformError. */
  send(request: WechatRequest): Promise<WechatAnswer>;
  close(): Promise<void>;
}

const MAX_ANSWER_BYTES = 1024 * 1024;
/** At 100 ms a call, 256 connections carry 2,500 calls a second. */
const CONNECTIONS = 256;
const KEEP_ALIVE_MS = 15_000;
const CONNECT_TIMEOUT_MS = 10_000;
const JSON_HEADERS = { 'content-type': 'application/json' };
const MAX_ERRMSG_LENGTH = 200;

/** Where the transport leads. */
export interface WechatTransportOptions {
  /** Scheme, host and an optional path, as in `http://127.0.0.1:8080/simulator/wechat`. */
  apiBase: string;
  /** Kept out of every error. */
  appSecret: string;
  proxy?: OutgoingProxy | null | undefined;
}

/** Makes the transport. */
export function createWechatTransport(options: WechatTransportOptions): WechatTransport {
  const { apiBase, appSecret, proxy = null } = options;
  const { origin, pathname } = new URL(apiBase);
  const prefix = pathname.replace(/\/+$/, '');
  const agent = createOutgoingAgent(
    { proxy, timeoutMs: CONNECT_TIMEOUT_MS },
    { connections: CONNECTIONS, keepAliveTimeout: KEEP_ALIVE_MS },
  );
  const send = async (request: WechatRequest) => {
    const call = callName(request.path);
    const answer = await exchange(agent.dispatcher, {
      origin,
      path: prefix + request.path,
      method: request.method,
      headers: request.body === undefined ? undefined : JSON_HEADERS,
      body: request.body,
      timeoutMs: request.timeoutMs,
      maxBytes: MAX_ANSWER_BYTES,
    }).catch((error: unknown) => {
      throw toPlatformError(call, request.timeoutMs, error);
    });
    return readAnswer(call, answer, [appSecret, ...request.secrets]);
  };
  return { send, close: agent.close };
}

/** `/cgi-bin/message/template/send?access_token=...` -> `message/template/send`. */
function callName(path: string): string {
  const end = path.indexOf('?');
  return (end === -1 ? path : path.slice(0, end)).replace(/^\/(cgi-bin\/)?/, '');
}

function readAnswer(call: string, answer: ExchangeAnswer, secrets: readonly string[]): WechatAnswer {
  if (answer.status < 200 || answer.status > 299) {
    throw httpError(call, answer.status);
  }
  if (answer.truncated) {
    throw decodeError(call, 'the answer is larger than 1 MB');
  }
  const decoded = parseAnswer(answer.body.toString('utf8'));
  if (!decoded) {
    throw decodeError(call, 'the answer is not a JSON object');
  }
  const code = Number(decoded.errcode ?? 0);
  if (Number.isNaN(code)) {
    throw decodeError(call, 'the answer has an unreadable errcode');
  }
  if (code !== 0) {
    throw apiError(call, code, cleanErrmsg(decoded.errmsg, secrets));
  }
  return decoded;
}

function cleanErrmsg(errmsg: unknown, secrets: readonly string[]): string {
  const text = typeof errmsg === 'string' ? errmsg : '';
  const clean = secrets
    .flatMap((secret) => [secret, encodeURIComponent(secret)])
    .filter((secret) => secret !== '')
    .reduce((done, secret) => done.replaceAll(secret, '***'), text);
  return clean.slice(0, MAX_ERRMSG_LENGTH);
}

function toPlatformError(call: string, timeoutMs: number, error: unknown): unknown {
  if (!(error instanceof ExchangeError)) {
    return error;
  }
  return error.reason === 'timeout'
    ? timeoutError(call, timeoutMs, error.sent)
    : networkError(call, error.code, error.sent);
}

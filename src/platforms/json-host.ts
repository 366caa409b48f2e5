/** One fixed host that speaks JSON: sends a request and gives what it answers, or a PlatformError that says what to do. */
import { createOutgoingAgent } from '#src/lib/connector.js';
import { type ExchangeAnswer, ExchangeError, exchange } from '#src/lib/http-exchange.js';
import type { OutgoingProxy } from '#src/lib/outgoing-proxy.js';
import {
  GATEWAY_TIMEOUT,
  PlatformError,
  type PlatformErrorFields,
  type PlatformName,
} from './platform-error.js';

/** Which host, and how people call it. */
export interface JsonHostConfig {
  platform: PlatformName;
  /** Its Chinese name, for advice. */
  title: string;
  /** The setting that holds `base`, for advice. */
  baseSetting: string;
  /** Scheme, host and an optional path. */
  base: string;
  /** What requests go through; absent: nothing. */
  proxy?: OutgoingProxy | null | undefined;
  /** The error code in an answer (0 is success), or null where the answer has none that can be read. */
  readCode: (fields: Record<string, unknown>) => number | null;
}

/** One request. */
export interface JsonRequest {
  method: 'GET' | 'POST';
  /** What follows the base, with the query. */
  path: string;
  /** What failed, for errors; never the path, which may hold a credential. */
  call: string;
  body?: unknown;
  timeoutMs: number;
  /** Texts that must not come back in a message, should the host echo them. */
  secrets: readonly string[];
}

/** An answer that has a code. */
export interface JsonAnswer {
  status: number;
  code: number;
  /** The host's own words, without secrets, at most 300 characters. */
  message: string;
  fields: Record<string, unknown>;
}

/** A connection pool to one host. */
export interface JsonHost {
  /**
   * Gives every answer that has a code: success with a 2xx, a refusal also with a 4xx but 429. Throws PlatformError of kind
   * `network`, `timeout`, `http` or `decode` for all else.
   */
  send(request: JsonRequest): Promise<JsonAnswer>;
  /** Closes the connections. */
  close(): Promise<void>;
}

const MAX_ANSWER_BYTES = 4 * 1024 * 1024;
const MAX_MESSAGE_LENGTH = 300;
const CONNECTIONS = 64;
const KEEP_ALIVE_MS = 15_000;
const CONNECT_TIMEOUT_MS = 10_000;

/** Makes the pool; it opens nothing before the first request. */
export function createJsonHost(config: JsonHostConfig): JsonHost {
  const { origin, pathname } = new URL(config.base);
  const prefix = pathname.replace(/\/+$/, '');
  const agent = createOutgoingAgent(
    { proxy: config.proxy ?? null, timeoutMs: CONNECT_TIMEOUT_MS },
    { connections: CONNECTIONS, keepAliveTimeout: KEEP_ALIVE_MS },
  );
  return {
    send: async (request) => {
      const answer = await exchange(agent.dispatcher, {
        origin,
        path: prefix + request.path,
        method: request.method,
        ...(request.body === undefined
          ? {}
          : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(request.body) }),
        timeoutMs: request.timeoutMs,
        maxBytes: MAX_ANSWER_BYTES,
      }).catch((error: unknown) => {
        throw toPlatformError(config, request, error);
      });
      return readAnswer(config, request, answer);
    },
    close: agent.close,
  };
}

function readAnswer(config: JsonHostConfig, request: JsonRequest, answer: ExchangeAnswer): JsonAnswer {
  const { status } = answer;
  const fields = status >= 500 || status === 429 ? null : parseObject(answer.body.toString('utf8'));
  const code = fields && config.readCode(fields);
  // Success with another status is the word of something in between, such as a proxy that shows the way elsewhere.
  const isIts = (status >= 200 && status < 300) || (status >= 400 && code !== 0);
  if (fields && code !== null && isIts) {
    return { status, code, message: cleanMessage(fields.errmsg ?? fields.msg, request.secrets), fields };
  }
  throw status < 200 || status > 299
    ? httpError(config, request.call, status)
    : new PlatformError(`${config.platform} ${request.call}: the answer is no JSON object with a code`, {
        ...fieldsOf(config, request.call, 'decode'),
        advice: `${config.title}的应答无法识别，请检查 ${config.baseSetting} 与中间的代理。 The answer cannot be read: check ${config.baseSetting} and any proxy in between.`,
        uncertain: true,
      });
}

function httpError(config: JsonHostConfig, call: string, status: number): PlatformError {
  const isPassing = status >= 500 || status === 429;
  return new PlatformError(`${config.platform} ${call}: http status ${status}`, {
    ...fieldsOf(config, call, 'http'),
    status,
    advice: isPassing
      ? status === GATEWAY_TIMEOUT
        ? `网关没有等到${config.title}的应答，对方可能已经收到。 A gateway waited in vain for the server, which may have got it.`
        : `${config.title}服务器暂时异常或限流，通常会自行恢复。 The server fails or limits for the moment, which mostly passes by itself.`
      : `${config.title}接口地址不正确或被代理改动，请检查 ${config.baseSetting}。 The address is wrong, or a proxy changed it: check ${config.baseSetting}.`,
    retryable: isPassing,
    uncertain: status >= 500,
  });
}

function toPlatformError(config: JsonHostConfig, request: JsonRequest, error: unknown): unknown {
  if (!(error instanceof ExchangeError)) {
    return error;
  }
  const { call, timeoutMs } = request;
  if (error.reason === 'timeout') {
    return new PlatformError(
      `${config.platform} ${call}: no complete answer within ${Math.round(timeoutMs)} ms`,
      {
        ...fieldsOf(config, call, 'timeout'),
        advice: error.sent
          ? `请求已发出，${config.title}没有及时应答，可能已经收到。 The request was sent and the server did not answer in time: it may have got it.`
          : `${config.title}服务器没有及时应答，请检查网络。 The server did not answer in time: check the network.`,
        uncertain: error.sent,
      },
    );
  }
  const detail = error.code ?? 'connection failed';
  return new PlatformError(`${config.platform} ${call}: network failure (${detail})`, {
    ...fieldsOf(config, call, 'network'),
    advice: error.sent
      ? `请求发出后连接断了（${detail}），${config.title}可能已经收到。 The line broke after the request was sent (${detail}): the server may have got it.`
      : `连不上${config.title}服务器（${detail}），请检查网络、DNS 与 ${config.baseSetting}。 The server cannot be reached (${detail}): check network, DNS and ${config.baseSetting}.`,
    uncertain: error.sent,
  });
}

function fieldsOf(
  config: JsonHostConfig,
  call: string,
  kind: PlatformErrorFields['kind'],
): PlatformErrorFields {
  return { platform: config.platform, kind, call, advice: '', retryable: true, uncertain: false };
}

function cleanMessage(message: unknown, secrets: readonly string[]): string {
  const text = typeof message === 'string' ? message : '';
  return secrets
    .flatMap((secret) => [secret, encodeURIComponent(secret)])
    .filter((secret) => secret !== '')
    .reduce((done, secret) => done.replaceAll(secret, '***'), text)
    .slice(0, MAX_MESSAGE_LENGTH);
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

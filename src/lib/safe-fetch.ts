/** HTTP requests to addresses that users gave: they reach the public internet and nothing of our own network. */
import type { LookupFunction } from 'node:net';
import { LRUCache } from 'lru-cache';
import { createOutgoingAgent, type OutgoingAgent } from './connector.js';
import { createHostResolver, type HostAddress, type ResolveHost } from './host-resolver.js';
import { type ExchangeAnswer, ExchangeError, exchange } from './http-exchange.js';
import type { OutgoingProxy } from './outgoing-proxy.js';
import { findReachable, isPlainlyInside, type Reach, UnreachableHost } from './reachable.js';
import { describeTlsFault, type TlsTrust } from './tls-trust.js';

/**
 * `blocked`: the address is plainly in a private network; a name that leads there is `dns`, as one that leads nowhere. `bad_url`: the address or a header is not usable at all. `tls`: the
 * server's certificate is not taken.
 */
export type FetchErrorReason = 'blocked' | 'dns' | 'timeout' | 'network' | 'bad_url' | 'tls';

/** No answer came. The message holds no part of the address, headers or body (webhook addresses are secrets). */
export class FetchError extends Error {
  readonly reason: FetchErrorReason;
  /** Whether the request, or a part of it, may have reached the other side. */
  readonly sent: boolean;
  /** The same in Chinese, where there are words for it. */
  readonly zh: string | undefined;
  /** Whether the other side's certificate is at fault (`tls`). */
  readonly isOfCertificate: boolean;

  constructor(
    reason: FetchErrorReason,
    message: string,
    {
      sent = false,
      zh,
      isOfCertificate = false,
    }: { sent?: boolean; zh?: string; isOfCertificate?: boolean } = {},
  ) {
    super(message);
    this.name = 'FetchError';
    this.reason = reason;
    this.sent = sent;
    this.zh = zh;
    this.isOfCertificate = isOfCertificate;
  }
}

/** What to send. */
export interface SafeRequest {
  /** Default GET. */
  method?: string;
  /** Headers that belong to the connection (Host, Content-Length, ...) are left out. */
  headers?: Record<string, string>;
  body?: string | Buffer;
  /** From the call to the last byte of the answer. */
  timeoutMs: number;
  /** How much of the answer's body to keep. */
  maxBytes: number;
  /** The certificate that is taken instead of those of the public authorities. */
  trust?: TlsTrust;
}

/** What came back, whatever its status; a 3xx is not followed. */
export interface SafeAnswer {
  status: number;
  /** Names in lower case; repeated headers joined by `, `. */
  headers: Record<string, string>;
  /** The first `maxBytes` of the body as text (see decodeAnswer), a cut last character left out. */
  body: string;
  /** Whether the body was longer than that. */
  truncated: boolean;
}

/** A guarded HTTP client. */
export interface SafeFetch {
  /** Sends a request. Throws `FetchError` and nothing else. */
  fetch(url: string, request: SafeRequest): Promise<SafeAnswer>;
  /**
   * Checks an address when it is saved: throws `FetchError` `bad_url` or `blocked`. Looks no name up, so a name that
   * leads inside is found only by `fetch`.
   */
  checkUrl(url: string): void;
  /** Ends the idle connections and waits for the requests under way. */
  close(): Promise<void>;
}

const MAX_URL_LENGTH = 4_096;
const CONNECT_TIMEOUT_MS = 10_000;
/**
 * To one origin. No less than callers have under way in all: one host may serve a thousand endpoints, and those of its paths
 * that hang must not hold the others up. Each caller bounds its own calls.
 */
const CONNECTIONS_PER_ORIGIN = 1024;
const CONNECTION_HEADERS =
  /^(host|connection|keep-alive|transfer-encoding|content-length|upgrade|expect|te|trailer|proxy-.*)$/i;

/** So many servers with certificates of their own keep their connections. */
const MAX_TRUSTS = 100;

/** What a guarded client is made with. */
export interface SafeFetchOptions {
  /** Switches the address check off (sandbox mode). */
  allowPrivate: boolean;
  /** Replaces DNS, for tests. */
  resolve?: ResolveHost;
  proxy?: OutgoingProxy | null;
  /** Told of a name that leads into a private network, which its sender is not. */
  onInside?: (host: string) => void;
}

/**
 * Makes a guarded client. A name is resolved once for each new connection, its addresses are checked, and the socket
 * connects to a checked one: an answer that changes between check and use (DNS rebinding) gains nothing. A proxy is told
 * that address too, not the name, unless private networks are open anyway.
 */
export function createSafeFetch(options: SafeFetchOptions): SafeFetch {
  const { allowPrivate, resolve = createHostResolver(), proxy = null, onInside } = options;
  const reach = { allowPrivate, resolve, ...(onInside ? { onInside } : {}) };
  const find = (host: string): Promise<HostAddress[]> => findUsable(host, reach);
  const open = (trust?: TlsTrust): OutgoingAgent =>
    createOutgoingAgent(
      {
        proxy,
        timeoutMs: CONNECT_TIMEOUT_MS,
        lookup: guardLookup(find),
        ...(allowPrivate ? {} : { pickAddress: async (host) => (await find(host))[0]?.address ?? host }),
        ...(trust ? { trust } : {}),
      },
      { connections: CONNECTIONS_PER_ORIGIN },
    );
  const common = open();
  const trusting = new LRUCache<string, OutgoingAgent>({
    max: MAX_TRUSTS,
    dispose: (agent) => void agent.close(),
  });
  const agentFor = (trust: TlsTrust | undefined): OutgoingAgent => {
    if (!trust) {
      return common;
    }
    const name = trust.kind === 'pin' ? trust.sha256 : trust.pem;
    const agent = trusting.get(name) ?? open(trust);
    trusting.set(name, agent);
    return agent;
  };
  const fetch = async (url: string, request: SafeRequest) => {
    const target = readUrl(url, allowPrivate);
    try {
      const answer = await exchange(agentFor(request.trust).dispatcher, {
        origin: target.origin,
        path: target.pathname + target.search,
        method: request.method ?? 'GET',
        headers: withoutConnectionHeaders(request.headers ?? {}),
        body: request.body,
        timeoutMs: request.timeoutMs,
        maxBytes: request.maxBytes,
      });
      return toSafeAnswer(answer);
    } catch (error) {
      throw toFetchError(error, request.timeoutMs);
    }
  };
  let closing: Promise<void> | null = null;
  const close = () => {
    closing ??= Promise.all([common, ...trusting.values()].map((agent) => agent.close())).then(() => {});
    return closing;
  };
  return {
    fetch,
    checkUrl: (url) => {
      readUrl(url, allowPrivate);
    },
    close,
  };
}

function readUrl(text: string, allowPrivate: boolean): URL {
  const url = text.length <= MAX_URL_LENGTH && URL.canParse(text) ? new URL(text) : null;
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:') || url.hostname === '') {
    throw new FetchError('bad_url', 'the address must be a complete http or https URL');
  }
  if (url.username !== '' || url.password !== '') {
    throw new FetchError('bad_url', 'the address must not contain a user name or password');
  }
  // The URL parser has already turned forms such as 0x7f.1 or 2130706433 into 127.0.0.1.
  const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (isPlainlyInside(host) && !allowPrivate) {
    throw new FetchError('blocked', 'the address is in a private network');
  }
  return url;
}

/** The addresses of a host that may be connected to, at least one. Throws FetchError dns, blocked. */
async function findUsable(host: string, reach: Reach): Promise<HostAddress[]> {
  try {
    return await findReachable(host.replace(/^\[|\]$/g, ''), reach);
  } catch (error) {
    throw error instanceof UnreachableHost
      ? new FetchError(error.isPlainlyInside ? 'blocked' : 'dns', error.message)
      : error;
  }
}

/** A `lookup` for net.connect, which takes the address to connect to from here and asks nobody else. */
function guardLookup(find: (host: string) => Promise<HostAddress[]>): LookupFunction {
  return (hostname, options, callback) => {
    find(hostname).then(
      (usable) => {
        const [first] = usable;
        if (options.all || !first) {
          callback(null, usable);
        } else {
          callback(null, first.address, first.family);
        }
      },
      (error: NodeJS.ErrnoException) => callback(error, [], 0),
    );
  };
}

function withoutConnectionHeaders(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !CONNECTION_HEADERS.test(name)));
}

function toSafeAnswer(answer: ExchangeAnswer): SafeAnswer {
  const headers = Object.entries(answer.headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(', ') : (value ?? ''),
  ]);
  return {
    status: answer.status,
    headers: Object.fromEntries(headers),
    body: decodeAnswer(answer),
    truncated: answer.truncated,
  };
}

/** UTF-8 unless its sender names another charset; what is not what it is called is read as GB 18030, which takes GBK. */
function decodeAnswer({ body, truncated, headers }: ExchangeAnswer): string {
  const [, named = 'utf-8'] = /charset\s*=\s*"?([\w.:-]+)/i.exec(String(headers['content-type'] ?? '')) ?? [];
  // `stream` keeps back the bytes of a character that the limit cut in two.
  const decode = (charset: string, fatal: boolean) =>
    new TextDecoder(charset, { fatal }).decode(body, { stream: truncated });
  for (const charset of [named, 'utf-8', 'gb18030']) {
    try {
      return decode(charset, true);
    } catch {
      // A charset that is unknown, or that these bytes are not of.
    }
  }
  return decode('utf-8', false);
}

function toFetchError(error: unknown, timeoutMs: number): unknown {
  if (!(error instanceof ExchangeError)) {
    return error;
  }
  if (error.origin instanceof FetchError) {
    // A fresh one each: the requests that waited for one connection share what its connector threw.
    return new FetchError(error.origin.reason, error.origin.message);
  }
  switch (error.reason) {
    case 'timeout':
      return new FetchError('timeout', `no complete answer within ${timeoutMs} ms`, { sent: error.sent });
    case 'invalid':
      return new FetchError('bad_url', 'the request has an unusable method, path or header');
    case 'network': {
      const fault = error.sent ? null : describeTlsFault(error.code);
      if (fault) {
        return new FetchError('tls', fault.en, { zh: fault.zh, isOfCertificate: fault.isOfCertificate });
      }
      const code = error.code ? ` (${error.code})` : '';
      return new FetchError('network', `the connection failed${code}`, { sent: error.sent });
    }
  }
}

/** Calls the WeCom API for any number of apps, each with a living token of its own. */
import { LRUCache } from 'lru-cache';
import { sha256Hex } from '#src/lib/hash.js';
import { createJsonHost, type JsonAnswer } from '#src/platforms/json-host.js';
import { PlatformError } from '#src/platforms/platform-error.js';
import { retryBriefly } from '#src/platforms/retry-briefly.js';
import { type StoredToken, TokenKeeper } from '#src/platforms/token-keeper.js';
import { withToken } from '#src/platforms/with-token.js';
import { TOKEN_CODES, wecomError } from './errors.js';
import type { WecomCredentials, WecomDeps } from './types.js';

/** WeCom's answer, whose error code was 0. */
export type WecomAnswer = Record<string, unknown>;

/** Authorised calls. */
export interface WecomClient {
  /** GETs below `/cgi-bin/`; passing failures are tried again, briefly. */
  get(credentials: WecomCredentials, call: string, query?: Record<string, string>): Promise<WecomAnswer>;
  /** POSTs below `/cgi-bin/`; tried again only when it never left. */
  post(credentials: WecomCredentials, call: string, body: unknown): Promise<WecomAnswer>;
  /** Asks for a token past every cache, to learn whether corp id and secret are right. */
  checkSecret(credentials: WecomCredentials): Promise<void>;
  close(): Promise<void>;
}

const DEFAULT_TIMEOUT_MS = 5_000;
/** Apps whose token stays in memory; the store keeps the others'. */
const KEPT_APPS = 2_000;
/** WeCom's own upper bounds. */
const MAX_TOKEN_LENGTH = 512;
const MAX_LIFE_SECONDS = 7_200;

/** Makes the client. */
export function createWecomClient({ config, tokens, clock, log }: WecomDeps): WecomClient {
  const timeoutMs = config.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const host = createJsonHost({
    platform: 'wecom',
    title: '企业微信',
    baseSetting: 'WECOM_API_BASE',
    base: config.apiBase,
    proxy: config.proxy,
    readCode: readErrcode,
  });
  const keepers = new LRUCache<string, TokenKeeper>({ max: KEPT_APPS });

  async function requestToken({ corpId, secret }: WecomCredentials): Promise<StoredToken> {
    const query = new URLSearchParams({ corpid: corpId, corpsecret: secret });
    const path = `/cgi-bin/gettoken?${query}`;
    return retryBriefly({ budgetMs: timeoutMs, idempotent: true }, async (leftMs) => {
      // From before the request, so that WeCom's clock never runs out first.
      const askedAt = clock.now();
      const request = {
        method: 'GET' as const,
        path,
        call: 'gettoken',
        timeoutMs: leftMs,
        secrets: [secret],
      };
      return toToken(readGood('gettoken', await host.send(request)), askedAt);
    });
  }

  function keeperOf(credentials: WecomCredentials): TokenKeeper {
    // By corp and secret: two apps of one corp have a token each.
    const name = `wecom:${credentials.corpId}:${sha256Hex(credentials.secret).slice(0, 24)}`;
    const known = keepers.get(name);
    if (known) {
      return known;
    }
    const request = () => requestToken(credentials);
    const keeper = new TokenKeeper({ name, store: tokens, request, clock, log: log.child('wecom-token') });
    keepers.set(name, keeper);
    return keeper;
  }

  const callWith = (credentials: WecomCredentials, request: Call) =>
    withToken({
      keeper: keeperOf(credentials),
      tokenCodes: TOKEN_CODES,
      attempt: (token) =>
        retryBriefly({ budgetMs: timeoutMs, idempotent: request.method === 'GET' }, async (leftMs) => {
          const { call, query, ...rest } = request;
          const path = `/cgi-bin/${call}?${new URLSearchParams({ access_token: token, ...query })}`;
          const secrets = [token, credentials.secret];
          return readGood(call, await host.send({ ...rest, path, call, timeoutMs: leftMs, secrets }));
        }),
    });

  return {
    get: (credentials, call, query = {}) => callWith(credentials, { method: 'GET', call, query }),
    post: (credentials, call, body) => callWith(credentials, { method: 'POST', call, query: {}, body }),
    checkSecret: async (credentials) => {
      await requestToken(credentials);
    },
    close: async () => {
      await Promise.all([...keepers.values()].map((keeper) => keeper.idle()));
      await host.close();
    },
  };
}

interface Call {
  method: 'GET' | 'POST';
  call: string;
  query: Record<string, string>;
  body?: unknown;
}

/** Every WeCom answer has an errcode, also a good one. */
function readErrcode({ errcode }: Record<string, unknown>): number | null {
  const code = typeof errcode === 'string' && errcode !== '' ? Number(errcode) : errcode;
  return typeof code === 'number' && Number.isInteger(code) ? code : null;
}

function readGood(call: string, answer: JsonAnswer): WecomAnswer {
  if (answer.code !== 0) {
    throw wecomError(call, answer.code, answer.message);
  }
  return answer.fields;
}

function toToken(answer: WecomAnswer, askedAt: number): StoredToken {
  const { access_token: value, expires_in: lifeSeconds } = answer;
  const isUsable = typeof value === 'string' && value !== '' && value.length <= MAX_TOKEN_LENGTH;
  if (!isUsable || typeof lifeSeconds !== 'number' || !(lifeSeconds > 0)) {
    throw new PlatformError('wecom gettoken: the answer holds no usable access token', {
      platform: 'wecom',
      kind: 'decode',
      call: 'gettoken',
      advice:
        '企业微信的应答无法识别，请检查 WECOM_API_BASE 与中间的代理。 The answer is not WeCom’s: check WECOM_API_BASE and any proxy in between.',
      retryable: true,
      uncertain: false,
    });
  }
  return { value, expiresAt: askedAt + Math.min(lifeSeconds, MAX_LIFE_SECONDS) * 1000 };
}

/** Calls the WeChat API with a living token: through wechat-api's catalogue of methods, or directly where it has none. */
import WechatApi from 'wechat-api';
import { PlatformError } from '#src/platforms/platform-error.js';
import { type BriefRetry, retryBriefly } from '#src/platforms/retry-briefly.js';
import { TokenKeeper } from '#src/platforms/token-keeper.js';
import { withToken } from '#src/platforms/with-token.js';
import { TOKEN_CODES } from './codes.js';
import { checkStableToken, createTokenSource } from './token-source.js';
import { createWechatTransport, type WechatAnswer, type WechatTransport } from './transport.js';
import type { WechatConfig, WechatDeps } from './types.js';

/** A call of the library: give the library's method its arguments, `done` last. */
export type LibraryCall = (
  api: WechatApi,
  done: (error: Error | null, answer?: WechatAnswer) => void,
) => void;

/** Authorised calls. A refused token is replaced once and the call tried once more. */
export interface WechatClient {
  /** POSTs JSON directly, for calls the library lacks and for the hot path. One try, but for a dead token. */
  post(path: string, body: unknown): Promise<WechatAnswer>;
  /** Runs a library method; with `idempotent` also passing failures are tried again, briefly. */
  call(idempotent: boolean, call: LibraryCall): Promise<WechatAnswer>;
  /** GETs without a token; only a request that never left is tried again. */
  getOpenly(path: string, secrets: readonly string[]): Promise<WechatAnswer>;
  /** Asks for a token past every cache; the answer is not used. */
  checkSecret(): Promise<void>;
  /** The library, for what needs no request. */
  api: WechatApi;
  tokenExpiresAt(): number | null;
  close(): Promise<void>;
}

const DEFAULT_TIMEOUT_MS = 5_000;

/** Makes the client of one account. */
export function createWechatClient({ config, tokens, clock, log }: WechatDeps): WechatClient {
  const timeoutMs = config.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const transport = createWechatTransport(config);
  const source = { config, transport, clock, budgetMs: timeoutMs };
  const keeper = new TokenKeeper({
    name: `wechat:${config.appId}`,
    store: tokens,
    request: createTokenSource(source),
    clock,
    log: log.child('wechat-token'),
  });
  const library = createLibrary(config, transport);
  const run = <T>(attempt: (token: string) => Promise<T>) =>
    withToken({ keeper, tokenCodes: TOKEN_CODES, attempt });
  return {
    post: (path, body) => {
      const text = JSON.stringify(body);
      return run((token) =>
        transport.send({
          method: 'POST',
          path: `${path}?access_token=${encodeURIComponent(token)}`,
          body: text,
          timeoutMs,
          secrets: [token],
        }),
      );
    },
    call: (idempotent, call) => {
      const retry: BriefRetry = { budgetMs: timeoutMs, idempotent };
      return run((token) => retryBriefly(retry, (leftMs) => library.run({ token, timeoutMs: leftMs }, call)));
    },
    getOpenly: (path, secrets) =>
      retryBriefly({ budgetMs: timeoutMs, idempotent: false }, (leftMs) =>
        transport.send({ method: 'GET', path, timeoutMs: leftMs, secrets }),
      ),
    checkSecret: () => checkStableToken(source),
    api: library.api,
    tokenExpiresAt: () => keeper.expiresAt(),
    close: async () => {
      await keeper.idle();
      await transport.close();
    },
  };
}

interface CallContext {
  token: string;
  timeoutMs: number;
}

/**
 * The library with its token handling and its transport replaced (both are plain instance methods): its own fetch a token
 * for every concurrent caller, retry with the dead one, put secrets into error messages and ignore the HTTP status.
 */
function createLibrary(config: WechatConfig, transport: WechatTransport) {
  const api = new WechatApi(config.appId, config.appSecret);
  let context: CallContext = { token: '', timeoutMs: DEFAULT_TIMEOUT_MS };
  // With an empty endpoint the methods build bare paths; the transport knows the host.
  api.endpoint = '';
  api.mpPrefix = `${config.mpBase.replace(/\/+$/, '')}/cgi-bin/`;
  api.preRequest = (method, args) => {
    method.apply(api, Array.from(args));
  };
  api.request = (path, options, done) => {
    const isPost = options.type === 'POST';
    const request = {
      method: isPost ? ('POST' as const) : ('GET' as const),
      path,
      body: isPost ? JSON.stringify(options.data) : undefined,
      timeoutMs: context.timeoutMs,
      secrets: [context.token],
    };
    transport.send(request).then(
      (answer) => done(null, answer),
      (error: Error) => done(error),
    );
  };
  const run = (next: CallContext, call: LibraryCall) =>
    new Promise<WechatAnswer>((resolve, reject) => {
      // From here to `api.request` everything is synchronous, so calls under way at once do not mix.
      context = next;
      api.token = { accessToken: encodeURIComponent(next.token) };
      call(api, (error, answer) => (error ? reject(withOwnName(error)) : resolve(answer ?? {})));
    });
  return { api, run };
}

/** The library puts `WeChatAPI` before the name of every error that passes through it. */
function withOwnName(error: Error): Error {
  if (error instanceof PlatformError) {
    error.name = 'PlatformError';
  }
  return error;
}

/** Gets access tokens from WeChat: stable_token, or the older call where that one is not served. */
import type { Clock } from '#src/lib/clock.js';
import { PlatformError } from '#src/platforms/platform-error.js';
import { retryBriefly } from '#src/platforms/retry-briefly.js';
import type { StoredToken } from '#src/platforms/token-keeper.js';
import { decodeError } from './errors.js';
import type { WechatAnswer, WechatTransport } from './transport.js';
import type { WechatConfig } from './types.js';

/** What the source needs. */
export interface TokenSourceDeps {
  config: WechatConfig;
  transport: WechatTransport;
  clock: Clock;
  /** For one token with all its tries. */
  budgetMs: number;
}

/** WeChat's own upper bounds. */
const MAX_TOKEN_LENGTH = 512;
const MAX_LIFE_SECONDS = 7_200;
/** force_refresh works at most every 30 s and 20 times a day; sooner it gives the old token. */
const FORCE_PAUSE_MS = 30_000;

/**
 * Makes the `request` of a TokenKeeper. stable_token gives the same token to everyone who asks, so it is asked without
 * force first: after another process's renewal that is the new one. Only when it still gives the token that was just
 * refused is it forced to make another.
 */
export function createTokenSource(
  deps: TokenSourceDeps,
): (getDead: () => string | null) => Promise<StoredToken> {
  let nextForceAt = 0;
  return async (getDead) => {
    const token = await fetchToken(deps, false);
    const now = deps.clock.now();
    if (token.value !== getDead() || now < nextForceAt) {
      return token;
    }
    nextForceAt = now + FORCE_PAUSE_MS;
    return fetchToken(deps, true);
  };
}

/** Asks for the stable token, whatever is stored; the answer is not used. A platform without it tells nothing. */
export async function checkStableToken(deps: TokenSourceDeps): Promise<void> {
  try {
    await retryBriefly({ budgetMs: deps.budgetMs, idempotent: true }, (timeoutMs) =>
      askStable(deps, false, timeoutMs),
    );
  } catch (error) {
    if (!isNotServed(error)) {
      throw error;
    }
  }
}

function fetchToken(deps: TokenSourceDeps, force: boolean): Promise<StoredToken> {
  return retryBriefly({ budgetMs: deps.budgetMs, idempotent: true }, async (timeoutMs) => {
    // From before the request, so that the platform's clock never runs out first.
    const askedAt = deps.clock.now();
    try {
      const answer = await askStable(deps, force, timeoutMs);
      return toToken('stable_token', answer, askedAt);
    } catch (error) {
      if (!isNotServed(error)) {
        throw error;
      }
    }
    return toToken('token', await askClassic(deps, timeoutMs), askedAt);
  });
}

function askStable({ config, transport }: TokenSourceDeps, force: boolean, timeoutMs: number) {
  const body = {
    grant_type: 'client_credential',
    appid: config.appId,
    secret: config.appSecret,
    force_refresh: force,
  };
  const path = '/cgi-bin/stable_token';
  return transport.send({ method: 'POST', path, body: JSON.stringify(body), timeoutMs, secrets: [] });
}

/** Each of these calls ends the token before it (after 5 minutes): never more of them than needed. */
function askClassic({ config, transport }: TokenSourceDeps, timeoutMs: number) {
  const query = new URLSearchParams({
    grant_type: 'client_credential',
    appid: config.appId,
    secret: config.appSecret,
  });
  return transport.send({ method: 'GET', path: `/cgi-bin/token?${query}`, timeoutMs, secrets: [] });
}

/** 40066 is "invalid url". */
function isNotServed(error: unknown): boolean {
  return (
    error instanceof PlatformError &&
    (error.status === 404 || error.status === 405 || error.status === 501 || error.code === 40066)
  );
}

function toToken(call: string, answer: WechatAnswer, askedAt: number): StoredToken {
  const { access_token: value, expires_in: lifeSeconds } = answer;
  if (typeof value !== 'string' || value === '' || value.length > MAX_TOKEN_LENGTH) {
    throw decodeError(call, 'the answer holds no usable access token');
  }
  if (typeof lifeSeconds !== 'number' || !(lifeSeconds > 0)) {
    throw decodeError(call, 'the answer does not say how long the access token lives');
  }
  return { value, expiresAt: askedAt + Math.min(lifeSeconds, MAX_LIFE_SECONDS) * 1000 };
}

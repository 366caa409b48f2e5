/** Reads the platform's clock off the Date header of any answer (RFC 9110 section 6.6.1). */
import { createOutgoingAgent } from '#src/lib/connector.js';
import { ExchangeError, exchange } from '#src/lib/http-exchange.js';
import { networkError, timeoutError } from './errors.js';
import type { WechatConfig } from './types.js';

/** A call that refuses to answer without a token, which is answer enough. */
const CALL = 'get_api_domain_ip';
const TIMEOUT_MS = 5_000;

/** The time, to the second; null when the answer does not tell. Throws PlatformError when there is none. */
export async function readServerTime({
  apiBase,
  timeoutMs = TIMEOUT_MS,
  proxy = null,
}: WechatConfig): Promise<Date | null> {
  const { origin, pathname } = new URL(apiBase);
  const agent = createOutgoingAgent({ proxy, timeoutMs }, { connections: 1 });
  try {
    const path = `${pathname.replace(/\/+$/, '')}/cgi-bin/${CALL}`;
    const { headers } = await exchange(agent.dispatcher, {
      origin,
      path,
      method: 'GET',
      timeoutMs,
      maxBytes: 4096,
    });
    const at = Date.parse(String(headers.date ?? ''));
    return Number.isNaN(at) ? null : new Date(at);
  } catch (error) {
    if (error instanceof ExchangeError) {
      throw error.reason === 'timeout'
        ? timeoutError(CALL, timeoutMs, error.sent)
        : networkError(CALL, error.code, error.sent);
    }
    throw error;
  } finally {
    await agent.close();
  }
}

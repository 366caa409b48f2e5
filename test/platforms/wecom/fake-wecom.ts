/** A tiny WeCom API host for tests: a token for each secret, scripted answers, and a record of what came in. */
import { silentLogger } from '#src/lib/logger.js';
import { createWecomPlatform } from '#src/platforms/wecom/index.js';
import { type Cleanups, openPeer } from '#test/channels/http-peer.js';
import { createMemoryStore } from '#test/platforms/wechat/fake-wechat.js';
import { createTestClock } from '#test/support/clock.js';

/** A good app. */
export const APP = { corpId: 'ww0123456789abcdef', agentId: '1000002', secret: 'topsecret+/=0123' };

/** What a call is answered: fields beside or in place of `errcode: 0`. */
export type Answer =
  | Record<string, unknown>
  | ((query: URLSearchParams, body: string) => Record<string, unknown>);

/** Starts the host and a client of it. Calls without a script answer success; `tokens` are made for each gettoken. */
export async function openFakeWecom(cleanups: Cleanups) {
  const scripts = new Map<string, Answer>();
  const calls: { call: string; query: URLSearchParams; body: string }[] = [];
  let tokensMade = 0;
  const peer = await openPeer(cleanups, (res) => {
    const seen = peer.seen.at(-1);
    const url = new URL(seen?.path ?? '/', 'http://fake');
    const call = url.pathname.replace('/base/cgi-bin/', '');
    calls.push({ call, query: url.searchParams, body: seen?.body ?? '' });
    const script = scripts.get(call);
    const told = typeof script === 'function' ? script(url.searchParams, seen?.body ?? '') : script;
    const token = () => {
      tokensMade += 1;
      return { access_token: `TOKEN_${tokensMade}`, expires_in: 7200 };
    };
    const good = { errcode: 0, errmsg: 'ok', ...(call === 'gettoken' && !told ? token() : {}) };
    res.end(JSON.stringify({ ...good, ...told }));
  });
  const clock = createTestClock();
  const tokens = createMemoryStore();
  const platform = createWecomPlatform({
    config: { apiBase: `${peer.url}/base/`, timeoutMs: 1_000 },
    tokens,
    clock,
    log: silentLogger,
  });
  cleanups.push(() => platform.close());
  return {
    platform,
    clock,
    tokens,
    url: peer.url,
    calls,
    on: (call: string, answer: Answer) => scripts.set(call, answer),
    count: (call: string) => calls.filter((seen) => seen.call === call).length,
    last: (call: string) => calls.filter((seen) => seen.call === call).at(-1),
  };
}

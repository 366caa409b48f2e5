/** Tells whether a request comes from this very machine, with nobody speaking for others in between. */
import type { Context } from 'koa';
import { hostNameOf, isLoopback, isLoopbackName } from '#src/lib/host-names.js';

/** What proxies, tunnels and content networks add to what they pass on, whoever made them. */
const PROXY_HEADER =
  /^(?:via|forwarded|(?:x-)?(?:forwarded|original|real|client|cluster-client|true-client|remote|proxy|proxied|envoy|amz|amzn|azure|arr|appengine|vercel|nf|cdn|fastly|tailscale|github|scheme)(?:-.+)?|(?:cf|cdn|fastly|fly|ali|eo|ngrok|akamai)-.+|eagleid|x-request-start)$/;

/**
 * Whether peer and Host are loopback ones and no header is that of a proxy, which would have a loopback peer for every caller
 * and may hand on any Host. nginx adds none of them unless it is told to, and then speaks HTTP/1.0, as no program does.
 */
export function isLocalRequest(ctx: Context): boolean {
  const { headers, httpVersion, socket } = ctx.req;
  return (
    isLoopback(socket.remoteAddress) &&
    isLoopbackName(hostNameOf(headers.host)) &&
    httpVersion !== '1.0' &&
    !Object.keys(headers).some((name) => PROXY_HEADER.test(name))
  );
}

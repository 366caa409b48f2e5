/** The defences that `npm run mutants` takes out one by one, and for each the test that must fail without it. */

/** One defence. */
export interface Defence {
  name: string;
  /** Where it stands, from the project's folder. */
  file: string;
  /** What is taken out: it stands there once. */
  from: string;
  /** What stands there instead. */
  to: string;
  /** The test that must fail. */
  test: string;
  /** Only tests of that file whose name has this. */
  named?: string;
}

export const DEFENCES: readonly Defence[] = [
  {
    name: 'the token of our forms',
    file: 'src/web/session/visits.ts',
    from: 'return !isForeign(ctx, publicUrl) && equalsInConstantTime(visitor.csrf, token);',
    to: 'return !isForeign(ctx, publicUrl) && token !== null;',
    test: 'test/access/matrix.test.ts',
    named: 'pages take no form',
  },
  {
    name: 'Origin and Sec-Fetch-Site of forms',
    file: 'src/web/pages/same-origin.ts',
    from: 'return !isSilent && !isSameOrigin(ctx, publicUrl);',
    to: 'return false && !isSilent && !isSameOrigin(ctx, publicUrl);',
    test: 'test/access/matrix.test.ts',
    named: 'pages take no form',
  },
  {
    name: "a developer reaches no other's app",
    file: 'src/web/api/access.ts',
    from: "if (manager.role === 'developer' && app.accountId !== manager.accountId) {",
    to: "if (manager.role === 'developer' && app.accountId === -1) {",
    test: 'test/access/matrix.test.ts',
    named: 'other gets nowhere',
  },
  {
    name: "operators' calls",
    file: 'src/web/api/guard.ts',
    from: "if (route.operatorOnly && manager.role !== 'operator') {",
    to: 'if (route.operatorOnly && manager.role === null) {',
    test: 'test/access/matrix.test.ts',
    named: 'other gets nowhere',
  },
  {
    name: 'scopes of personal tokens',
    file: 'src/web/api/guard.ts',
    from: 'if (manager.token && !manager.token.scopes.includes(scope)) {',
    to: 'if (manager.token && manager.token.scopes.length > 9) {',
    test: 'test/web/console/tokens.test.ts',
  },
  {
    name: 'the sanitiser: what runs is left out of messages',
    file: 'src/lib/html.ts',
    from: "'*': ['style', 'align', 'title', 'dir', 'lang'],",
    to: "'*': ['style', 'align', 'title', 'dir', 'lang', 'onerror', 'onclick', 'onfocus'],",
    test: 'test/lib/html.test.ts',
  },
  {
    name: 'addresses of links in messages',
    file: 'src/lib/html.ts',
    from: "allowedSchemes: ['http', 'https', 'mailto', 'tel'],",
    to: "allowedSchemes: ['http', 'https', 'mailto', 'tel', 'javascript', 'vbscript', 'data'],",
    test: 'test/lib/html.test.ts',
  },
  {
    name: 'the Content-Security-Policy of pages',
    file: 'src/web/pages/page-headers.ts',
    from: '"script-src \'self\'",',
    to: '"script-src * \'unsafe-inline\'",',
    test: 'test/web/pages/message-page.test.ts',
  },
  {
    name: 'addresses inside: written as such',
    file: 'src/lib/safe-fetch.ts',
    from: "throw new FetchError('blocked', 'the address is in a private network');",
    to: 'return url;',
    test: 'test/lib/safe-fetch.test.ts',
  },
  {
    name: 'addresses inside: names that lead there',
    file: 'src/lib/reachable.ts',
    from: 'const usable = allowPrivate ? found : found.filter(({ address }) => isPublicAddress(address));',
    to: 'const usable = found;',
    test: 'test/lib/safe-fetch.test.ts',
  },
  {
    name: 'addresses inside: IPv4 within IPv6',
    file: 'src/lib/public-address.ts',
    from: "return globalIpv6.check(address, 'ipv6') && !specialIpv6.check(address, 'ipv6');",
    to: "return !specialIpv6.check(address, 'ipv6');",
    test: 'test/ssrf/doors.test.ts',
    named: 'a callback address',
  },
  {
    name: 'nobody guesses the address of a message page',
    file: 'src/core/page-links.ts',
    from: 'equalsInConstantTime(pageHashOf(by, id), hash);',
    to: 'equalsInConstantTime(pageHashOf(by, id).slice(0, 4), hash.slice(0, 4));',
    test: 'test/core/page-links.test.ts',
  },
  {
    name: 'secrets are taken out of the log',
    file: 'src/lib/logger.ts',
    from: 'SECRET_NAMES.test(name) && item !== null && item !== undefined',
    to: 'SECRET_NAMES.test(name) && item === name',
    test: 'test/lib/logger.test.ts',
  },
  {
    name: 'a repeat is the same message to WeChat',
    file: 'src/channels/wechat/index.ts',
    from: 'clientMsgId: String(deliveryId),',
    to: "clientMsgId: deliveryId + '-' + Math.random(),",
    test: 'test/faults.test.ts',
    named: 'after the work',
  },
  {
    name: 'results count of whoever holds the claim alone',
    file: 'src/store/outbox.ts',
    from: `= 'claimed' AND "Delivery"."owner" = ?\``,
    to: `= 'claimed' AND ? <> ''\``,
    test: 'test/store/state-machine.test.ts',
  },
  {
    name: 'consent: a scan alone lets no browser in',
    file: 'src/core/sign-in.ts',
    from: 'return row.confirmedAt\n      ?',
    to: 'return row.personId\n      ?',
    test: 'test/web/session/consent.test.ts',
  },
  {
    name: 'own host names alone',
    file: 'src/web/host-guard.ts',
    from: 'own.has(name) || isLoopbackName(name);',
    to: "own.has(name) || isLoopbackName(name) || name !== '';",
    test: 'test/web/hosts.test.ts',
  },
  {
    name: "a plain push's signature serves one body",
    file: 'src/wechat/server-url.ts',
    from: 'if (!isFirst) {',
    to: 'if (isFirst === null) {',
    test: 'test/wechat/plain-mode.test.ts',
  },
  {
    name: 'the time of a push',
    file: 'src/wechat/verify.ts',
    from: 'export const PLAIN_WINDOW: PushWindow = { pastMs: 5 * 60_000, futureMs: 2 * 60_000 };',
    to: 'export const PLAIN_WINDOW: PushWindow = { pastMs: 5e12, futureMs: 5e12 };',
    test: 'test/wechat/plain-mode.test.ts',
  },
  {
    name: "what is a disabled developer's stops",
    file: 'src/core/disabled.ts',
    from: 'return (await read()).apps.has(appId);',
    to: 'return (await read()).apps.has(-appId);',
    test: 'test/disabled.test.ts',
  },
  {
    name: 'guessers are answered 429',
    file: 'src/core/wrong-keys.ts',
    from: 'const isOver = limit > 0 && (own.count > limit || all.count > limit * ALL);',
    to: 'const isOver = limit > 1e9 && (own.count > limit || all.count > limit * ALL);',
    test: 'test/web/wrong-keys.test.ts',
  },
  {
    name: 'visitors leave QR codes to apps and operators',
    file: 'src/core/code-budget.ts',
    from: 'const SHARES = { visitor: 0.5,',
    to: 'const SHARES = { visitor: 1,',
    test: 'test/scarce-codes.test.ts',
  },
  {
    name: 'a short ADMIN_TOKEN stops a live start',
    file: 'src/config-safety.ts',
    from: 'const LEAST_TOKEN = 24;',
    to: 'const LEAST_TOKEN = 1;',
    test: 'test/config.test.ts',
  },
  {
    name: 'a sandbox listens to this machine alone',
    file: 'src/config-safety.ts',
    from: 'if (!isLoopbackName(host) && !anywhere) {',
    to: 'if (!isLoopbackName(host) && anywhere) {',
    test: 'test/config.test.ts',
  },
  {
    name: 'files are of nobody else',
    file: 'src/lib/private-files.ts',
    from: 'process.umask(OTHERS);',
    to: 'process.umask(OTHERS & 0);',
    test: 'test/data-folder.test.ts',
  },
  {
    name: "the server's own mailer asks strangers first",
    file: 'src/core/server-post.ts',
    from: 'if (waiting.length > 0) {',
    to: 'if (waiting.length > 1e9) {',
    test: 'test/other-peoples-money.test.ts',
  },
  {
    name: 'limits of what costs money',
    file: 'src/core/limits.ts',
    from: 'return found ? toReached(found.row, found.count) : null;',
    to: 'return found && found.count < 0 ? toReached(found.row, found.count) : null;',
    test: 'test/other-peoples-money.test.ts',
  },
  {
    name: 'signing out everywhere ends what the sign-ins made',
    file: 'src/core/sign-outs.ts',
    from: '({ sessionIds }) => keys.revokeMadeBy(sessionIds),',
    to: '({ sessionIds }) => keys.revokeMadeBy(sessionIds.slice(0, 0)),',
    test: 'test/web/session/sign-out.test.ts',
  },
  {
    name: 'strangers learn nothing of how the server is',
    file: 'src/web/site.ts',
    from: '((await seesState(ctx)) ? describeState(deps, startedAt) : null)',
    to: '((await seesState(ctx)) || deps.appId ? describeState(deps, startedAt) : null)',
    test: 'test/web/public-face.test.ts',
  },
  {
    name: 'every answer says that it is what it says',
    file: 'src/app.ts',
    from: "ctx.set('X-Content-Type-Options', 'nosniff');",
    to: "ctx.set('X-Content-Type-Options', '');",
    test: 'test/web/public-face.test.ts',
  },
  {
    name: 'a database of another secret key stops the start',
    file: 'src/open-data.ts',
    from: 'return ring.marks.some((own) => isSameMark(own, mark));',
    to: 'return ring.marks.some((own) => isSameMark(own, mark)) || mark !== null;',
    test: 'test/bad-start.test.ts',
    named: 'of another server is refused',
  },
  {
    name: 'pages of much markup are drawn in a thread',
    file: 'src/web/pages/message-body.ts',
    from: 'const SMALL = { marks: 500, characters: 20_000 };',
    to: 'const SMALL = { marks: 5e9, characters: 2e9 };',
    test: 'test/web/pages/hostile-pages.test.ts',
  },
  {
    name: 'owners of apps cannot be erased',
    file: 'src/core/erasure.ts',
    from: 'if (apps.length > 0) {',
    to: 'if (apps.length > 1e9) {',
    test: 'test/erasure.test.ts',
    named: 'is refused while apps',
  },
];

/**
 * Each actor at each route of the server. The routes are the routers' own: one without a line in rows-*.ts fails here, and so does a
 * line without a route, so that the matrix has no hole.
 */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { listRoutes } from '#test/support/routes.js';
import type { Fields } from '#test/support/sign-in.js';
import { openWorld, type World } from '#test/support/world.js';
import { ACCESS, ACTORS, type Access, type Actor, fateOf, isCall, isFate } from './access.js';
import { fillBody } from './bodies.js';
import { type Cast, fillPath, openCast, type Things } from './cast.js';
import { API_ROWS } from './rows-api.js';
import { DIALECTS_ROWS } from './rows-dialects.js';
import { PAGES_ROWS } from './rows-pages.js';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 });

const ROWS: Readonly<Record<string, Access>> = { ...PAGES_ROWS, ...API_ROWS, ...DIALECTS_ROWS };
/** Routes that take away what they name. */
const TAKES_AWAY =
  /^DELETE|\/(?:delete|remove|revoke|leave|end|end-others|sign-out|cancel|registration|restore|:act)$|\/accounts\/:id$/;
/** These end the session that the others need, or make a follower somebody else: test/web/session tries them. */
const ENDS_ACTOR =
  /\/sign-(?:out(?:\/everywhere)?|in\/join)$|^DELETE \/api\/v1\/users\/:uid\/sessions$|\/people\/:uid\/sessions\/end$/;
/** Doors that are filled when somebody first knocks. */
const LAZY = ['/docs', '/README.md', '/docs/running.md'];
/** A contact is there once somebody has typed its code: test/web/me and test/web/api try these. */
const NEEDS_CONTACT = /^(?:POST \/me|DELETE \/api)\S*\/contacts\/:kind(?:\/remove)?$/;

let w: World;
let cast: Cast;
let openapi: object;

beforeAll(async () => {
  // The self-check asks for a token of its own.
  w = await openWorld({ countTokens: false });
  for (const path of LAZY) {
    await w.call(path);
  }
  // The demo makes its app when it is first used.
  await w.call('/demo/callback', { body: {} });
  openapi = (await w.call('/openapi.json')).json as object;
  cast = await openCast(w);
});
afterAll(() => w.close());

/** Sends what an actor would: on pages a session and its form, at calls a bearer. */
async function send(actor: Actor, route: string, method: string, things: Things) {
  const path = fillPath(pathOf(route), things);
  const body = fillBody(openapi, route, things);
  const bearer = cast.bearers[actor];
  const browser = cast.browsers[actor];
  if (browser && !isCall(route)) {
    return method === 'GET'
      ? browser.get(path)
      : browser.post(path, body as Fields, { 'x-csrf-token': await browser.csrf() });
  }
  const cookie = browser ? [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ') : '';
  return w.call(path, {
    method,
    headers: {
      accept: 'text/html',
      origin: w.url,
      ...(cookie ? { cookie } : {}),
      ...(bearer ? { authorization: `Bearer ${bearer}` } : {}),
    },
    ...(method === 'GET' ? {} : { body }),
  });
}

const methodsOf = (route: string): string[] => {
  const [methods = ''] = route.split(' ');
  return methods === 'ALL' ? ['GET', 'POST'] : methods.split(',').filter((method) => method !== 'OPTIONS');
};
const pathOf = (route: string): string => route.slice(route.indexOf(' ') + 1);

/** What no refused request may change. */
async function countRows(): Promise<number[]> {
  const { db } = w;
  return Promise.all([
    db.app.count(),
    db.topic.count(),
    db.message.count(),
    db.qrCode.count(),
    db.key.count({ where: { revokedAt: null } }),
    db.channelConfig.count(),
    db.plan.count(),
    db.notifyCode.count(),
    db.subscription.count({ where: { blocked: false } }),
    db.account.count({ where: { disabledAt: null } }),
  ]);
}

it('has a line for each route, and a route for each line', () => {
  // The project's own texts are open, each under the address of its file.
  const routes = listRoutes().filter((route) => !/^GET \/[\w/-]+\.md$/.test(route));
  const missing = routes.filter((route) => !ROWS[route]);
  const file = (route: string): string =>
    isCall(route) ? 'api' : /\/(?:console|me)\b/.test(route) ? 'pages' : 'dialects or pages';
  expect(
    missing.map(
      (route) =>
        `add to test/access/rows-${file(route)}.ts:  '${route}': '…',  // one of ${ACCESS.join(' | ')}`,
    ),
  ).toEqual([]);
  expect(Object.keys(ROWS).filter((route) => !routes.includes(route))).toEqual([]);
});

describe.each(ACTORS)('%s', (actor) => {
  it('gets nowhere and changes nothing where it should not', async () => {
    const things = await cast.things();
    const before = await countRows();
    const wrong: string[] = [];
    for (const [route, access] of Object.entries(ROWS)) {
      const fate = fateOf(route, access, actor);
      for (const method of fate === 'in' ? [] : methodsOf(route)) {
        const path = fillPath(pathOf(route), things);
        const { status, headers, text } = await send(actor, route, method, things);
        if (!isFate(fate, { status, location: headers.get('location') ?? '' })) {
          wrong.push(`${method} ${path}: ${status} instead of ${fate} ${text.slice(0, 200)}`);
        }
        const told = cast.canaries.filter((word) => text.includes(word) && !path.includes(word));
        if (told.length > 0 && actor !== 'owner' && actor !== 'operator') {
          wrong.push(`${method} ${path}: tells ${told.join(', ')}`);
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(await countRows()).toEqual(before);
  });

  it('sees what it may', async () => {
    const things = await cast.things();
    const wrong: string[] = [];
    for (const [route, access] of Object.entries(ROWS)) {
      const fate = fateOf(route, access, actor);
      if (fate === 'in' && methodsOf(route).includes('GET')) {
        const path = fillPath(pathOf(route), things);
        const { status, headers } = await send(actor, route, 'GET', things);
        // The worker of this world stands still.
        const isRight =
          access === 'open'
            ? status < 500 || path === '/readyz'
            : isFate('in', { status, location: headers.get('location') ?? '' });
        if (!isRight) {
          wrong.push(`GET ${path}: ${status}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });
});

/** Whoever has the least right of those who may. */
function leastOf(access: Access): Actor | null {
  switch (access) {
    case 'ownForm':
    case 'signedIn':
      return 'follower';
    case 'mine':
    case 'manager':
    case 'own':
      return 'owner';
    case 'operator':
      return 'operator';
    default:
      return null;
  }
}

const CHANGES = Object.entries(ROWS).flatMap(([route, access]) => {
  const actor = leastOf(access);
  const methods = methodsOf(route).filter((method) => method !== 'GET');
  return actor === null ? [] : methods.map((method) => ({ route, actor, method }));
});

it('pages take no form without its token, nor from another origin', async () => {
  const things = await cast.things();
  const before = await countRows();
  const wrong: string[] = [];
  for (const { route, actor, method } of CHANGES.filter((change) => !isCall(change.route))) {
    const path = fillPath(pathOf(route), things);
    const browser = cast.browsers[actor];
    const none = await browser?.post(path, { csrf: '' });
    const forged = await browser?.post(path, { csrf: 'f'.repeat(64) });
    const foreign = await browser?.post(path, {}, { origin: 'https://evil.example' });
    const crossSite = await browser?.post(path, {}, { 'sec-fetch-site': 'cross-site' });
    const seen = [none?.status, forged?.status, foreign?.status, crossSite?.status];
    if (seen.some((status) => status !== 403)) {
      wrong.push(`${method} ${path}: ${seen.join(' ')}`);
    }
  }
  expect(wrong).toEqual([]);
  expect(await countRows()).toEqual(before);
});

it('whoever may change something can, with the least right that does', async () => {
  const wrong: string[] = [];
  const last = (route: string): number => (TAKES_AWAY.test(route) ? 1 : 0);
  for (const { route, actor, method } of CHANGES.filter(
    (change) => !ENDS_ACTOR.test(change.route) && !NEEDS_CONTACT.test(change.route),
  ).sort((a, b) => last(a.route) - last(b.route))) {
    const things = await cast.things(TAKES_AWAY.test(route) ? route : undefined);
    const path = fillPath(pathOf(route), things);
    const { status, headers, text } = await send(actor, route, method, things);
    if (!isFate('in', { status, location: headers.get('location') ?? '' })) {
      wrong.push(`${method} ${path} as ${actor}: ${status} ${text.slice(0, 300)}`);
    }
  }
  expect(wrong).toEqual([]);
});

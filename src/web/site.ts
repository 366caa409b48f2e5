/** All pages for people, given the few verbs that each needs. */
import { createHmac } from 'node:crypto';
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import type { Core } from '#src/core/index.js';
import type { MessageTemplates } from '#src/core/types.js';
import { decodeUtf8, readRawBody } from '#src/lib/body.js';
import { networkOf } from '#src/lib/client-address.js';
import type { Clock } from '#src/lib/clock.js';
import { equalsInConstantTime } from '#src/lib/hash.js';
import type { KeyRing } from '#src/lib/key-ring.js';
import { lazyDoor } from '#src/lib/lazy.js';
import { PROJECT_DIR } from '#src/lib/project.js';
import type { View } from '#src/lib/view.js';
import { describeApi } from './api/index.js';
import type { ConsoleDeps } from './console/index.js';
import { createDemoProgram } from './demo/program.js';
import { createDesks } from './desks.js';
import { createReferencePage, type DialectFacts } from './docs/index.js';
import { KEY_KIND_ROWS } from './key-kinds.js';
import { isLocalRequest } from './local-request.js';
import { createNotifyPage } from './notify/index.js';
import {
  createClosedPage,
  createConsentPage,
  createDemoInbox,
  createDemoPage,
  createDocsPage,
  createErrorPage,
  createHomePage,
  createKeysPage,
  createMessagePage,
  createOtherAddresses,
  createSubscribePage,
  type Signer,
  toRestLight,
} from './pages/index.js';
import { createVisits } from './session/visits.js';

/** What the pages ask of WeChat. */
export interface SiteWechat {
  oauthUrl(input: { redirectUri: string; state: string }): string;
  exchangeOauthCode(code: string): Promise<{ openid: string }>;
  tokenState(): { expiresAt: number | null };
}

/** What the site is made with. */
export interface SiteDeps {
  core: Core;
  wechat: SiteWechat;
  appId: string;
  /** A simulator plays WeChat: pages show its phone. */
  sandbox: boolean;
  /** Which pages strangers may use. */
  openPages: { demo: boolean; notify: boolean };
  clock: Clock;
  view: View;
  publicUrl: string;
  database: 'sqlite' | 'postgresql';
  /** Where the demo app's callbacks come back to. */
  callbackBase: string;
  version: string;
  /** The doors in, for their reference. */
  dialects: readonly (DialectFacts & { templates?: MessageTemplates })[];
  /** Signs short-lived cookies, and seals what a page carries for us. */
  box: KeyRing;
  resumeQueue: ConsoleDeps['resumeQueue'];
  previewCard: ConsoleDeps['previewCard'];
  selfCheck: ConsoleDeps['selfCheck'];
}

/** The keys that the chat's link shows; the others are for people who manage or move here, on their own pages. */
const CHAT_KEYS = KEY_KIND_ROWS.filter(({ kind, forManagers }) => kind !== 'sendkey3' && !forManagers);

const CALLBACK_LIMIT_BYTES = 128 * 1024;

/** Makes the site: its pages in order, and the page that shows an error. */
export function createPages(deps: SiteDeps) {
  const { core, view, clock, publicUrl } = deps;
  const startedAt = new Date(clock.now());
  const demo = createDemo(deps);
  const signer = createSigner(deps.box);
  const visits = createVisits(deps);
  const pages: Middleware[] = [
    createHomePage({
      view,
      sandbox: deps.sandbox,
      openPages: deps.openPages,
      publicUrl,
      describeState: async (ctx) => ((await seesState(ctx)) ? describeState(deps, startedAt) : null),
    }),
    createOtherAddresses(),
    lazyDoor(/\.md$|^\/docs\/(?:pictures\/|[\w-]+\.\w+$)/, () => createDocsPage({ view, dir: PROJECT_DIR })),
    lazyDoor(/^\/docs(?:\/|$)/, () =>
      createReferencePage({ view, publicUrl, dialects: deps.dialects, document: describeApi(core) }),
    ),
    createMessagePage({
      view,
      findMessage: core.messages.findPage,
      noteRead: core.messages.noteRead,
      now: clock.now,
    }),
    createSubscribePage({
      view,
      clock,
      publicUrl,
      signer,
      box: deps.box,
      findSubscribeTarget: core.subscribeLinks.findTarget,
      oauthUrl: deps.wechat.oauthUrl,
      exchangeOauthCode: async (code, from) => {
        await core.limits.take('oauth-call', { address: networkOf(from) });
        return deps.wechat.exchangeOauthCode(code);
      },
      subscribeByLink: async (input) => (await core.subscribeLinks.subscribe(input)) ?? { result: 'blocked' },
    }),
    createKeysPage({
      view,
      publicUrl,
      findLink: core.keys.findLink,
      openLink: async (code) => {
        const personId = await core.keys.openLink(code);
        return personId === null ? null : showKeys(core, personId);
      },
    }),
    createConsentPage({ view, publicUrl, mailConsents: core.mailConsents }),
    ...(deps.openPages.demo ? demo : [createClosedPage({ view, base: '/demo', setting: 'DEMO_PAGE' })]),
    ...createDesks(deps, signer, visits),
    // Whoever has an account may always make codes of their own.
    onlyFor(
      async (ctx) => deps.openPages.notify || Boolean((await visits.findVisitor(ctx))?.account),
      createNotifyPage({
        core,
        view,
        publicUrl,
        sandbox: deps.sandbox,
        findOwner: async (ctx) => (await visits.findVisitor(ctx))?.personId ?? null,
      }),
      createClosedPage({ view, base: '/notify', setting: 'NOTIFY_PAGE' }),
    ),
  ];
  return { pages, writeErrorPage: createErrorPage({ view }) };

  /** Operators see how the server is, and whoever sits at a sandbox's own machine. */
  async function seesState(ctx: Context): Promise<boolean> {
    if (deps.sandbox && isLocalRequest(ctx)) {
      return true;
    }
    const visitor = await visits.findVisitor(ctx);
    const entry = visitor && (await core.accounts.findEntry(visitor.personId));
    return entry?.kind === 'account' && entry.role === 'operator';
  }
}

/** One door for those who may come in, and another for all others. */
function onlyFor(
  mayEnter: (ctx: Context) => Promise<boolean>,
  door: Middleware,
  closed: Middleware,
): Middleware {
  return async (ctx, next) => {
    const isThere = /^\/notify(?:\/|$)/.test(ctx.path);
    return isThere && !(await mayEnter(ctx as Context)) ? closed(ctx, next) : door(ctx, next);
  };
}

function createDemo(deps: SiteDeps): Middleware[] {
  const { core, view, clock, publicUrl } = deps;
  let secret = '';
  const inbox = createDemoInbox({ secrets: () => (secret === '' ? [] : [secret]), clock });
  const program = createDemoProgram({
    core,
    memory: {
      readAppId: async () => Number(await core.settings.read('demo-app')) || null,
      saveAppId: (id) => core.settings.save('demo-app', String(id)),
    },
    callbackUrl: `${deps.callbackBase}/demo/callback`,
    callbacks: inbox.list,
    onSecret: (made) => {
      secret = made;
    },
  });
  const router = new Router();
  router.post('/demo/callback', async (ctx) => {
    const body = decodeUtf8(await readRawBody(ctx.req, { limitBytes: CALLBACK_LIMIT_BYTES }));
    await program.ensureApp();
    const taken = inbox.receive({ header: (name) => ctx.get(name), body });
    ctx.status = taken === 'accepted' ? 204 : 401;
  });
  const page = createDemoPage({
    view,
    clock,
    publicUrl,
    ...(deps.sandbox ? { phoneUrl: '/simulator/' } : {}),
    createVisit: async (from) => {
      await core.limits.take('demo-visit', { address: networkOf(from) });
      return program.createVisit();
    },
    readVisit: program.readVisit,
    push: program.push,
  });
  return [router.routes() as Middleware, page];
}

async function describeState(deps: SiteDeps, startedAt: Date) {
  const { queue, counts, perHour, rests } = await deps.core.overview.read();
  const rest = rests.find(({ queue: name }) => name === 'wechat');
  const { expiresAt } = deps.wechat.tokenState();
  const isValid = expiresAt !== null && expiresAt > deps.clock.now();
  return {
    sandbox: deps.sandbox,
    wechat: rest
      ? { appId: deps.appId, token: toRestLight(rest.code), advice: rest.why }
      : { appId: deps.appId, token: isValid ? ('valid' as const) : ('none' as const) },
    database: deps.database,
    queue,
    counts,
    perHour,
    version: deps.version,
    startedAt,
  };
}

/** The secret is no key by itself: with the PushPlus token it brings an access key. */
function toSecretRow(url: string, token: string, secret: string) {
  const ask = `{"token":"${token}","secretKey":"${secret}"}`;
  return {
    kind: 'pushplus-secret',
    label: 'PushPlus secretKey',
    value: secret,
    example: `curl -d '${ask}' ${url}/api/common/openApi/getAccessKey`,
  };
}

async function showKeys(core: Core, personId: number) {
  const person = await core.people.getPerson(personId);
  const keys = await Promise.all(
    CHAT_KEYS.map(async ({ kind, label, exampleOf }) => {
      const value = await core.keys.showKey(personId, kind);
      return { kind, label, value, example: exampleOf(core.publicUrl, value) };
    }),
  );
  const { secret } = await core.openAccess.getRules(personId);
  const token = await core.keys.showKey(personId, 'pushplus');
  return { uid: person.uid, keys: [...keys, toSecretRow(core.publicUrl, token, secret)] };
}

/** Signs by HMAC-SHA-256: `value.mark`. */
function createSigner(keys: Pick<KeyRing, 'keysFor'>): Signer {
  const marksOf = (value: string): string[] =>
    keys.keysFor('sign').map((key) => createHmac('sha256', key).update(value).digest('base64url'));
  return {
    sign: (value) => `${value}.${marksOf(value)[0]}`,
    verify: (signed) => {
      const at = signed.lastIndexOf('.');
      const value = signed.slice(0, at);
      const isOurs = (mark: string): boolean => equalsInConstantTime(mark, signed.slice(at + 1));
      return at > 0 && marksOf(value).some(isOurs) ? value : null;
    },
  };
}

/** All pages for people, given the few verbs that each needs. */
import { createHmac } from 'node:crypto';
import Router from '@koa/router';
import type { Middleware } from 'koa';
import type { Core } from '#src/core/index.js';
import { decodeUtf8, readRawBody } from '#src/lib/body.js';
import type { Clock } from '#src/lib/clock.js';
import { equalsInConstantTime } from '#src/lib/hash.js';
import type { View } from '#src/lib/view.js';
import { createDemoProgram } from './demo/program.js';
import {
  createDemoInbox,
  createDemoPage,
  createErrorPage,
  createHomePage,
  createKeysPage,
  createMessagePage,
  createSubscribePage,
  type Signer,
} from './pages/index.js';

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
  clock: Clock;
  view: View;
  publicUrl: string;
  /** Where the demo app's callbacks come back to. */
  callbackBase: string;
  version: string;
  /** Signs short-lived cookies. */
  signKey: Buffer;
}

/** A kind of key as the keys page explains it. */
const KEY_LABELS = [
  {
    kind: 'spt',
    label: '极简推送 SPT',
    exampleOf: (url: string, key: string) => `${url}/api/send/message/${key}/hello`,
  },
  {
    kind: 'sendkey',
    label: 'Server酱 SendKey',
    exampleOf: (url: string, key: string) => `${url}/${key}.send?title=hello`,
  },
  { kind: 'bark', label: 'Bark', exampleOf: (url: string, key: string) => `${url}/${key}/hello` },
  {
    kind: 'pushdeer',
    label: 'PushDeer',
    exampleOf: (url: string, key: string) => `${url}/message/push?pushkey=${key}&text=hello`,
  },
  { kind: 'ntfy', label: 'ntfy', exampleOf: (url: string, key: string) => `curl -d hello ${url}/${key}` },
  {
    kind: 'gotify',
    label: 'gotify',
    exampleOf: (url: string, key: string) => `curl -F message=hello '${url}/message?token=${key}'`,
  },
] as const;

const CALLBACK_LIMIT_BYTES = 128 * 1024;

/** Makes the site: its pages in order, and the page that shows an error. */
export function createPages(deps: SiteDeps) {
  const { core, view, clock, publicUrl } = deps;
  const startedAt = new Date(clock.now());
  const demo = createDemo(deps);
  const pages: Middleware[] = [
    createHomePage({ view, describeState: () => describeState(deps, startedAt) }),
    createMessagePage({ view, findMessage: core.messages.findPage, now: clock.now }),
    createSubscribePage({
      view,
      clock,
      publicUrl,
      signer: createSigner(deps.signKey),
      findSubscribeTarget: core.subscribeLinks.findTarget,
      oauthUrl: deps.wechat.oauthUrl,
      exchangeOauthCode: deps.wechat.exchangeOauthCode,
      subscribeByLink: async (input) => (await core.subscribeLinks.subscribe(input)) ?? { result: 'blocked' },
    }),
    createKeysPage({
      view,
      findLink: core.keys.findLink,
      openLink: async (code) => {
        const personId = await core.keys.openLink(code);
        return personId === null ? null : showKeys(core, personId);
      },
    }),
    ...demo,
  ];
  return { pages, writeErrorPage: createErrorPage({ view }) };
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
    createVisit: program.createVisit,
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
    publicUrl: deps.publicUrl,
    wechat: rest
      ? { appId: deps.appId, token: 'failing' as const, advice: rest.why }
      : { appId: deps.appId, token: isValid ? ('valid' as const) : ('none' as const) },
    database: 'sqlite' as const,
    queue,
    counts,
    perHour,
    version: deps.version,
    startedAt,
  };
}

async function showKeys(core: Core, personId: number) {
  const person = await core.people.getPerson(personId);
  const keys = await Promise.all(
    KEY_LABELS.map(async ({ kind, label, exampleOf }) => {
      const value = await core.keys.showKey(personId, kind);
      return { kind, label, value, example: exampleOf(core.publicUrl, value) };
    }),
  );
  return { uid: person.uid, keys };
}

/** Signs by HMAC-SHA-256: `value.mark`. */
function createSigner(key: Buffer): Signer {
  const markOf = (value: string): string => createHmac('sha256', key).update(value).digest('base64url');
  return {
    sign: (value) => `${value}.${markOf(value)}`,
    verify: (signed) => {
      const at = signed.lastIndexOf('.');
      const value = signed.slice(0, at);
      return at > 0 && equalsInConstantTime(markOf(value), signed.slice(at + 1)) ? value : null;
    },
  };
}

/** Keeps a WeChat client for each account that people brought, the lately used ones. */
import { LRUCache } from 'lru-cache';
import { type ChosenTemplate, chooseTemplate } from '#src/channels/wechat/template.js';
import type { TemplateField } from '#src/config.js';
import type { Clock } from '#src/lib/clock.js';
import { sha256Hex } from '#src/lib/hash.js';
import type { Logger } from '#src/lib/logger.js';
import type { OutgoingProxy } from '#src/lib/outgoing-proxy.js';
import { createWechatPlatform, type TokenStore, type WechatPlatform } from '#src/platforms/wechat/index.js';

/** What the accounts are made of. */
export interface OwnAccountsDeps {
  /** Where the calls go; no trailing slash. */
  apiBase: string;
  /** What requests go through; absent: nothing. */
  proxy?: OutgoingProxy | null;
  tokens: TokenStore;
  clock: Clock;
  log: Logger;
  /** How many clients are kept; default 100. */
  maxAccounts?: number;
}

/** An account as its owner described it. */
export interface OwnAccount {
  appId: string;
  secret: string;
}

/** Which template an account's owner chose; nothing chosen means the first that fits. */
export interface TemplateWish {
  templateId: string | null;
  templateFields: readonly TemplateField[];
}

/** One account's client. */
export interface OwnClient {
  platform: Pick<WechatPlatform, 'sendTemplate'>;
  /** The template to use, asked of the account once; null when it has none that fits. Throws PlatformError. */
  findTemplate(wish: TemplateWish): Promise<ChosenTemplate | null>;
}

/** The clients. */
export interface OwnAccounts {
  open(account: OwnAccount): OwnClient;
  close(): Promise<void>;
}

const MAX_ACCOUNTS = 100;
/** An owner who mends a template sees the effect within this time. */
const TEMPLATE_LIFE_MS = 600_000;

/** Makes the keeper. */
export function createOwnAccounts(deps: OwnAccountsDeps): OwnAccounts {
  const closing = new Set<Promise<void>>();
  const end = (platform: WechatPlatform): void => {
    const ended = platform
      .close()
      .catch((error: unknown) => deps.log.warn('a client did not close', { error }));
    closing.add(ended);
    void ended.finally(() => closing.delete(ended));
  };
  const kept = new LRUCache<string, { platform: WechatPlatform; client: OwnClient }>({
    max: deps.maxAccounts ?? MAX_ACCOUNTS,
    dispose: ({ platform }) => end(platform),
  });
  return {
    open: (account) => {
      const name = sha256Hex(`${account.appId}\n${account.secret}`);
      const known = kept.get(name);
      if (known) {
        return known.client;
      }
      const platform = openPlatform(deps, account, name);
      const client = { platform, findTemplate: createTemplateFinder(platform, deps.clock) };
      kept.set(name, { platform, client });
      return client;
    },
    close: async () => {
      kept.clear();
      await Promise.all(closing);
    },
  };
}

function openPlatform(deps: OwnAccountsDeps, { appId, secret }: OwnAccount, name: string): WechatPlatform {
  return createWechatPlatform({
    // Pictures and sign-in pages are not used on these accounts.
    config: {
      appId,
      appSecret: secret,
      apiBase: deps.apiBase,
      mpBase: deps.apiBase,
      openBase: deps.apiBase,
      ...(deps.proxy ? { proxy: deps.proxy } : {}),
    },
    tokens: apartFor(deps.tokens, name),
    clock: deps.clock,
    log: deps.log,
  });
}

/**
 * The store under names of this account and this secret: whoever types another's app id with a wrong secret must never
 * be handed the token that its owner, or this server itself, stored.
 */
function apartFor(tokens: TokenStore, name: string): TokenStore {
  const own = (outer: string): string => `own:${outer}:${name.slice(0, 32)}`;
  return {
    read: (outer) => tokens.read(own(outer)),
    write: (outer, token) => tokens.write(own(outer), token),
    clear: (outer, used) => tokens.clear(own(outer), used),
    alone: (outer, work) => (tokens.alone ? tokens.alone(own(outer), work) : work()),
  };
}

function createTemplateFinder(platform: WechatPlatform, clock: Clock): OwnClient['findTemplate'] {
  let known: { templates: Awaited<ReturnType<WechatPlatform['listTemplates']>>; until: number } | null = null;
  return async (wish) => {
    const chosen = chooseTemplate(wish, known && clock.now() < known.until ? known.templates : []);
    if (chosen) {
      return chosen;
    }
    const templates = await platform.listTemplates();
    known = { templates, until: clock.now() + TEMPLATE_LIFE_MS };
    return chooseTemplate(wish, templates);
  };
}

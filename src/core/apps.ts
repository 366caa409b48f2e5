/** Apps: a developer's projects, each with a token that sends, an endpoint that listens and people who follow. */
import { LRUCache } from 'lru-cache';
import { atMost } from '#src/lib/cache-size.js';
import { sha256Hex } from '#src/lib/hash.js';
import { randomText } from '#src/lib/ids.js';
import type { App as AppRow } from '#src/store/generated/client.js';
import { wordsOf } from '#src/store/sql.js';
import { countIds, isNamed, pickIds } from '#src/store/text-search.js';
import { type AppInput, checkInput } from './app-input.js';
import type { CoreDeps } from './deps.js';
import type { Disabled } from './disabled.js';
import { notFound } from './errors.js';
import type { Limits } from './limits.js';
import { rememberMs } from './remember.js';

export { APP_LIMITS, type AppInput } from './app-input.js';

/** An app as the other rooms see it. Secrets are not in it. */
export interface App {
  id: number;
  accountId: number | null;
  /** The person whose own space this is; null for an ordinary app. */
  ownerId: number | null;
  name: string;
  description: string;
  contact: string;
  followTip: string;
  settingUrl: string;
  hasSettingSecret: boolean;
  /** A message whose try nobody saw answered is tried again, although it may then be shown twice. */
  ratherTwice: boolean;
  /** The code of its subscribe page, `/s/{code}`. */
  subscribeCode: string;
  planId: number | null;
  createdAt: Date;
}

/** The verbs of apps. */
export type Apps = ReturnType<typeof createApps>;

/** Makes the verbs of apps. */
export function createApps(
  deps: CoreDeps,
  { disabled, limits }: { disabled: Pick<Disabled, 'checkApp'>; limits: Limits },
) {
  const { db, clock, box } = deps;
  /** By the token as callers send it: hashed is what is stored. */
  const byToken = new LRUCache<string, App>({ ...atMost(10_000), ttl: rememberMs(db) });
  const byId = new LRUCache<number, App>({ ...atMost(10_000), ttl: rememberMs(db) });

  /** Creates an app; the token is in the answer and nowhere else ever again. Throws bad_field, limit_full. */
  async function createApp(
    input: AppInput,
    accountId: number | null,
  ): Promise<{ app: App; appToken: string }> {
    const data = checkInput(input);
    const appToken = `AT_${randomText(32)}`;
    const role = accountId === null ? null : await db.account.findUnique({ where: { id: accountId } });
    const isCounted = role !== null && role.role !== 'operator';
    const make = () =>
      db.app.create({
        data: {
          ...data,
          name: input.name.trim(),
          settingSecret: sealOptional(input.settingSecret),
          accountId,
          subscribeCode: randomText(12),
          createdAt: new Date(clock.now()),
          tokens: { create: toTokenRow(appToken) },
        },
      });
    const row = await limits.makeOne('app', {
      count: async (who) => {
        const where = { deletedAt: null, ...(who === 'person' ? { accountId } : {}) };
        return isCounted ? db.app.count({ where }) : null;
      },
      make,
      undo: ({ id }) => discardApp(id),
    });
    return { app: toApp(row), appToken };
  }

  /** Finds an app by its number, or null. */
  async function findApp(id: number): Promise<App | null> {
    const cached = byId.get(id);
    if (cached) {
      return cached;
    }
    if (!Number.isInteger(id) || id < 1 || id > 2 ** 31 - 1) {
      return null;
    }
    const row = await db.app.findFirst({ where: { id, deletedAt: null } });
    return row ? remember(toApp(row)) : null;
  }

  /** The app with this number; throws not_found. */
  async function getApp(id: number): Promise<App> {
    const app = await findApp(id);
    if (!app) {
      throw notFound('应用 App');
    }
    return app;
  }

  /** Finds the app that a token sends as, or null. Throws developer_disabled where its developer is disabled. */
  async function findAppByToken(token: string): Promise<App | null> {
    const app = byToken.get(token) ?? (await readAppByToken(token));
    await disabled.checkApp(app?.id ?? 0);
    return app;
  }

  async function readAppByToken(token: string): Promise<App | null> {
    const row = await db.appToken.findUnique({ where: { hash: sha256Hex(token) }, include: { app: true } });
    if (!row || row.app.deletedAt) {
      return null;
    }
    const app = remember(toApp(row.app));
    byToken.set(token, app);
    return app;
  }

  /** Finds an app by the code of its subscribe page, or null. */
  async function findAppBySubscribeCode(code: string): Promise<App | null> {
    const row = await db.app.findFirst({ where: { subscribeCode: code, deletedAt: null } });
    return row ? toApp(row) : null;
  }

  /** A page of apps, newest first; with an account only its own; with a search those whose name holds it, or whose number it is. */
  async function listApps(page: { accountId?: number; search?: string; skip: number; take: number }) {
    const { accountId, search = '', skip, take } = page;
    const where = [
      { sql: '"deletedAt" IS NULL', args: [] },
      ...(accountId === undefined ? [] : [{ sql: '"accountId" = ?', args: [accountId] }]),
      ...(search === '' ? [] : [isNamed(wordsOf(db), ['"name"'], search)]),
    ];
    const [total, ids] = await Promise.all([
      countIds(db, { table: 'App', where }),
      pickIds(db, { table: 'App', where, order: 'DESC', skip, take }),
    ]);
    const rows = await db.app.findMany({ where: { id: { in: ids } }, orderBy: { id: 'desc' } });
    return { total, items: rows.map(toApp) };
  }

  /** The numbers of all apps of an account. */
  async function listAppIds(accountId: number): Promise<number[]> {
    const rows = await db.app.findMany({ where: { accountId, deletedAt: null }, select: { id: true } });
    return rows.map((row) => row.id);
  }

  /** Changes what is given of an app; throws not_found. */
  async function updateApp(id: number, input: Partial<AppInput>): Promise<App> {
    await getApp(id);
    const data = checkInput(input);
    const secret =
      input.settingSecret === undefined ? {} : { settingSecret: sealOptional(input.settingSecret) };
    const row = await db.app.update({ where: { id }, data: { ...data, ...secret } });
    forget(id);
    return toApp(row);
  }

  /** Removes an app with its tokens, codes, topics and subscriptions; messages already accepted still go out. */
  async function deleteApp(id: number): Promise<void> {
    await getApp(id);
    await db.$transaction([
      db.appToken.deleteMany({ where: { appId: id } }),
      db.subscription.deleteMany({ where: { appId: id } }),
      db.qrCode.deleteMany({ where: { appId: id } }),
      db.callback.deleteMany({ where: { appId: id } }),
      db.topic.updateMany({
        where: { appId: id, deletedAt: null },
        data: { deletedAt: new Date(clock.now()) },
      }),
      db.app.update({ where: { id }, data: { deletedAt: new Date(clock.now()) } }),
    ]);
    forget(id);
  }

  /** Takes back an app that never came to be, because its QR code was refused: no trace of it stays. */
  async function discardApp(id: number): Promise<void> {
    await db.app.delete({ where: { id } });
    forget(id);
  }

  /** Replaces an app's token: the old one is dead when this answers. */
  async function replaceToken(id: number): Promise<string> {
    await getApp(id);
    const appToken = `AT_${randomText(32)}`;
    await db.$transaction([
      db.appToken.deleteMany({ where: { appId: id } }),
      db.appToken.create({ data: { appId: id, ...toTokenRow(appToken) } }),
    ]);
    forget(id);
    return appToken;
  }

  /** Puts an app on a plan; null: no limits. Throws not_found. */
  async function usePlan(id: number, planId: number | null): Promise<void> {
    await getApp(id);
    await db.app.update({ where: { id }, data: { planId } });
    forget(id);
  }

  /** The key that signs links to the app's setting page, or null. */
  async function readSettingSecret(id: number): Promise<string | null> {
    const row = await db.app.findUnique({ where: { id }, select: { settingSecret: true } });
    return row?.settingSecret ? box.open(row.settingSecret) : null;
  }

  function remember(app: App): App {
    byId.set(app.id, app);
    return app;
  }

  function forget(id: number): void {
    byId.delete(id);
    for (const [token, app] of byToken.entries()) {
      if (app.id === id) {
        byToken.delete(token);
      }
    }
  }

  /** Reads a person's space anew when it is next asked for: another now manages it. */
  function forgetSpace(personId: number): void {
    for (const { id } of [...byId.values()].filter((app) => app.ownerId === personId)) {
      forget(id);
    }
  }

  function sealOptional(secret: string | undefined): string {
    return secret ? box.seal(secret) : '';
  }

  function toTokenRow(token: string) {
    return {
      hash: sha256Hex(token),
      hint: `${token.slice(0, 6)}…${token.slice(-3)}`,
      createdAt: new Date(clock.now()),
    };
  }

  return {
    createApp,
    findApp,
    getApp,
    findAppByToken,
    findAppBySubscribeCode,
    listApps,
    listAppIds,
    updateApp,
    deleteApp,
    discardApp,
    replaceToken,
    readSettingSecret,
    usePlan,
    forgetSpace,
  };
}

function toApp(row: AppRow): App {
  const { deletedAt: _deletedAt, settingSecret, ownerId, ...rest } = row;
  return {
    ...rest,
    ownerId: ownerId === null ? null : Number(ownerId),
    hasSettingSecret: settingSecret !== '',
  };
}

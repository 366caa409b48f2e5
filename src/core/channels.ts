/** Channels: the doors out that people set up for themselves, and the route that a message to them takes. */

import type { ChannelConfig as ChannelRow } from '#src/store/generated/client.js';
import { checkCode, checkNames, checkSettings, queueOf, SECRET_MASK } from './channel-settings.js';
import { readContact } from './contacts.js';
import type { CoreDeps } from './deps.js';
import { AppError, notFound } from './errors.js';
import type { Limits } from './limits.js';
import type { MailConsents } from './mail-consents.js';
import { storeRoute } from './routes.js';
import type { ChannelKind, ChannelSettings, Recipient } from './types.js';

/** A channel as its owner sees it: secrets are masked. */
export interface ChannelView {
  id: number;
  kind: string;
  code: string;
  config: Record<string, string>;
  default: boolean;
  /** A message whose try nobody saw answered is tried again, although it may then be shown twice. */
  ratherTwice: boolean;
  /** Its place in the fallback chain, from 1; null: not in it. */
  fallback: number | null;
  createdAt: Date;
  lastOkAt: Date | null;
  lastError: string;
  lastErrorAt: Date | null;
  /** The addresses that must agree first, as the server's own mailer writes to them. */
  waiting: string[];
}

/** What an owner says of a channel. */
export interface ChannelInput {
  kind: string;
  code: string;
  config: Record<string, string>;
  default?: boolean;
  ratherTwice?: boolean;
  fallback?: number | null;
}

/** How a test message went. */
export interface ChannelTest {
  ok: boolean;
  detail: string;
}

/** What the outside does for channels. */
export interface ChannelOutside {
  kinds: readonly ChannelKind[];
  /** Throws a reason for an address that may not be called. */
  checkUrl: (url: string) => void;
  /** Sends a test message through a channel at once. */
  /** `isHeld`: nobody was asked, so that it says nothing of the channel. */
  trySend: (
    kind: string,
    settings: ChannelSettings,
    recipient: Recipient,
  ) => Promise<ChannelTest & { isHeld?: boolean }>;
  limits: Limits;
  mailConsents: MailConsents;
}

/** The verbs of channels. */
export type Channels = ReturnType<typeof createChannels>;

/** Makes the verbs of channels. */
export function createChannels(deps: CoreDeps, outside: ChannelOutside) {
  const { db, clock, box, log } = deps;
  const kindOf = new Map(outside.kinds.map((kind) => [kind.id, kind]));

  /** All kinds of channel, with the fields of their forms. */
  function listKinds(): readonly ChannelKind[] {
    return outside.kinds;
  }

  function getKind(id: string): ChannelKind {
    const kind = kindOf.get(id);
    if (!kind) {
      throw new AppError('bad_field', { field: 'kind', detail: [...kindOf.keys()].join(' | ') });
    }
    return kind;
  }

  /** Sets a channel up. Throws bad_field (naming the field), conflict for a code that is taken, limit_full. */
  async function createChannel(personId: number, input: ChannelInput): Promise<ChannelView> {
    const kind = getKind(input.kind);
    checkCode(input.code);
    checkNames(kind, input.config);
    const settings = checkSettings(kind, input.config, outside.checkUrl);
    const person = { personId: BigInt(personId) };
    const data = {
      ...person,
      kind: kind.id,
      code: input.code,
      config: box.seal(JSON.stringify(settings)),
      queue: queueOf(kind, settings, personId),
      fallback: input.fallback ?? null,
      ratherTwice: input.ratherTwice ?? false,
      createdAt: new Date(clock.now()),
    };
    const row = await outside.limits.makeOne('channel', {
      count: (who) => db.channelConfig.count({ where: who === 'person' ? person : {} }),
      make: () => underCode(personId, input.code, () => db.channelConfig.create({ data })),
      undo: ({ id }) => db.channelConfig.delete({ where: { id } }),
    });
    await setDefault(personId, row.id, input.default);
    await outside.mailConsents.ask(personId, await listWaiting(row));
    return getChannel(personId, row.id);
  }

  /** Changes a channel; a secret that is left out or still masked stays. Throws not_found, bad_field. */
  async function updateChannel(
    personId: number,
    id: number,
    input: Partial<ChannelInput>,
  ): Promise<ChannelView> {
    const row = await findRow(personId, id);
    const kind = getKind(row.kind);
    checkNames(kind, input.config ?? {});
    const known = openSettings(row);
    const given = Object.entries(input.config ?? {}).filter(([, value]) => value !== SECRET_MASK);
    const settings = checkSettings(kind, { ...known, ...Object.fromEntries(given) }, outside.checkUrl);
    const data = {
      ...(input.code === undefined ? {} : { code: input.code }),
      ...(input.fallback === undefined ? {} : { fallback: input.fallback }),
      ...(input.ratherTwice === undefined ? {} : { ratherTwice: input.ratherTwice }),
      config: box.seal(JSON.stringify(settings)),
      queue: queueOf(kind, settings, personId),
    };
    const update = () => db.channelConfig.update({ where: { id }, data });
    if (input.code !== undefined && input.code !== row.code) {
      checkCode(input.code);
      await underCode(personId, input.code, update);
    } else {
      await update();
    }
    await setDefault(personId, id, input.default);
    await outside.mailConsents.ask(personId, await listWaiting(await findRow(personId, id)));
    return getChannel(personId, id);
  }

  /** Removes a channel; what waits for it fails or goes on to the next step. Throws not_found. */
  async function deleteChannel(personId: number, id: number): Promise<void> {
    await findRow(personId, id);
    await db.channelConfig.delete({ where: { id } });
    await storeRoute(db, personId);
  }

  /** A person's channels, in the order they were made. */
  async function listChannels(personId: number): Promise<ChannelView[]> {
    const rows = await db.channelConfig.findMany({
      where: { personId: BigInt(personId) },
      orderBy: { id: 'asc' },
    });
    return Promise.all(rows.map(toView));
  }

  /** One channel of a person; throws not_found. */
  async function getChannel(personId: number, id: number): Promise<ChannelView> {
    return toView(await findRow(personId, id));
  }

  /** Finds a person's channel by its code, or the first of a kind; null when there is none. */
  async function findChannel(personId: number, codeOrKind: string): Promise<ChannelView | null> {
    const rows = await db.channelConfig.findMany({
      where: { personId: BigInt(personId), OR: [{ code: codeOrKind }, { kind: codeOrKind }] },
      orderBy: { id: 'asc' },
    });
    const row = rows.find(({ code }) => code === codeOrKind) ?? rows[0];
    return row ? await toView(row) : null;
  }

  /** Sends a test message through a channel and waits for the answer; `isFree`: for an operator, not counted. Throws not_found, limit_reached. */
  async function testChannel(
    person: { personId: number; uid: string },
    id: number,
    { isFree = false } = {},
  ): Promise<ChannelTest> {
    const row = await findRow(person.personId, id);
    if (!isFree) {
      await outside.limits.take('channel-test', { personId: person.personId });
    }
    const address = await readContact(deps, person.personId, row.kind);
    const { isHeld, ...result } = await outside.trySend(row.kind, openSettings(row), { ...person, address });
    if (isHeld) {
      return result;
    }
    const at = new Date(clock.now());
    const data = result.ok ? { lastOkAt: at } : { lastError: result.detail, lastErrorAt: at };
    // The message is out: how it went is told whether or not that can be kept.
    await db.channelConfig.updateMany({ where: { id }, data }).catch((error: unknown) => {
      log.error('how a channel fared could not be stored', { error, channel: id });
    });
    return result;
  }

  async function checkFree(personId: number, code: string): Promise<void> {
    if (await db.channelConfig.findFirst({ where: { personId: BigInt(personId), code } })) {
      throw new AppError('conflict', { detail: `编码「${code}」已被使用 the code “${code}” is taken` });
    }
  }

  /** Writes a channel under a code that must be free; another call may take it at the same moment. Throws conflict. */
  async function underCode<T>(personId: number, code: string, save: () => Promise<T>): Promise<T> {
    await checkFree(personId, code);
    try {
      return await save();
    } catch (error) {
      await checkFree(personId, code);
      throw error;
    }
  }

  async function findRow(personId: number, id: number): Promise<ChannelRow> {
    const isId = Number.isInteger(id) && id > 0 && id < 2 ** 31;
    const row = isId ? await db.channelConfig.findFirst({ where: { id, personId: BigInt(personId) } }) : null;
    if (!row) {
      throw notFound('通道 Channel');
    }
    return row;
  }

  /** Makes one channel the default, or none where it was this one and is no more; stores the route anew. */
  async function setDefault(personId: number, id: number, isDefault: boolean | undefined): Promise<void> {
    if (isDefault === true) {
      await db.channelConfig.updateMany({
        where: { personId: BigInt(personId) },
        data: { isDefault: false },
      });
    }
    if (isDefault !== undefined) {
      await db.channelConfig.update({ where: { id }, data: { isDefault } });
    }
    await storeRoute(db, personId);
  }

  function openSettings(row: ChannelRow): Record<string, string> {
    return JSON.parse(box.open(row.config)) as Record<string, string>;
  }

  /** The addresses of a channel that have not agreed yet. */
  async function listWaiting(row: ChannelRow): Promise<string[]> {
    const receivers = kindOf.get(row.kind)?.serverReceivers?.(openSettings(row)) ?? [];
    const personId = Number(row.personId);
    return receivers.length === 0
      ? []
      : outside.mailConsents.listWaiting(personId, receivers, await readContact(deps, personId, row.kind));
  }

  async function toView(row: ChannelRow): Promise<ChannelView> {
    const { id, kind, code, isDefault, ratherTwice, fallback, createdAt, lastOkAt, lastError, lastErrorAt } =
      row;
    const secrets = new Set(
      kindOf.get(kind)?.configFields.flatMap((field) => (field.secret ? [field.name] : [])),
    );
    const config = Object.fromEntries(
      Object.entries(openSettings(row)).map(([name, value]) => [
        name,
        secrets.has(name) && value ? SECRET_MASK : value,
      ]),
    );
    return {
      id,
      kind,
      code,
      config,
      default: isDefault,
      ratherTwice,
      fallback,
      createdAt,
      lastOkAt,
      lastError,
      lastErrorAt,
      waiting: await listWaiting(row),
    };
  }

  return {
    listKinds,
    createChannel,
    updateChannel,
    deleteChannel,
    listChannels,
    getChannel,
    findChannel,
    testChannel,
  };
}

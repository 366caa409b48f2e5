/** Loads what claimed deliveries need: messages, people's addresses, events and endpoints, a few statements for a batch. */
import { LRUCache } from 'lru-cache';
import { isOldSecretAlive } from '#src/core/callback-secrets.js';
import { CONTACT_OF } from '#src/core/contacts.js';
import type { Disabled, DisabledSet } from '#src/core/disabled.js';
import type {
  ChannelSettings,
  Event,
  Format,
  MessageContent,
  MessageExtras,
  Recipient,
} from '#src/core/types.js';
import type { SecretBox } from '#src/lib/secret-box.js';
import { type Address, loadAddresses } from '#src/store/addresses.js';
import type { ClaimedDelivery } from '#src/store/claims.js';
import { listEndpoints, listEvents, listMessages, listStopped } from '#src/store/contents.js';
import type { Db } from '#src/store/open.js';
import {
  CHANNEL_REMOVED,
  DELETED,
  DISABLED,
  type MessageFacts,
  quietUntil,
  REMOVED,
  SEALED,
  type Stop,
  stopCallback,
  stopOf,
} from './stops.js';

/** A message delivery with all it needs, or the reason why it cannot go out. */
export type MessageJob =
  | {
      kind: 'message';
      delivery: ClaimedDelivery;
      content: MessageContent;
      recipient: Recipient;
      settings: ChannelSettings;
      /** Its app or the channel's owner wants it rather twice than never. */
      isRatherTwice: boolean;
    }
  | (Stop & { kind: 'stop'; delivery: ClaimedDelivery })
  /** It is quiet with the receiver until then (milliseconds since the epoch). */
  | { kind: 'wait'; delivery: ClaimedDelivery; until: number };

/** A callback delivery with all it needs. */
export interface CallbackJob {
  kind: 'callback';
  delivery: ClaimedDelivery;
  event: Event;
  callbackId: number;
  target: { url: string; secret: string; oldSecret: string | null; style: string };
}

/** Something to do for a claimed delivery. */
export type Job = MessageJob | CallbackJob;

/** What loading is made with. */
export interface ContentDeps {
  db: Db;
  box: SecretBox;
  account: { platform: string; account: string };
  /** The address of a message's page: the same for all, or the one that tells when its receiver reads. */
  pageUrlOf: (messageId: number, deliveryId?: number) => string;
  /** What a channel delivers is read by several people. */
  isShared: (channel: string) => boolean;
  /** The server's own settings of channels that have any, by channel id. */
  serverSettings: Readonly<Record<string, ChannelSettings>>;
  now: () => number;
  disabled: Pick<Disabled, 'read'>;
}

type StoredContent = MessageFacts & {
  content: MessageContent;
  isRatherTwice: boolean;
  /** The person whose own key sent it, or null. */
  senderId: number | null;
};

/** What a person says of a channel of theirs. */
interface OwnSettings {
  settings: ChannelSettings;
  isRatherTwice: boolean;
}

/** The sender's name of messages that a person's own key sent. */
const OWN_MESSAGES = '个人推送';

/** The state of a message that somebody has stopped while some of it was still to be sent. */
const CANCELLING = 'cancelling';

/** Makes the loader. */
export function createContents(deps: ContentDeps) {
  const { db } = deps;
  const messages = new LRUCache<number, StoredContent>({ max: 500, ttl: 10_000 });

  async function loadMessages(ids: readonly number[]): Promise<Map<number, StoredContent>> {
    const known = new Map<number, StoredContent>();
    const missing: number[] = [];
    for (const id of new Set(ids)) {
      const cached = messages.get(id);
      if (cached) {
        known.set(id, cached);
      } else {
        missing.push(id);
      }
    }
    await forgetStopped(known);
    const rows = missing.length > 0 ? await listMessages(db, missing) : [];
    const appIds = [...new Set(rows.flatMap((row) => row.appId ?? []))];
    const apps = appIds.length > 0 ? await db.app.findMany({ where: { id: { in: appIds } } }) : [];
    const appOf = new Map(apps.map((app) => [app.id, app]));
    for (const row of rows) {
      const id = Number(row.id);
      const { appId, title, summary, body, url, createdAt } = row;
      const app = appId === null ? undefined : appOf.get(appId);
      const appName = appId === null ? OWN_MESSAGES : (app?.name ?? '');
      const format = row.format as Format;
      const content = {
        id,
        appId,
        appName,
        title,
        summary,
        body,
        format,
        isUrgent: row.priority > 0,
        extras: row.extras === null ? {} : (JSON.parse(row.extras) as MessageExtras),
        url,
        createdAt,
        pageUrl: deps.pageUrlOf(id),
        ...(row.sequence === null ? {} : { sequence: row.sequence }),
      };
      const stored = {
        content,
        isRatherTwice: app?.ratherTwice ?? false,
        senderId: row.senderId === null ? null : Number(row.senderId),
        deleted: row.deletedAt !== null,
        cancelled: row.state === CANCELLING,
        expiresAt: row.expiresAt?.getTime() ?? null,
      };
      if (!stored.cancelled) {
        messages.set(id, stored);
      }
      known.set(id, stored);
    }
    return known;
  }

  /** What is remembered may have been taken down or cancelled meanwhile. */
  async function forgetStopped(known: Map<number, StoredContent>): Promise<void> {
    if (known.size === 0) {
      return;
    }
    for (const row of await listStopped(db, [...known.keys()])) {
      const id = Number(row.id);
      const stored = known.get(id);
      if (stored) {
        const deleted = row.deletedAt !== null;
        known.set(id, { ...stored, deleted, cancelled: row.state === CANCELLING });
      }
      messages.delete(id);
    }
  }

  async function loadMessageJobs(claimed: readonly ClaimedDelivery[]): Promise<Job[]> {
    const [contents, addresses, settings, disabled] = await Promise.all([
      loadMessages(claimed.map((delivery) => delivery.messageId ?? 0)),
      loadAddresses(
        db,
        claimed.map((delivery) => delivery.personId ?? 0),
        deps.account.platform,
        deps.account.account,
      ),
      loadSettings(claimed.flatMap((delivery) => delivery.configId ?? [])),
      deps.disabled.read(),
    ]);
    return claimed.map((delivery): Job => {
      const stored = contents.get(delivery.messageId ?? 0);
      const to = addresses.get(delivery.personId ?? 0);
      const stop =
        stopOf(stored, to, { channel: delivery.channel, now: deps.now() }) ?? stopSender(stored, disabled);
      if (!stored || !to || stop) {
        return { kind: 'stop', delivery, ...(stop ?? DELETED) };
      }
      const until = stored.content.isUrgent ? null : quietUntil(to.quiet, deps.now());
      if (until !== null) {
        return { kind: 'wait', delivery, until };
      }
      const own =
        delivery.configId === null
          ? { settings: deps.serverSettings[delivery.channel] ?? {}, isRatherTwice: false }
          : settings.get(delivery.configId);
      if (!own) {
        return { kind: 'stop', delivery, ...CHANNEL_REMOVED };
      }
      const recipient = { personId: delivery.personId ?? 0, uid: to.uid, address: addressOf(delivery, to) };
      const content = deps.isShared(delivery.channel)
        ? stored.content
        : { ...stored.content, pageUrl: deps.pageUrlOf(stored.content.id, delivery.id) };
      const isRatherTwice = stored.isRatherTwice || own.isRatherTwice;
      return { kind: 'message', delivery, content, recipient, settings: own.settings, isRatherTwice };
    });
  }

  async function loadSettings(ids: readonly number[]): Promise<Map<number, OwnSettings>> {
    const rows = ids.length > 0 ? await db.channelConfig.findMany({ where: { id: { in: [...ids] } } }) : [];
    const opened = new Map<number, OwnSettings>();
    for (const row of rows) {
      const text = openSecret(row.config);
      if (text !== null) {
        const settings = JSON.parse(text) as ChannelSettings;
        opened.set(row.id, { settings, isRatherTwice: row.ratherTwice });
      }
    }
    return opened;
  }

  async function loadCallbackJobs(claimed: readonly ClaimedDelivery[]): Promise<Job[]> {
    const [events, endpoints, disabled] = await Promise.all([
      listEvents(db, unique(claimed.map((delivery) => delivery.eventId ?? 0))),
      listEndpoints(db, unique(claimed.map((delivery) => delivery.callbackId ?? 0))),
      deps.disabled.read(),
    ]);
    const eventOf = new Map(events.map((event) => [Number(event.id), event]));
    const endpointOf = new Map(endpoints.map((endpoint) => [endpoint.id, endpoint]));
    return claimed.map((delivery): Job => {
      const row = eventOf.get(delivery.eventId ?? 0);
      const endpoint = endpointOf.get(delivery.callbackId ?? 0);
      const isDisabled = row !== undefined && disabled.apps.has(row.appId);
      const stop = row ? (isDisabled ? DISABLED : stopCallback(endpoint)) : REMOVED;
      if (!row || !endpoint || stop) {
        return { kind: 'stop', delivery, ...(stop ?? REMOVED) };
      }
      const secret = openSecret(endpoint.secret);
      if (secret === null) {
        return { kind: 'stop', delivery, ...SEALED };
      }
      const event = {
        id: Number(row.id),
        type: row.type,
        at: row.createdAt,
        appId: row.appId,
        appName: endpoint.appName,
        data: JSON.parse(row.data) as unknown,
      } as Event;
      const oldSecret = isOldSecretAlive(endpoint, deps.now()) ? openSecret(endpoint.oldSecret) : null;
      const target = { url: endpoint.url, secret, oldSecret, style: endpoint.style };
      return { kind: 'callback', delivery, event, callbackId: endpoint.id, target };
    });
  }

  /** What the channel's platform calls the person; channels with settings of their own know it from those. */
  function addressOf(delivery: ClaimedDelivery, to: Address): string {
    const contact = CONTACT_OF[delivery.channel];
    if (contact) {
      return to[contact] === '' ? '' : (openSecret(to[contact]) ?? '');
    }
    if (delivery.configId !== null) {
      return '';
    }
    return delivery.channel === 'wecom-app' ? to.member : to.address;
  }

  /** One secret that cannot be opened must not hold up the whole batch. */
  function openSecret(sealed: string): string | null {
    try {
      return deps.box.open(sealed);
    } catch {
      return null;
    }
  }

  /** Loads the jobs of a claimed batch. */
  async function loadJobs(claimed: readonly ClaimedDelivery[]): Promise<Job[]> {
    const callbacks = claimed.filter((delivery) => delivery.channel === 'callback');
    const messagesClaimed = claimed.filter((delivery) => delivery.channel !== 'callback');
    const parts = await Promise.all([
      messagesClaimed.length > 0 ? loadMessageJobs(messagesClaimed) : [],
      callbacks.length > 0 ? loadCallbackJobs(callbacks) : [],
    ]);
    return parts.flat();
  }

  return { loadJobs };
}

/** Why nothing more goes out of who sent it. */
function stopSender(stored: StoredContent | undefined, { people, apps }: DisabledSet): Stop | null {
  const isDisabled = apps.has(stored?.content.appId ?? 0) || people.has(stored?.senderId ?? 0);
  return isDisabled ? DISABLED : null;
}

const unique = (ids: readonly number[]): number[] => [...new Set(ids)];

/** Loads what claimed deliveries need: messages, people's addresses, events and endpoints, a few statements for a batch. */
import { LRUCache } from 'lru-cache';
import type { Event, Format, MessageContent, Recipient } from '#src/core/types.js';
import type { SecretBox } from '#src/lib/secret-box.js';
import type { Db } from '#src/store/open.js';
import { type Address, type ClaimedDelivery, loadAddresses } from '#src/store/outbox.js';

/** A message delivery with all it needs, or the reason why it cannot go out. */
export type MessageJob =
  | { kind: 'message'; delivery: ClaimedDelivery; content: MessageContent; recipient: Recipient }
  | { kind: 'stop'; delivery: ClaimedDelivery; state: 'failed' | 'cancelled'; code: string; why: string };

/** A callback delivery with all it needs. */
export interface CallbackJob {
  kind: 'callback';
  delivery: ClaimedDelivery;
  event: Event;
  callbackId: number;
  target: { url: string; secret: string; style: string };
}

/** Something to do for a claimed delivery. */
export type Job = MessageJob | CallbackJob;

/** What loading is made with. */
export interface ContentDeps {
  db: Db;
  box: SecretBox;
  account: { platform: string; account: string };
  pageUrlOf: (messageId: number) => string;
  now: () => number;
}

type StoredContent = { content: MessageContent; deleted: boolean; expiresAt: number | null };
type StoredEndpoint = { url: string; secret: string; disabledAt: Date | null };
type Stop = Pick<Extract<MessageJob, { kind: 'stop' }>, 'state' | 'code' | 'why'>;

/** The sender's name of messages that a person's own key sent. */
const OWN_MESSAGES = '个人推送';

/** Makes the loader. */
export function createContents(deps: ContentDeps) {
  const { db } = deps;
  const messages = new LRUCache<number, StoredContent>({ max: 500, ttl: 10_000 });

  async function loadMessages(ids: readonly number[]): Promise<Map<number, StoredContent>> {
    const known = new Map<number, StoredContent>();
    const missing: bigint[] = [];
    for (const id of new Set(ids)) {
      const cached = messages.get(id);
      if (cached) {
        known.set(id, cached);
      } else {
        missing.push(BigInt(id));
      }
    }
    await forgetDeleted(known);
    const rows = missing.length > 0 ? await db.message.findMany({ where: { id: { in: missing } } }) : [];
    const appIds = [...new Set(rows.flatMap((row) => row.appId ?? []))];
    const apps = appIds.length > 0 ? await db.app.findMany({ where: { id: { in: appIds } } }) : [];
    const nameOf = new Map(apps.map((app) => [app.id, app.name]));
    for (const row of rows) {
      const id = Number(row.id);
      const { appId, title, summary, body, url, createdAt } = row;
      const appName = appId === null ? OWN_MESSAGES : (nameOf.get(appId) ?? '');
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
        extras: {},
        url,
        createdAt,
        pageUrl: deps.pageUrlOf(id),
      };
      const stored = {
        content,
        deleted: row.deletedAt !== null,
        expiresAt: row.expiresAt?.getTime() ?? null,
      };
      messages.set(id, stored);
      known.set(id, stored);
    }
    return known;
  }

  /** What is remembered may have been taken down meanwhile. */
  async function forgetDeleted(known: Map<number, StoredContent>): Promise<void> {
    if (known.size === 0) {
      return;
    }
    const ids = [...known.keys()].map(BigInt);
    const where = { id: { in: ids }, deletedAt: { not: null } };
    for (const row of await db.message.findMany({ where, select: { id: true } })) {
      const id = Number(row.id);
      const stored = known.get(id);
      if (stored) {
        known.set(id, { ...stored, deleted: true });
      }
      messages.delete(id);
    }
  }

  async function loadMessageJobs(claimed: readonly ClaimedDelivery[]): Promise<Job[]> {
    const [contents, addresses] = await Promise.all([
      loadMessages(claimed.map((delivery) => delivery.messageId ?? 0)),
      loadAddresses(
        db,
        claimed.map((delivery) => delivery.personId ?? 0),
        deps.account.platform,
        deps.account.account,
      ),
    ]);
    return claimed.map((delivery): Job => {
      const stored = contents.get(delivery.messageId ?? 0);
      const to = addresses.get(delivery.personId ?? 0);
      const stop = stopOf(stored, to, deps.now());
      if (!stored || !to || stop) {
        return { kind: 'stop', delivery, ...(stop ?? DELETED) };
      }
      const recipient = { personId: delivery.personId ?? 0, uid: to.uid, address: to.address };
      return { kind: 'message', delivery, content: stored.content, recipient };
    });
  }

  async function loadCallbackJobs(claimed: readonly ClaimedDelivery[]): Promise<Job[]> {
    const [events, endpoints] = await Promise.all([
      db.event.findMany({ where: { id: { in: claimed.map((delivery) => BigInt(delivery.eventId ?? 0)) } } }),
      db.callback.findMany({
        where: { id: { in: claimed.map((delivery) => delivery.callbackId ?? 0) } },
        include: { app: { select: { name: true } } },
      }),
    ]);
    const eventOf = new Map(events.map((event) => [Number(event.id), event]));
    const endpointOf = new Map(endpoints.map((endpoint) => [endpoint.id, endpoint]));
    return claimed.map((delivery): Job => {
      const row = eventOf.get(delivery.eventId ?? 0);
      const endpoint = endpointOf.get(delivery.callbackId ?? 0);
      const stop = row ? stopCallback(endpoint) : REMOVED;
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
        appName: endpoint.app.name,
        data: JSON.parse(row.data) as unknown,
      } as Event;
      const target = { url: endpoint.url, secret, style: endpoint.style };
      return { kind: 'callback', delivery, event, callbackId: endpoint.id, target };
    });
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

const DELETED: Stop = {
  state: 'cancelled',
  code: 'deleted',
  why: '消息已被发送者删除 The sender deleted the message',
};
const REMOVED: Stop = {
  state: 'cancelled',
  code: 'removed',
  why: '回调地址已被移除 The endpoint was removed',
};
const SEALED: Stop = {
  state: 'failed',
  code: 'sealed',
  why: '签名密钥无法解密，请确认 SECRET_KEY 没有更换 The signing secret cannot be opened: has SECRET_KEY changed?',
};

/** Why a message cannot go to a person any more; null when it can. */
function stopOf(stored: StoredContent | undefined, to: Address | undefined, now: number): Stop | null {
  if (!stored || stored.deleted) {
    return DELETED;
  }
  if (stored.expiresAt !== null && stored.expiresAt <= now) {
    const why = '消息已过期 The message expired before it could be sent';
    return { state: 'failed', code: 'expired', why };
  }
  if (!to?.following) {
    const why = '接收者没有关注公众号 The person does not follow the account';
    return { state: 'failed', code: 'unfollowed', why };
  }
  if (to.paused) {
    return { state: 'cancelled', code: 'paused', why: '接收者已暂停接收 The person has paused all messages' };
  }
  return null;
}

/** Why an endpoint is not called; null when it is. */
function stopCallback(endpoint: StoredEndpoint | undefined): Stop | null {
  if (!endpoint || endpoint.url === '') {
    return REMOVED;
  }
  const why = '回调地址已停用，改正后请重放 The endpoint is switched off; replay once it is mended';
  return endpoint.disabledAt ? { state: 'failed', code: 'disabled', why } : null;
}

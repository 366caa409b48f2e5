/** A person's data as one JSON document, written part by part: memory stays small however much there is. */

import type { Channels } from './channels.js';
import type { Contacts } from './contacts.js';
import type { CoreDeps } from './deps.js';
import { notFound } from './errors.js';
import type { Keys } from './keys.js';
import type { Limits } from './limits.js';
import { toPseudonym } from './pseudonyms.js';
import type { Attempt } from './types.js';

/** What the document is read from, beside the tables. */
export interface PersonalDataMeans {
  keys: Pick<Keys, 'listKeys'>;
  channels: Pick<Channels, 'listChannels'>;
  contacts: Pick<Contacts, 'find'>;
  limits: Pick<Limits, 'take'>;
}

/** The document as a file. */
export interface PersonalFile {
  name: string;
  /** Parts of the JSON text. */
  parts: AsyncIterable<string>;
}

const PAGE = 200;

/** The verbs of personal data. */
export type PersonalData = ReturnType<typeof createPersonalData>;

/** Makes the verbs. No secret is in the document: keys and channels are masked as lists show them. */
export function createPersonalData({ db, clock, hashKey }: CoreDeps, means: PersonalDataMeans) {
  /** Everything about a person, which takes as long as there is much of it: so many times a day. Throws not_found, limit_reached. */
  async function open(personId: number): Promise<PersonalFile> {
    const person = await db.person.findUnique({ where: { id: BigInt(personId) } });
    if (!person) {
      throw notFound('用户 User');
    }
    await means.limits.take('export', { personId });
    return { name: `${person.uid}.json`, parts: write(personId, person.uid) };
  }

  async function* write(personId: number, uid: string): AsyncGenerator<string> {
    yield `{"exportedAt":${clock.now()},"uid":${JSON.stringify(uid)}`;
    for (const [name, read] of Object.entries(heads)) {
      yield `,\n${JSON.stringify(name)}:${toJson(await read(personId))}`;
    }
    for (const [name, list] of Object.entries(lists)) {
      yield `,\n${JSON.stringify(name)}:[`;
      let isFirst = true;
      for await (const row of list(personId, uid)) {
        yield `${isFirst ? '' : ','}\n${toJson(row)}`;
        isFirst = false;
      }
      yield ']';
    }
    yield '}\n';
  }

  /** What is small: read whole. */
  const heads: Record<string, (personId: number) => Promise<unknown>> = {
    person: async (personId) => {
      const row = await db.person.findUnique({ where: { id: BigInt(personId) } });
      const { nickname, pausedAt, quietFrom, quietTo, points, createdAt } = row ?? {};
      return { nickname, pausedAt, quietFrom, quietTo, points, createdAt };
    },
    contacts: (personId) => means.contacts.find(personId),
    identities: async (personId) =>
      (await db.identity.findMany({ where: { personId: BigInt(personId) } })).map(
        ({ personId: _personId, externalId, ...row }) => ({
          ...row,
          name: row.platform === 'wechat' ? toPseudonym(hashKey, { ...row, externalId }) : externalId,
        }),
      ),
    account: async (personId) => {
      const row = await db.account.findUnique({
        where: { personId: BigInt(personId) },
        include: { apps: { where: { deletedAt: null }, select: { id: true, name: true, createdAt: true } } },
      });
      return row && { role: row.role, createdAt: row.createdAt, apps: row.apps };
    },
    keys: (personId) => means.keys.listKeys(personId),
    channels: (personId) => means.channels.listChannels(personId),
    notifyCodes: (personId) =>
      db.notifyCode.findMany({
        where: { ownerId: BigInt(personId) },
        select: { hint: true, createdAt: true },
      }),
    sessions: (personId) =>
      db.session.findMany({
        where: { personId: BigInt(personId) },
        select: { userAgent: true, address: true, createdAt: true, seenAt: true, expiresAt: true },
      }),
    settings: async (personId) =>
      (await db.preference.findMany({ where: { personId: BigInt(personId) }, select: { name: true } })).map(
        ({ name }) => name,
      ),
  };

  type List = (personId: number, uid: string) => AsyncGenerator<unknown>;
  /** What may be long: read page by page. */
  const lists: Record<string, List> = {
    subscriptions: (personId) =>
      pages(async (after) => {
        const rows = await db.subscription.findMany({
          where: { personId: BigInt(personId), id: { gt: after } },
          include: { app: { select: { name: true } } },
          ...NEXT,
        });
        return rows.map(({ app, personId: _personId, ...row }) => ({ ...row, appName: app.name }));
      }),
    points: (personId) =>
      pages(async (after) => {
        const rows = await db.pointEntry.findMany({
          where: { personId: BigInt(personId), id: { gt: after } },
          ...NEXT,
        });
        return rows.map(({ personId: _personId, cause: _cause, ...row }) => row);
      }),
    received: (personId) => pages((after) => readReceived(personId, after)),
    sent: (personId) =>
      pages((after) =>
        db.message.findMany({
          where: { senderId: BigInt(personId), id: { gt: after } },
          select: { id: true, source: true, ...TEXTS, total: true, createdAt: true },
          ...NEXT,
        }),
      ),
    events: (personId) =>
      pages(async (after) => {
        const rows = await db.event.findMany({
          where: { personId: BigInt(personId), id: { gt: after } },
          select: { id: true, type: true, appId: true, data: true, createdAt: true },
          ...NEXT,
        });
        return rows.map((row) => ({ ...row, data: JSON.parse(row.data) as unknown }));
      }),
    audit: (_, uid) =>
      pages((after) =>
        db.auditEntry.findMany({
          where: { actor: uid, id: { gt: after } },
          select: { id: true, action: true, target: true, detail: true, address: true, createdAt: true },
          ...NEXT,
        }),
      ),
  };

  /** Messages to a person, with what of their texts is still kept. */
  async function readReceived(personId: number, after: bigint) {
    const deliveries = await db.delivery.findMany({
      where: { personId: BigInt(personId), id: { gt: after } },
      select: { id: true, messageId: true, channel: true, state: true, attempts: true, readAt: true },
      ...NEXT,
    });
    const ids = deliveries.flatMap(({ messageId }) => messageId ?? []);
    const messages = await db.message.findMany({
      where: { id: { in: ids } },
      select: { id: true, appId: true, source: true, ...TEXTS, createdAt: true },
    });
    const messageOf = new Map(messages.map((message) => [message.id, message]));
    return deliveries.map(({ attempts, messageId, ...row }) => ({
      ...row,
      attempts: JSON.parse(attempts) as Attempt[],
      message: messageOf.get(messageId ?? 0n) ?? null,
    }));
  }

  return { open };
}

const TEXTS = { title: true, summary: true, body: true, format: true, url: true, deletedAt: true } as const;
const NEXT = { orderBy: { id: 'asc' }, take: PAGE } as const;

async function* pages<Row extends { id: bigint }>(
  read: (after: bigint) => Promise<Row[]>,
): AsyncGenerator<Row> {
  for (let after = 0n; ; ) {
    const rows = await read(after);
    yield* rows;
    const last = rows.at(-1);
    if (!last || rows.length < PAGE) {
      return;
    }
    after = last.id;
  }
}

/** Numbers of rows are below 2^53. */
function toJson(value: unknown): string {
  return JSON.stringify(value ?? null, (_, part: unknown) =>
    typeof part === 'bigint' ? Number(part) : part,
  );
}

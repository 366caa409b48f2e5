/** People as the operator looks for them: newest first, or found by how their UID, nickname, remark or openid begins. */
import type { Prisma } from '#src/store/generated/client.js';
import { listAccounts } from '#src/store/slow-counts.js';
import type { CoreDeps } from './deps.js';
import { notFound } from './errors.js';

/** A person in the list. */
export interface PersonRow {
  personId: number;
  uid: string;
  nickname: string;
  /** A subscription's owner's word for them; empty where nobody has one. */
  remark: string;
  following: boolean;
  paused: boolean;
  createdAt: Date;
}

/** Part of the list. */
export interface PeoplePart {
  items: PersonRow[];
  /** Where to go on: pass it as `before`. Null at the end, and for a search, whose best matches are all there is. */
  before: number | null;
}

/** How an outside platform knows a person. */
export interface IdentityRow {
  platform: string;
  account: string;
  /** Of an openid no more than its beginning and end: enough to compare it with WeChat's own console. */
  externalId: string;
  following: boolean;
  followedAt: Date | null;
  leftAt: Date | null;
}

/** Somebody's relation to an app or topic. */
export interface RelationRow {
  id: number;
  appId: number;
  appName: string;
  topicId: number;
  topicName: string;
  source: string;
  remark: string;
  blocked: boolean;
  muted: boolean;
  createdAt: Date;
}

/** Follows every text that begins with `text`. */
const toRange = (text: string) => ({ gte: text, lt: `${text}\u{10ffff}` });

/** More platform accounts than these no server has. */
const MOST_ACCOUNTS = 20;

/** The verbs of these lists. */
export type PeopleLists = ReturnType<typeof createPeopleLists>;

/** Makes the verbs. All searches are seeks in an index, however many people there are. */
export function createPeopleLists({ db }: CoreDeps) {
  /** The newest people, or those whom `search` finds: its beginning of a UID, nickname, remark or openid. */
  async function listPeople(wish: { search: string; before?: number; take: number }): Promise<PeoplePart> {
    const { search, before, take } = wish;
    if (search !== '') {
      return { items: await findPeople(search, take), before: null };
    }
    const rows = await readPeople(before === undefined ? {} : { id: { lt: BigInt(before) } }, take + 1);
    const items = rows.slice(0, take);
    return { items, before: rows.length > take ? (items.at(-1)?.personId ?? null) : null };
  }

  async function findPeople(search: string, take: number): Promise<PersonRow[]> {
    const range = toRange(search);
    const pick = { select: { id: true }, take };
    const [byUid, byNickname, byRemark, byOpenid] = await Promise.all([
      db.person.findMany({ where: { uid: range }, orderBy: { uid: 'asc' }, ...pick }),
      db.person.findMany({ where: { nickname: range }, orderBy: { nickname: 'asc' }, ...pick }),
      db.subscription.findMany({
        where: { remark: range },
        orderBy: { remark: 'asc' },
        select: { personId: true },
        take,
      }),
      findByOpenid(search, take),
    ]);
    const ids = [
      ...byUid.map(({ id }) => id),
      ...byNickname.map(({ id }) => id),
      ...byRemark.map(({ personId }) => personId),
      ...byOpenid,
    ];
    const found = [...new Set(ids)].slice(0, take);
    const rows = await readPeople({ id: { in: found } }, take);
    const rowOf = new Map(rows.map((row) => [row.personId, row]));
    return found.flatMap((id) => rowOf.get(Number(id)) ?? []);
  }

  /** The key begins with platform and account: one seek for each account that there is. */
  async function findByOpenid(search: string, take: number): Promise<bigint[]> {
    const accounts = await listAccounts(db);
    const found = await Promise.all(
      accounts.map(({ platform, account }) =>
        db.identity.findMany({
          where: { platform, account, externalId: toRange(search) },
          select: { personId: true },
          take,
        }),
      ),
    );
    return found.flat().map(({ personId }) => personId);
  }

  async function readPeople(where: Prisma.PersonWhereInput, take: number): Promise<PersonRow[]> {
    const rows = await db.person.findMany({
      where,
      orderBy: { id: 'desc' },
      take,
      include: {
        identities: { select: { following: true } },
        subscriptions: { where: { remark: { not: '' } }, select: { remark: true }, take: 1 },
      },
    });
    return rows.map(({ id, uid, nickname, pausedAt, createdAt, identities, subscriptions }) => ({
      personId: Number(id),
      uid,
      nickname,
      remark: subscriptions[0]?.remark ?? '',
      following: identities.some(({ following }) => following),
      paused: pausedAt !== null,
      createdAt,
    }));
  }

  /** How outside platforms know a person. */
  async function listIdentities(personId: number): Promise<IdentityRow[]> {
    const rows = await db.identity.findMany({ where: { personId: BigInt(personId) }, take: MOST_ACCOUNTS });
    return rows.map(({ personId: _personId, ...row }) => ({ ...row, externalId: hintOf(row) }));
  }

  /** What a person follows, blocked relations too, newest first, at most `take`. */
  async function listRelations(personId: number, take: number): Promise<RelationRow[]> {
    const rows = await db.subscription.findMany({
      where: { personId: BigInt(personId) },
      orderBy: { id: 'desc' },
      take,
      include: { app: { select: { name: true } } },
    });
    const topicIds = rows.flatMap(({ topicId }) => (topicId === 0 ? [] : [topicId]));
    const topics = await db.topic.findMany({ where: { id: { in: topicIds } } });
    const nameOf = new Map(topics.map(({ id, name }) => [id, name]));
    return rows.map(({ id, app, personId: _personId, extra: _extra, ...row }) => ({
      ...row,
      id: Number(id),
      appName: app.name,
      topicName: nameOf.get(row.topicId) ?? '',
    }));
  }

  /** Blocks or unblocks one relation of a person; returns the app. Throws not_found. */
  async function blockRelation(personId: number, id: number, blocked: boolean): Promise<number> {
    const where = { id: BigInt(id), personId: BigInt(personId) };
    const row = await db.subscription.findFirst({ where, select: { appId: true } });
    if (!row) {
      throw notFound('订阅 Subscription');
    }
    await db.subscription.update({ where: { id: where.id }, data: { blocked } });
    return row.appId;
  }

  /** The newest messages that a person's own keys sent. */
  async function listSentBy(personId: number, take: number) {
    const rows = await db.message.findMany({
      where: { senderId: BigInt(personId) },
      orderBy: { id: 'desc' },
      take,
      select: {
        id: true,
        title: true,
        summary: true,
        body: true,
        source: true,
        state: true,
        createdAt: true,
      },
    });
    return rows.map((row) => ({ ...row, id: Number(row.id) }));
  }

  return { listPeople, listIdentities, listRelations, blockRelation, listSentBy };
}

function hintOf({ platform, externalId }: { platform: string; externalId: string }): string {
  return platform === 'wechat' ? `${externalId.slice(0, 6)}…${externalId.slice(-4)}` : externalId;
}

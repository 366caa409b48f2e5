/** Topics: broadcast lists under an app. */
import { LRUCache } from 'lru-cache';
import { randomText } from '#src/lib/ids.js';
import type { Topic as TopicRow } from '#src/store/generated/client.js';
import type { CoreDeps } from './deps.js';
import { AppError, notFound } from './errors.js';

/** A topic as the other rooms see it. */
export interface Topic {
  id: number;
  appId: number;
  /** The code of its subscribe page, `/s/{code}`. */
  code: string;
  name: string;
  description: string;
  createdAt: Date;
}

/** What a developer says of a topic. */
export interface TopicInput {
  name: string;
  description?: string;
}

/** The verbs of topics. */
export type Topics = ReturnType<typeof createTopics>;

/** Makes the verbs of topics. */
export function createTopics({ db, clock }: CoreDeps) {
  /** Topics are asked for at every scan and send, and change rarely. */
  const byId = new LRUCache<number, Topic>({ max: 10_000, ttl: 60_000 });

  /** Creates a topic under an app that exists. */
  async function createTopic(appId: number, input: TopicInput): Promise<Topic> {
    const data = checkInput(input);
    const row = await db.topic.create({
      data: {
        ...data,
        name: input.name.trim(),
        appId,
        code: randomText(12),
        createdAt: new Date(clock.now()),
      },
    });
    return toTopic(row);
  }

  /** The topic with this number under this app; throws not_found. */
  async function getTopic(appId: number, id: number): Promise<Topic> {
    const row = await db.topic.findFirst({ where: { id, appId, deletedAt: null } });
    if (!row) {
      throw notFound('主题 Topic');
    }
    return toTopic(row);
  }

  /** The topics among these numbers that exist, whatever their app. */
  async function findTopics(ids: readonly number[]): Promise<Topic[]> {
    const known = ids.filter((id) => Number.isInteger(id) && id > 0 && id < 2 ** 31);
    const missing = known.filter((id) => !byId.has(id));
    if (missing.length > 0) {
      for (const row of await db.topic.findMany({ where: { id: { in: missing }, deletedAt: null } })) {
        byId.set(row.id, toTopic(row));
      }
    }
    return [...new Set(known)].flatMap((id) => byId.get(id) ?? []);
  }

  /** Finds a topic by the code of its subscribe page, or null. */
  async function findTopicByCode(code: string): Promise<Topic | null> {
    const row = await db.topic.findFirst({ where: { code, deletedAt: null } });
    return row ? toTopic(row) : null;
  }

  /** A page of an app's topics, oldest first. */
  async function listTopics(appId: number, page: { skip: number; take: number }) {
    const where = { appId, deletedAt: null };
    const [total, rows] = await Promise.all([
      db.topic.count({ where }),
      db.topic.findMany({ where, orderBy: { id: 'asc' }, skip: page.skip, take: page.take }),
    ]);
    return { total, items: rows.map(toTopic) };
  }

  /** Changes what is given of a topic; throws not_found. */
  async function updateTopic(appId: number, id: number, input: Partial<TopicInput>): Promise<Topic> {
    await getTopic(appId, id);
    const row = await db.topic.update({ where: { id }, data: checkInput(input) });
    byId.delete(id);
    return toTopic(row);
  }

  /** Removes a topic with its subscriptions and codes. */
  async function deleteTopic(appId: number, id: number): Promise<void> {
    await getTopic(appId, id);
    await db.$transaction([
      db.subscription.deleteMany({ where: { appId, topicId: id } }),
      db.qrCode.deleteMany({ where: { appId, topicId: id } }),
      db.topic.update({ where: { id }, data: { deletedAt: new Date(clock.now()) } }),
    ]);
    byId.delete(id);
  }

  /** Takes back a topic that never came to be, because its QR code was refused: no trace of it stays. */
  async function discardTopic(id: number): Promise<void> {
    await db.topic.delete({ where: { id } });
    byId.delete(id);
  }

  return {
    createTopic,
    getTopic,
    findTopics,
    findTopicByCode,
    listTopics,
    updateTopic,
    deleteTopic,
    discardTopic,
  };
}

function toTopic(row: TopicRow): Topic {
  const { deletedAt: _deletedAt, ...topic } = row;
  return topic;
}

function checkInput(input: Partial<TopicInput>): { name?: string; description?: string } {
  const name = input.name?.trim();
  const description = input.description?.trim();
  if (name === '') {
    throw new AppError('bad_field', { field: 'name', detail: '不能为空 must not be empty' });
  }
  for (const [field, value, limit] of [
    ['name', name, 64],
    ['description', description, 1000],
  ] as const) {
    if (value !== undefined && [...value].length > limit) {
      throw new AppError('field_too_long', { field, limit });
    }
  }
  return { ...(name === undefined ? {} : { name }), ...(description === undefined ? {} : { description }) };
}

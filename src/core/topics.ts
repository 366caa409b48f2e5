/** Topics: broadcast lists under an app. */
import { LRUCache } from 'lru-cache';
import { atMost } from '#src/lib/cache-size.js';
import { randomText } from '#src/lib/ids.js';
import type { Topic as TopicRow } from '#src/store/generated/client.js';
import { wordsOf } from '#src/store/sql.js';
import { countIds, isNamed, pickIds } from '#src/store/text-search.js';
import { appsOf, type CodeBudget } from './code-budget.js';
import type { CoreDeps } from './deps.js';
import { AppError, notFound } from './errors.js';
import type { Limits } from './limits.js';
import { rememberMs } from './remember.js';

/** A topic as the other rooms see it. */
export interface Topic {
  id: number;
  appId: number;
  /** The code of its subscribe page, `/s/{code}`. */
  code: string;
  /** Its owner's own short name for it, unique under the app; null: none. */
  alias: string | null;
  name: string;
  description: string;
  /** How to reach whoever runs it. */
  contact: string;
  /** What is said to who joins; empty: the usual words. */
  receipt: string;
  createdAt: Date;
}

/** What a developer says of a topic. Texts are trimmed; an empty text clears. */
export interface TopicInput {
  name: string;
  alias?: string | null;
  description?: string;
  contact?: string;
  receipt?: string;
}

/** The most characters (code points) of each text. */
export const TOPIC_LIMITS = { name: 64, alias: 64, description: 1000, contact: 200, receipt: 600 };

/** The verbs of topics. */
export type Topics = ReturnType<typeof createTopics>;

/** Makes the verbs of topics. */
export function createTopics(
  { db, clock }: CoreDeps,
  { limits, budget }: { limits: Limits; budget: CodeBudget },
) {
  /** Topics are asked for at every scan and send, and change rarely. */
  const byId = new LRUCache<number, Topic>({ ...atMost(10_000), ttl: rememberMs(db, 60_000) });

  /** Creates a topic under an app that exists. Throws bad_field, field_too_long, conflict for an alias that is taken, limit_full. */
  async function createTopic(appId: number, input: TopicInput): Promise<Topic> {
    const data = checkInput(input);
    await checkFree(appId, data.alias);
    const payer = await budget.findPayerOf(appId);
    const make = () =>
      db.topic.create({
        data: {
          ...data,
          name: input.name.trim(),
          appId,
          code: randomText(12),
          createdAt: new Date(clock.now()),
        },
      });
    const row = await limits.makeOne('topic', {
      count: async (who) => {
        const owner = payer !== null && who === 'person' ? { app: appsOf(payer) } : {};
        return payer === null ? null : db.topic.count({ where: { deletedAt: null, ...owner } });
      },
      make,
      undo: ({ id }) => discardTopic(id),
    });
    return toTopic(row);
  }

  /** Finds an app's topic by its owner's own short name, or null. */
  async function findTopicByAlias(appId: number, alias: string): Promise<Topic | null> {
    const row = await db.topic.findFirst({ where: { appId, alias, deletedAt: null } });
    return row ? toTopic(row) : null;
  }

  async function checkFree(appId: number, alias: string | null | undefined, ownId?: number): Promise<void> {
    const found = alias ? await findTopicByAlias(appId, alias) : null;
    if (found && found.id !== ownId) {
      throw new AppError('conflict', {
        field: 'alias',
        detail: `别名「${alias}」已被使用 the alias “${alias}” is taken`,
      });
    }
  }

  /** The topic with this number under this app; throws not_found. */
  async function getTopic(appId: number, id: number): Promise<Topic> {
    const isId = Number.isInteger(id) && id > 0 && id < 2 ** 31;
    const row = isId ? await db.topic.findFirst({ where: { id, appId, deletedAt: null } }) : null;
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

  /** A page of an app's topics, oldest first; with a search those whose name or alias holds it, or whose number it is. */
  async function listTopics(appId: number, page: { search?: string; skip: number; take: number }) {
    const { search = '', skip, take } = page;
    const where = [
      { sql: '"appId" = ? AND "deletedAt" IS NULL', args: [appId] },
      ...(search === '' ? [] : [isNamed(wordsOf(db), ['"name"', `coalesce("alias", '')`], search)]),
    ];
    const [total, ids] = await Promise.all([
      countIds(db, { table: 'Topic', where }),
      pickIds(db, { table: 'Topic', where, order: 'ASC', skip, take }),
    ]);
    const rows = await db.topic.findMany({ where: { id: { in: ids } }, orderBy: { id: 'asc' } });
    return { total, items: rows.map(toTopic) };
  }

  /** Changes what is given of a topic; throws not_found, and as `createTopic` does. */
  async function updateTopic(appId: number, id: number, input: Partial<TopicInput>): Promise<Topic> {
    await getTopic(appId, id);
    const data = checkInput(input);
    await checkFree(appId, data.alias, id);
    const row = await db.topic.update({ where: { id }, data });
    byId.delete(id);
    return toTopic(row);
  }

  /** Removes a topic with its subscriptions and codes; its alias is free again. */
  async function deleteTopic(appId: number, id: number): Promise<void> {
    await getTopic(appId, id);
    await db.$transaction([
      db.subscription.deleteMany({ where: { appId, topicId: id } }),
      db.qrCode.deleteMany({ where: { appId, topicId: id } }),
      db.topic.update({ where: { id }, data: { alias: null, deletedAt: new Date(clock.now()) } }),
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
    findTopicByAlias,
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

/** Trims and checks the texts that are given; throws bad_field, field_too_long. An empty alias is none. */
function checkInput(input: Partial<TopicInput>) {
  const data: Partial<Record<keyof typeof TOPIC_LIMITS, string>> = {};
  for (const [field, limit] of Object.entries(TOPIC_LIMITS) as [keyof typeof TOPIC_LIMITS, number][]) {
    const value = input[field]?.trim();
    if (value === undefined) {
      continue;
    }
    if (value === '' && field === 'name') {
      throw new AppError('bad_field', { field, detail: '不能为空 must not be empty' });
    }
    if ([...value].length > limit) {
      throw new AppError('field_too_long', { field, limit });
    }
    data[field] = value;
  }
  const { alias = input.alias, ...texts } = data;
  return { ...texts, ...(alias === undefined ? {} : { alias: alias || null }) };
}

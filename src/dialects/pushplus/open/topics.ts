/** The calls about groups: those the account made, and those its person joined. */
import { z } from 'zod';
import { AppError } from '#src/core/errors.js';
import type { Core } from '#src/core/index.js';
import type { Topic, TopicInput } from '#src/core/topics.js';
import { invalid } from '#src/dialects/pushplus/envelope.js';
import { readPlan } from '#src/dialects/pushplus/limits.js';
import { formatChinaTime } from '#src/lib/china-time.js';
import { type Call, type Caller, DONE, notServed } from './call.js';
import { type Page, readPage, toPage, toSlice } from './pages.js';
import { integer, parseFields, text } from './read-fields.js';
import { findSpaceId, orNull } from './spaces.js';

const listing = z.object({ topicType: integer.optional() });
const choice = z.object({ topicId: integer });
const texts = { contact: text, introduction: text, receiptMessage: text.optional() };
const creation = z.object({ topicCode: text, topicName: text, ...texts, topicType: integer.optional() });
const change = z
  .object({ topicCode: text, topicName: text, ...texts, topic: integer, topicId: integer })
  .partial();

const JOINED = 1;

/** The calls about groups. */
export function createTopicCalls(core: Core): Call[] {
  return [...listCalls(core), ...ownCalls(core), ...joinedCalls(core)];
}

function listCalls(core: Core): Call[] {
  return [
    {
      method: 'POST',
      path: '/topic/list',
      run: async (caller, fields) => {
        const { topicType = 0 } = parseFields(listing, fields);
        const page = readPage(fields);
        return {
          data:
            topicType === JOINED ? await listJoined(core, caller, page) : await listOwn(core, caller, page),
        };
      },
    },
    {
      method: 'GET',
      path: '/topic/detail',
      run: async (caller, fields) => {
        const topic = await getOwn(core, caller, parseFields(choice, fields).topicId);
        const [{ code }, members] = await Promise.all([
          core.qrcodes.getDefault(topic.appId, topic.id),
          core.subscribers.listSubscribers({ appId: topic.appId, topicId: topic.id }, { skip: 0, take: 1 }),
        ]);
        const row = await toRow(core, topic, topic.createdAt);
        const { contact, description: introduction, receipt: receiptMessage } = topic;
        const qrCodeImgUrl = toPictureUrl(core, code);
        return {
          data: {
            ...row,
            qrCodeImgUrl,
            contact,
            introduction,
            receiptMessage,
            topicUserCount: members.total,
          },
        };
      },
    },
  ];
}

function ownCalls(core: Core): Call[] {
  return [
    {
      method: 'POST',
      path: '/topic/add',
      run: async (caller, fields) => {
        const { topicType = 0, ...input } = parseFields(creation, fields);
        if (topicType !== 0) {
          throw notServed('积分群组和公开群组');
        }
        await core.accounts.checkSender(caller.personId);
        const { id: appId } = await core.spaces.getSpace(caller.personId);
        await checkRoom(core, caller, appId);
        const { id } = await withFreeCode(
          core.topics.createTopic(appId, { ...toInput(input), name: input.topicName }),
        );
        return { data: id, msg: DONE };
      },
    },
    {
      method: 'POST',
      path: '/topic/editTopic',
      run: async (caller, fields) => {
        const { topic, topicId, ...input } = parseFields(change, fields);
        const { appId, id } = await getOwn(core, caller, topic ?? topicId ?? 0);
        await withFreeCode(core.topics.updateTopic(appId, id, toInput(input)));
        return { data: '修改成功' };
      },
    },
    {
      method: 'GET',
      path: '/topic/delete',
      run: async (caller, fields) => {
        const { appId, id } = await getOwn(core, caller, parseFields(choice, fields).topicId);
        await core.topics.deleteTopic(appId, id);
        core.qrcodes.forgetApp(appId);
        return { data: '删除成功' };
      },
    },
  ];
}

function joinedCalls(core: Core): Call[] {
  return [
    {
      method: 'GET',
      path: '/topic/joinTopicDetail',
      run: async ({ personId }, fields) => {
        const { topic, joinedAt } = await getJoined(core, personId, parseFields(choice, fields).topicId);
        const { contact, description: introduction } = topic;
        return { data: { ...(await toRow(core, topic, joinedAt)), contact, introduction } };
      },
    },
    {
      method: 'GET',
      path: '/topic/exitTopic',
      run: async ({ personId }, fields) => {
        const { topic } = await getJoined(core, personId, parseFields(choice, fields).topicId);
        await core.subscriptions.unsubscribe(personId, topic.appId, topic.id);
        return { data: '退订成功' };
      },
    },
  ];
}

/** One of the account's own groups. Throws a Refusal for any other. */
export async function getOwn(core: Core, caller: Caller, id: number): Promise<Topic> {
  const topic = await orNull(core.topics.getTopic(await findSpaceId(core, caller), id));
  if (!topic) {
    throw invalid('群组不存在');
  }
  return topic;
}

/** The address of a QR code's picture; the code is what outsiders hold. */
export function toPictureUrl(core: Core, code: string): string {
  return `${core.publicUrl}/api/common/qrcode/${code}.png`;
}

async function getJoined(core: Core, personId: number, topicId: number) {
  const [topic] = await core.topics.findTopics([topicId]);
  const joined = topic ? await core.subscribers.findJoined(personId, topic.id) : null;
  if (!topic || !joined) {
    throw invalid('群组不存在或未加入');
  }
  return { topic, joinedAt: joined.joinedAt };
}

async function listOwn(core: Core, caller: Caller, page: Page) {
  const { total, items } = await core.topics.listTopics(await findSpaceId(core, caller), toSlice(page));
  const rows = items.map((topic) => toRow(core, topic, topic.createdAt));
  return toPage(page, total, await Promise.all(rows));
}

async function listJoined(core: Core, { personId }: Caller, page: Page) {
  const { total, items } = await core.subscribers.listJoined(personId, toSlice(page));
  const topics = new Map(
    (await core.topics.findTopics(items.map(({ topicId }) => topicId))).map((topic) => [topic.id, topic]),
  );
  const rows = items.flatMap(({ topicId, joinedAt }) => {
    const topic = topics.get(topicId);
    return topic ? [toRow(core, topic, joinedAt)] : [];
  });
  return toPage(page, total, await Promise.all(rows));
}

/** `nickName` is who the group belongs to: there, the name of an official account. */
async function toRow(core: Core, topic: Topic, at: Date) {
  const app = await core.apps.findApp(topic.appId);
  return {
    topicId: topic.id,
    // Topics that were not made as groups have no short name.
    topicCode: topic.alias ?? topic.code,
    topicName: topic.name,
    nickName: app?.name ?? '',
    createTime: formatChinaTime(at),
  };
}

/** The fields of a group as the domain calls them; what is not given stays away. */
function toInput(given: z.output<typeof change>): Partial<TopicInput> {
  const { topicCode: alias, topicName: name, contact, introduction, receiptMessage } = given;
  if (alias?.trim() === '') {
    throw invalid('topicCode不能为空');
  }
  return {
    ...(alias === undefined ? {} : { alias }),
    ...(name === undefined ? {} : { name }),
    ...(contact === undefined ? {} : { contact }),
    ...(introduction === undefined ? {} : { description: introduction }),
    ...(receiptMessage === undefined ? {} : { receipt: receiptMessage }),
  };
}

async function checkRoom(core: Core, caller: Caller, appId: number): Promise<void> {
  const plan = await readPlan(core, caller.personId);
  const { total } = await core.topics.listTopics(appId, { skip: 0, take: 1 });
  if (plan && total >= plan.groups) {
    throw invalid(`群组最多 ${plan.groups} 个`);
  }
}

async function withFreeCode<T>(saving: Promise<T>): Promise<T> {
  try {
    return await saving;
  } catch (error) {
    throw error instanceof AppError && error.code === 'conflict' ? invalid('群组编码已存在') : error;
  }
}

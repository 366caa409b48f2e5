/** The calls about messages: the list of those sent, what became of one, and taking one back. */
import { z } from 'zod';
import type { Core } from '#src/core/index.js';
import type { MessageState } from '#src/core/message-state.js';
import type { SentHead } from '#src/core/sent-messages.js';
import { invalid } from '#src/dialects/pushplus/envelope.js';
import { SOURCE } from '#src/dialects/pushplus/limits.js';
import { formatChinaTime } from '#src/lib/china-time.js';
import type { Call, Caller } from './call.js';
import { readPage, toPage, toSlice } from './pages.js';
import { type Fields, parseFields, text } from './read-fields.js';
import { orNull } from './spaces.js';

const codeSchema = z.object({ shortCode: text });

/** 0 not sent, 1 on its way, 2 sent, 3 failed. */
const STATUS: Readonly<Record<MessageState, number>> = {
  accepted: 0,
  sending: 1,
  sent: 2,
  failed: 3,
  cancelled: 3,
  unknown: 3,
};

/** What PushPlus's accounts sent. */
export const senderOf = ({ personId }: Caller) => ({ personId, source: SOURCE });

/** The calls about messages. */
export function createMessageCalls(core: Core): Call[] {
  const readId = (fields: Fields): number => {
    const id = core.shortCodes.decode('message', parseFields(codeSchema, fields).shortCode.trim());
    if (id === null) {
      throw invalid('消息不存在');
    }
    return id;
  };
  return [
    {
      method: 'POST',
      path: '/message/list',
      run: async (caller, fields) => {
        const page = readPage(fields);
        const { total, items } = await core.messages.listSent(senderOf(caller), toSlice(page));
        const topics = await core.topics.findTopics(items.flatMap((item) => item.topicIds));
        const names = new Map(topics.map(({ id, name }) => [id, name]));
        const rows = items.map((item) => ({
          topicName: item.topicIds.map((id) => names.get(id) ?? '').join(),
          messageType: item.topicIds.length === 0 ? 1 : 2,
          title: item.title,
          shortCode: core.shortCodes.encode('message', item.id),
          channel: channelOf(item),
          updateTime: formatChinaTime(item.updatedAt),
        }));
        return { data: toPage(page, total, rows) };
      },
    },
    {
      method: 'GET',
      path: '/message/sendMessageResult',
      run: async (caller, fields) => {
        const found = await orNull(core.messages.getSent(senderOf(caller), readId(fields)));
        if (!found) {
          throw invalid('消息不存在');
        }
        return {
          data: {
            status: STATUS[found.state],
            errorMessage: found.why,
            updateTime: formatChinaTime(found.updatedAt),
          },
        };
      },
    },
    {
      method: 'DELETE',
      path: '/message/deleteMessage',
      run: async (caller, fields) => {
        await core.messages.takeDown(senderOf(caller), readId(fields));
        return { data: '删除成功' };
      },
    },
  ];
}

/** The channel that the message asked for. */
function channelOf({ extras }: SentHead): string {
  const channel = extras.pushplus?.channel;
  return typeof channel === 'string' ? channel : 'wechat';
}

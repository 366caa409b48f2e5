/** The two status queries: what became of a record, or of a whole message. */
import type { Core } from '#src/core/index.js';
import type { MessageState } from '#src/core/message-state.js';
import type { MessageHead } from '#src/core/messages.js';
import type { Call, Reply } from './envelope.js';
import { oldStatusSchema, parseFields, statusSchema } from './schema.js';

/** WxPusher's numbers of a state, with their texts. Only the first was ever seen; the others are ours. */
const STATES = {
  waiting: { data: 1, msg: '等待发送' },
  sent: { data: 2, msg: '已发送' },
  failed: { data: 3, msg: '发送失败' },
} as const satisfies Record<string, Reply>;

const OF_MESSAGE: Readonly<Record<MessageState, Reply>> = {
  accepted: STATES.waiting,
  sending: STATES.waiting,
  sent: STATES.sent,
  failed: STATES.failed,
  cancelled: STATES.failed,
  // WxPusher has no number for it: who asks must look, as at a failure.
  unknown: STATES.failed,
};

/** The calls that ask for a state. No token is asked for: the ids cannot be used for anything else. */
export function createStatusCalls(core: Core): Call[] {
  return [
    {
      method: 'GET',
      path: '/api/send/query/status',
      run: ({ fields }) => findState(core, parseFields(statusSchema, fields).sendRecordId),
    },
    {
      method: 'GET',
      path: '/api/send/query/:messageId',
      run: ({ params }) =>
        findState(core, parseFields(oldStatusSchema, { messageId: params.messageId }).messageId),
    },
  ];
}

/** Takes a record id, or the id that all records of a call share; throws not_found. */
async function findState(core: Core, id = 0): Promise<Reply> {
  const record = await core.messages.findByRecord(id);
  if (!record) {
    return OF_MESSAGE[(await core.messages.getMessage(id)).state];
  }
  const { head, target } = record;
  return target.uid === undefined ? OF_MESSAGE[head.state] : findPersonState(core, head, target.uid);
}

async function findPersonState(core: Core, head: MessageHead, uid: string): Promise<Reply> {
  switch (await core.messages.findDeliveryState(head.id, uid)) {
    case 'sent':
      return STATES.sent;
    case 'failed':
    case 'cancelled':
    case 'unknown':
      return STATES.failed;
    case null: {
      // No delivery yet; or none ever, when the message is through with its audience.
      const isOpen = head.state === 'accepted' || head.state === 'sending';
      return isOpen ? STATES.waiting : STATES.failed;
    }
    default:
      return STATES.waiting;
  }
}

/** Writes the callbacks that WxPusher's developers receive, field by field as WxPusher writes them. */
import { assertNever } from '#src/core/errors.js';
import type { Event } from '#src/core/types.js';

/** WxPusher hides names and pictures of people; the fields stay. */
const HIDDEN = { userName: '', userHeadImg: '' };

/**
 * The request body for an event; null for what WxPusher does not tell (following a topic, a message's end). A test of the endpoint has an
 * action of its own, which receivers must ignore as they must all unknown ones.
 */
export function toCallbackBody(event: Event): object | null {
  const { appId, appName } = event;
  const time = event.at.getTime();
  switch (event.type) {
    case 'subscription.created': {
      const { uid, source, extra, topicId } = event.data;
      // The deprecated appKey is in the old samples of this action with this value, of the next one with null.
      const data = { appId, appKey: 'AK_xxxxxx', appName, source, ...HIDDEN, time, uid, extra };
      return topicId === 0 ? { action: 'app_subscribe', data } : null;
    }
    case 'upstream.received': {
      const { uid, content } = event.data;
      return {
        action: 'send_up_cmd',
        data: { uid, appId, appKey: null, appName, ...HIDDEN, time, content },
      };
    }
    case 'message.completed':
      return null;
    case 'callback.test':
      return { action: 'test', data: { appId, appName, time, note: event.data.note } };
    default:
      return assertNever(event);
  }
}

/** The callbacks, exactly as WxPusher's developers know them. */
import { expect, it } from 'vitest';
import { toCallbackBody } from '#src/dialects/wxpusher/callback-body.js';

const common = { id: 1, at: new Date(1_603_002_697_386), appId: 97, appName: '演示' };

it('tells a new follower of the app', () => {
  const data = { uid: 'UID_x', source: 'scan' as const, extra: '桌 7', topicId: 0 };
  const body = toCallbackBody({ ...common, type: 'subscription.created', data });
  expect(JSON.stringify(body)).toBe(
    '{"action":"app_subscribe","data":{"appId":97,"appKey":"AK_xxxxxx","appName":"演示","source":"scan","userName":"","userHeadImg":"","time":1603002697386,"uid":"UID_x","extra":"桌 7"}}',
  );
});

it('tells the empty parameter of a default code as an empty text', () => {
  const data = { uid: 'UID_x', source: 'command' as const, extra: '', topicId: 0 };
  expect(toCallbackBody({ ...common, type: 'subscription.created', data })).toMatchObject({
    data: { extra: '', source: 'command' },
  });
});

it('tells nothing of a follower of a topic', () => {
  const data = { uid: 'UID_x', source: 'link' as const, extra: '', topicId: 5 };
  expect(toCallbackBody({ ...common, type: 'subscription.created', data })).toBeNull();
});

it('tells what a follower wrote', () => {
  const data = { uid: 'UID_x', content: '重启 "1"' };
  const body = toCallbackBody({ ...common, type: 'upstream.received', data });
  expect(JSON.stringify(body)).toBe(
    '{"action":"send_up_cmd","data":{"uid":"UID_x","appId":97,"appKey":null,"appName":"演示","userName":"","userHeadImg":"","time":1603002697386,"content":"重启 \\"1\\""}}',
  );
});

it('tries an endpoint by an action that receivers ignore', () => {
  const body = toCallbackBody({ ...common, type: 'callback.test', data: { note: 'hello' } });
  expect(body).toEqual({
    action: 'test',
    data: { appId: 97, appName: '演示', time: 1_603_002_697_386, note: 'hello' },
  });
});

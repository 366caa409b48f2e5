/** The wire form of an event: the endpoint's own style, or ours. */
import { expect, it } from 'vitest';
import { createPayloads, nativeBody } from '#src/callbacks/payloads.js';
import type { Event } from '#src/core/types.js';

const EVENT: Event = {
  id: 7,
  type: 'upstream.received',
  at: new Date('2026-11-23T04:00:00Z'),
  appId: 97,
  appName: '机房',
  data: { uid: 'UID_x', content: 'restart' },
};

it('writes our own form with a type, a time and the data', () => {
  expect(nativeBody(EVENT)).toEqual({
    id: 7,
    type: 'upstream.received',
    timestamp: '2026-11-23T04:00:00.000Z',
    data: { appId: 97, appName: '机房', uid: 'UID_x', content: 'restart' },
  });
});

it('asks the mapper of the endpoint’s style, and takes its word that there is nothing to send', () => {
  const payloadOf = createPayloads({ loud: ({ type }) => ({ LOUD: type }), silent: () => null });
  expect(payloadOf('loud', EVENT)).toEqual({ LOUD: 'upstream.received' });
  expect(payloadOf('silent', EVENT)).toBeNull();
});

it.each(['native', 'unheard-of', '', 'constructor', '__proto__'])(
  'gives the style %j our own form',
  (style) => {
    expect(createPayloads({})(style, EVENT)).toEqual(nativeBody(EVENT));
  },
);

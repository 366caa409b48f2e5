/** What the chat remembers of a person, and for how long. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { CONVERSATION_MS } from '#src/core/conversations.js';
import { type CoreWorld, openCoreWorld } from './core-world.js';

let w: CoreWorld;
beforeEach(async () => {
  w = await openCoreWorld();
});
afterEach(() => w.close());

it('remembers a talk for ten minutes from its last word', async () => {
  const { remember, recall } = w.core.conversations;
  await remember(16, { appId: 3, pending: null });
  w.clock.advance(CONVERSATION_MS - 1);
  expect(await recall(16)).toEqual({ appId: 3, pending: null });
  await remember(16, { appId: 3, pending: '重启' });
  w.clock.advance(CONVERSATION_MS - 1);
  expect(await recall(16)).toEqual({ appId: 3, pending: '重启' });
  w.clock.advance(1);
  expect(await recall(16)).toEqual({ appId: null, pending: null });
  expect(await recall(32)).toEqual({ appId: null, pending: null });
});

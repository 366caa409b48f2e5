/** The ids of messages: as long as real ones, and never those of an account that was there before. */
import { expect, it } from 'vitest';
import { createSentIds } from '#src/simulator/wechat/sent-ids.js';

const START = Date.UTC(2026, 5, 1);

function idsOf(at: number): string[] {
  const ids = createSentIds({ now: () => at });
  return Array.from({ length: 500 }, () => [ids.nextMsgId(), ids.nextInboundId()]).flat();
}

it('are not repeated by the account of a simulator that was started again', () => {
  const ids = [...idsOf(START), ...idsOf(START + 1), ...idsOf(START + 86_400_000)];
  expect(new Set(ids).size).toBe(ids.length);
});

it('have nineteen and seventeen digits, now and in a hundred years', () => {
  for (const at of [START, START + 100 * 365 * 86_400_000]) {
    expect(idsOf(at).map((id) => id.length)).toEqual(Array.from({ length: 500 }, () => [19, 17]).flat());
  }
});

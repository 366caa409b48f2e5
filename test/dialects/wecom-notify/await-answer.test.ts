/** How long the notify API's answer waits, told from what is known of the message at each look. */
import { expect, it } from 'vitest';
import type { NotifyAnswer } from '#src/core/notify-codes.js';
import { awaitAnswer } from '#src/dialects/wecom-notify/await-answer.js';

const WAITING: NotifyAnswer = { kind: 'waiting', code: '', why: '', until: 0, isTried: false };

/** Answers look by look, the last one again and again; counts the time that was waited. */
async function waitThrough(looks: readonly NotifyAnswer[]) {
  let look = 0;
  let waitedMs = 0;
  const source = {
    clock: { now: () => waitedMs },
    notifyCodes: {
      readAnswer: async () => looks[Math.min(look++, looks.length - 1)] ?? WAITING,
      tryNow: async () => {},
    },
    messages: { withdraw: async () => 'ended' as const },
  };
  const delay = async (ms: number) => {
    waitedMs += ms;
  };
  const answer = await awaitAnswer(source, 1, { delay, log: undefined }).catch(
    (error: Error) => error.message,
  );
  return { answer, waitedMs };
}

it('waits for the first answer and no longer', async () => {
  const sent: NotifyAnswer = { kind: 'sent', msgIds: ['m1'], missed: '' };
  const { answer, waitedMs } = await waitThrough([WAITING, WAITING, sent]);
  expect(answer).toEqual({ message: '发送成功', response: { errcode: 0, errmsg: 'ok', msgid: 'm1' } });
  expect(waitedMs).toBeLessThan(100);
});

it('says after five seconds that the message is queued', async () => {
  const { answer, waitedMs } = await waitThrough([WAITING]);
  expect(answer).toMatchObject({
    response: { errcode: 0, errmsg: expect.stringMatching(/^queued/), msgid: '' },
  });
  expect(waitedMs).toBe(5000);
});

it('waits for a second try that comes in time, not for one that comes later', async () => {
  const retry: NotifyAnswer = { kind: 'waiting', code: '-1', why: 'busy', until: 1000, isTried: true };
  const sent: NotifyAnswer = { kind: 'sent', msgIds: ['m2'], missed: '' };
  expect((await waitThrough([retry, retry, sent])).answer).toMatchObject({ response: { msgid: 'm2' } });
  const { answer, waitedMs } = await waitThrough([{ ...retry, until: 60_000 }]);
  expect(answer).toMatchObject({ response: { errmsg: expect.stringContaining('busy') } });
  expect(waitedMs).toBe(0);
});

it('tells a failure with its reason', async () => {
  expect((await waitThrough([{ kind: 'failed', why: '81013' }])).answer).toBe('81013');
});

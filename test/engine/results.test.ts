/** What the outcome of a try makes of its delivery. */
import { describe, expect, it } from 'vitest';
import type { Attempt, Outcome } from '#src/core/types.js';
import { toResult, toReturned, toStopped } from '#src/engine/results.js';
import type { ClaimedDelivery } from '#src/store/claims.js';
import type { DeliveryResult } from '#src/store/outbox.js';

const NOW = 1_800_000_000_000;
const DELIVERY: ClaimedDelivery = {
  id: 16,
  messageId: 32,
  personId: 48,
  eventId: null,
  callbackId: null,
  channel: 'wechat',
  queue: 'wechat',
  configId: null,
  route: '',
  tries: 1,
  doubtAt: null,
  createdAt: NOW - 1000,
};

const resultOf = (outcome: Outcome, own: Partial<ClaimedDelivery> = {}): DeliveryResult =>
  toResult({ ...DELIVERY, ...own }, { outcome, startedAt: NOW - 40, endedAt: NOW, chance: 0.5 });
const attemptOf = (result: DeliveryResult): Attempt => JSON.parse(result.attempt ?? 'null') as Attempt;

it('keeps the platform’s id of what was sent', () => {
  const result = resultOf({ kind: 'sent', ref: '3662956322040938501' });
  expect(result).toMatchObject({
    id: 16,
    messageId: 32,
    state: 'sent',
    ref: '3662956322040938501',
    finishedAt: NOW,
  });
  expect(attemptOf(result)).toEqual({ at: NOW - 40, outcome: 'sent', tookMs: 40 });
});

it('keeps no empty id, which many sends would share', () => {
  expect(resultOf({ kind: 'sent', ref: '' }).ref).toBeNull();
  expect(resultOf({ kind: 'sent' }).ref).toBeNull();
});

it.each(['refused', 'gone'] as const)('ends what is %s, with the reason', (kind) => {
  const result = resultOf({ kind, code: '43101', why: '对方关闭了通知' });
  expect(result).toMatchObject({ state: 'failed', finishedAt: NOW, dueAt: null });
  expect(attemptOf(result)).toMatchObject({ outcome: kind, code: '43101', detail: '对方关闭了通知' });
});

describe('a failure that passes', () => {
  it('comes back by the schedule of messages', () => {
    const result = resultOf({ kind: 'retry', code: '-1', why: 'busy' }, { tries: 2 });
    expect(result).toMatchObject({ state: 'due', dueAt: NOW + 3000, finishedAt: null });
    expect(attemptOf(result)).toMatchObject({ outcome: 'retry', code: '-1', detail: 'busy' });
  });

  it('comes back by the schedule of callbacks', () => {
    expect(resultOf({ kind: 'retry', why: 'x' }, { channel: 'callback' }).dueAt).toBe(NOW + 5000);
    expect(resultOf({ kind: 'retry', afterMs: 9000, why: 'x' }, { channel: 'callback' }).dueAt).toBe(
      NOW + 9000,
    );
  });

  it('comes back exactly when its queue does', () => {
    expect(resultOf({ kind: 'retry', scope: 'queue', afterMs: 3_600_000, why: 'x' }).dueAt).toBe(
      NOW + 3_600_500,
    );
  });

  it('ends when it is too old, and says that nobody tries again', () => {
    const result = resultOf({ kind: 'retry', why: 'busy' }, { createdAt: NOW - 37 * 3_600_000 });
    expect(result).toMatchObject({ state: 'failed', dueAt: null, finishedAt: NOW });
    expect(attemptOf(result)).toMatchObject({
      outcome: 'retry',
      detail: expect.stringMatching(/busy.*no more tries/),
    });
  });
});

describe('a reason', () => {
  it('is cut, at a whole character', () => {
    const { detail = '' } = attemptOf(resultOf({ kind: 'refused', why: '🔥'.repeat(5000) }));
    expect([...detail]).toHaveLength(1100);
    expect(detail.endsWith('🔥…')).toBe(true);
  });

  it('keeps the whole kilobyte of an endpoint’s answer', () => {
    const why = `HTTP 500: ${'x'.repeat(1024)}`;
    expect(attemptOf(resultOf({ kind: 'retry', why })).detail).toBe(why);
  });

  it('holds no secret', () => {
    const why = 'access_token=abc123 AT_abcdefghijkl SPT_abcdefghijkl whsec_abcdefghijkl';
    const { detail = '' } = attemptOf(resultOf({ kind: 'refused', why }));
    expect(detail).not.toMatch(/abc123|abcdefghijkl/);
  });

  it('of a success is the endpoint’s answer', () => {
    expect(attemptOf(resultOf({ kind: 'sent', detail: 'ok' })).detail).toBe('ok');
    expect('detail' in attemptOf(resultOf({ kind: 'sent', detail: '' }))).toBe(false);
  });
});

it('writes down why a delivery ended untried', () => {
  const result = toStopped(DELIVERY, { state: 'cancelled', code: 'deleted', why: '已删除', at: NOW });
  expect(result).toMatchObject({ id: 16, messageId: 32, state: 'cancelled', finishedAt: NOW });
  expect(attemptOf(result)).toEqual({ at: NOW, outcome: 'skipped', code: 'deleted', detail: '已删除' });
});

it('gives a claim back without a trace', () => {
  expect(toReturned(DELIVERY)).toMatchObject({ state: 'due', dueAt: null, attempt: null, untried: true });
});

/** What keeps a delivery back: the message, the person, the endpoint, or the hour. */
import { describe, expect, it } from 'vitest';
import { quietUntil, stopCallback, stopOf } from '#src/engine/stops.js';
import type { Address } from '#src/store/addresses.js';

const NOW = Date.parse('2026-11-23T12:00:00+08:00');
const MESSAGE = { deleted: false, cancelled: false, expiresAt: null };
const PERSON: Address = {
  uid: 'UID_x',
  address: 'oX',
  member: '',
  email: '',
  phone: '',
  following: true,
  paused: false,
  quiet: null,
};
const AT = { channel: 'wechat', now: NOW };
const at = (time: string, day = '2026-11-23') => Date.parse(`${day}T${time}:00+08:00`);

describe('a delivery', () => {
  it('goes out when nothing speaks against it', () => {
    expect(stopOf(MESSAGE, PERSON, AT)).toBeNull();
    expect(stopOf({ ...MESSAGE, expiresAt: NOW + 1 }, PERSON, AT)).toBeNull();
  });

  it.each([
    ['deleted', { ...MESSAGE, deleted: true }, PERSON, 'cancelled'],
    ['cancelled', { ...MESSAGE, cancelled: true }, PERSON, 'cancelled'],
    ['deleted', undefined, PERSON, 'cancelled'],
    ['expired', { ...MESSAGE, expiresAt: NOW }, PERSON, 'failed'],
    ['unfollowed', MESSAGE, { ...PERSON, following: false }, 'failed'],
    ['erased', MESSAGE, undefined, 'cancelled'],
    ['paused', MESSAGE, { ...PERSON, paused: true }, 'cancelled'],
  ] as const)('is stopped as %s', (code, message, person, state) => {
    expect(stopOf(message, person, AT)).toMatchObject({
      code,
      state,
      why: expect.stringMatching(/\p{Script=Han}/u),
    });
  });

  it('tells the first reason where there are several', () => {
    const everything = { ...PERSON, following: false, paused: true };
    expect(stopOf({ deleted: true, cancelled: true, expiresAt: 0 }, everything, AT)?.code).toBe('deleted');
    expect(stopOf({ deleted: false, cancelled: false, expiresAt: 0 }, everything, AT)?.code).toBe('expired');
  });

  it('by another channel does not ask whether the person follows the account', () => {
    expect(stopOf(MESSAGE, { ...PERSON, following: false }, { ...AT, channel: 'bark' })).toBeNull();
  });
});

describe('an endpoint', () => {
  it.each([
    ['removed', undefined],
    ['removed', { url: '', disabledAt: null }],
    ['disabled', { url: 'https://x.example/', disabledAt: new Date(0) }],
  ])('is stopped as %s', (code, endpoint) => {
    expect(stopCallback(endpoint)?.code).toBe(code);
  });

  it('that is fine is called', () => {
    expect(stopCallback({ url: 'https://x.example/', disabledAt: null })).toBeNull();
  });
});

describe('quiet hours', () => {
  const night = { from: 22 * 60, to: 7 * 60 };
  const noon = { from: 12 * 60, to: 14 * 60 };

  it.each([
    ['at their first minute', noon, at('12:00'), at('14:00')],
    ['in the middle', noon, at('13:30'), at('14:00')],
    ['before midnight', night, at('23:00'), at('07:00', '2026-11-24')],
    ['after midnight', night, at('03:00'), at('07:00')],
    ['just after midnight', night, at('00:00'), at('07:00')],
  ])('hold a message back %s', (_, quiet, now, until) => {
    expect(quietUntil(quiet, now)).toBe(until);
  });

  it.each([
    ['before them', noon, at('11:59')],
    ['at their end', noon, at('14:00')],
    ['at the end of the night', night, at('07:00')],
    ['by day', night, at('21:59')],
    ['where none are set', null, at('03:00')],
    ['where they are empty', { from: 60, to: 60 }, at('01:00')],
  ])('let it through %s', (_, quiet, now) => {
    expect(quietUntil(quiet, now)).toBeNull();
  });
});

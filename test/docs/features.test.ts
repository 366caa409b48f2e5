/** Tries everything that the dialects say of themselves: one request a line of the documents' table. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Desk, openDesk } from './desk.js';
import { TRIALS } from './features.js';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.w.close());

it('has a trial for all that the dialects say they can, and says no more', () => {
  const said = desk.w.doors.dialects.map(({ name, traits }) => [name, [...traits.features].sort()]);
  const tried = Object.entries(TRIALS).map(([name, trials]) => [name, Object.keys(trials).sort()]);
  expect(Object.fromEntries(said)).toEqual(Object.fromEntries(tried));
});

it('names only channels that there are', () => {
  const known = desk.w.doors.channels.map(({ id }) => id);
  const named = desk.w.doors.dialects.flatMap(({ traits }) => [
    ...Object.keys(traits.channelNames ?? {}),
    ...(traits.passesTo ?? []),
    ...(traits.onlyBy ?? []),
  ]);
  expect(named.filter((id) => !known.includes(id))).toEqual([]);
});

describe.each(Object.entries(TRIALS))('%s', (_name, trials) => {
  it.each(Object.entries(trials))('%s', async (_feature, trial) => {
    await trial(desk);
  });
});

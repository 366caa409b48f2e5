/** The limits of the plans, held where the operator chose one, and the first generation's rule against repeats. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { chinaDayStart } from '#src/lib/china-time.js';
import { type Cast, openCast, refusal } from './cast.js';

let cast: Cast;
beforeAll(async () => {
  cast = await openCast();
});
afterAll(() => cast.door.close());

const DAY_MS = 24 * 3_600_000;
const send = (title = 'x') => cast.form(`/${cast.turbo}.send`, { title, desp: 'd', short: 's' });

async function choose(plan: string): Promise<void> {
  await cast.door.core.settings.save('serverchan-plan', plan);
  // A new day, with all its counters at nothing.
  cast.door.clock.at = chinaDayStart(cast.door.clock.at) + DAY_MS + 3_600_000;
}

async function sendMany(count: number, stepMs = 0): Promise<number[]> {
  const statuses: number[] = [];
  for (let at = 0; at < count; at += 1) {
    statuses.push((await send()).status);
    cast.door.clock.at += stepMs;
  }
  return statuses;
}

describe('without a plan', () => {
  it.each(['none', '', 'gold'])('%j limits nothing', async (plan) => {
    await choose(plan);
    expect(new Set(await sendMany(60))).toEqual(new Set([200]));
  });
});

describe('the free plan', () => {
  beforeEach(() => choose('free'));

  it('takes five messages a day, counted by the days of China', async () => {
    expect(await sendMany(5)).toEqual([200, 200, 200, 200, 200]);
    const got = await send();
    expect([got.status, got.text]).toEqual([400, refusal('AUTH', '超过当天的发送次数限制[5]')]);
    cast.door.clock.at = chinaDayStart(cast.door.clock.at) + DAY_MS;
    expect((await send()).status).toBe(200);
  });

  it('does not count what was refused for itself', async () => {
    expect((await cast.form(`/${cast.turbo}.send`, { desp: 'x' })).status).toBe(400);
    expect(await sendMany(5)).toEqual([200, 200, 200, 200, 200]);
  });

  it('goes on from the messages of a day that began without it', async () => {
    await choose('none');
    await sendMany(5);
    await cast.door.core.settings.save('serverchan-plan', 'free');
    cast.door.clock.at += 60_000;
    expect((await send()).status).toBe(400);
  });

  it('shows the title alone on the card, ignores openid, and keeps a day', async () => {
    await cast.form(`/${cast.turbo}.send`, { title: 't', desp: 'd', short: 's', openid: 'a|b' });
    const last = (await cast.stored()).at(-1);
    expect(last).toMatchObject({ summary: 't', body: 'd' });
    expect(last?.extras.serverchan?.keptUntil).toBe(cast.door.clock.at + DAY_MS);
  });
});

describe('the member plan', () => {
  beforeEach(() => choose('member'));

  it('takes fifty calls a minute', async () => {
    expect(new Set(await sendMany(50))).toEqual(new Set([200]));
    const got = await send();
    expect([got.status, got.text]).toEqual([400, refusal('AUTH', '超过每分钟的发送次数限制[50]')]);
    cast.door.clock.at += 60_000;
    expect((await send()).status).toBe(200);
  });

  it('takes a thousand calls a day, of any kind', async () => {
    for (let at = 0; at < 1000; at += 1) {
      await cast.form(`/${cast.turbo}.send`, {});
      cast.door.clock.at += 2000;
    }
    const got = await send();
    expect([got.status, got.text]).toEqual([400, refusal('AUTH', '超过当天的请求次数限制[1000]')]);
  });

  it('takes five thousand calls a day from one address, and says so without JSON', async () => {
    const keys: string[] = [];
    for (let at = 0; at < 6; at += 1) {
      const person = await cast.door.person(`many-${at}`);
      keys.push((await cast.door.core.keys.createKey(person.personId, 'sendkey')).key);
    }
    for (let at = 0; at < 5000; at += 1) {
      await cast.form(`/${keys[at % keys.length]}.send`, {});
      cast.door.clock.at += 1000;
    }
    const got = await send();
    expect([got.status, got.type]).toEqual([429, expect.stringContaining('text/plain')]);
    expect(got.json).toBeUndefined();
    // Five thousand calls, one by one, each a commit: a database server takes its time.
  }, 240_000);

  it('keeps three days', async () => {
    await send();
    const last = (await cast.stored()).at(-1);
    expect(last?.extras.serverchan?.keptUntil).toBe(cast.door.clock.at + 3 * DAY_MS);
    expect(last?.summary).toBe('s');
  });
});

describe('a repeat within five minutes', () => {
  const repeat = (path: string, desp = 'd') => cast.form(path, { text: 'same', title: 'same', desp });

  it('is refused by the first generation alone', async () => {
    await choose('none');
    const legacy = `/sc/${cast.turbo}.send`;
    expect((await repeat(legacy)).json).toMatchObject({ errno: 0 });
    const again = await repeat(legacy);
    expect([again.status, again.text]).toEqual([200, '{"errno":1024,"errmsg":"不要重复发送同样的内容"}']);
    expect((await repeat(legacy, 'other')).json).toMatchObject({ errno: 0 });
    expect((await repeat(`/${cast.turbo}.send`)).json).toMatchObject({ code: 0 });
    expect((await repeat(`/${cast.turbo}.send`)).json).toMatchObject({ code: 0 });
    cast.door.clock.at += 5 * 60_000;
    expect((await repeat(legacy)).json).toMatchObject({ errno: 0 });
  });
});

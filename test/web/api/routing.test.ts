/** Where a message goes: named channels, the default, the fallback chain step by step, quiet hours, and limits. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRouted, WECOM } from './routed.js';

let r: Awaited<ReturnType<typeof openRouted>>;

beforeEach(async () => {
  r = await openRouted();
});
afterEach(() => r.close());

const CARD_CALL = '/wechat/cgi-bin/message/template/send';
const hook = (name: string) => ({ url: r.w.webhook(name) });

describe('a message', () => {
  it('goes by the channels that its sender names, by code or kind, and by no other', async () => {
    const ming = await r.person('Ming');
    await ming.add('bark', { server: `${r.w.simulatorUrl}/bark`, key: 'sim-phone' });
    await ming.add('webhook', hook('mine'));
    const sent = await ming.sends('disk full', { channels: ['my-bark', 'webhook'] });
    expect(sent.map(({ channel, state }) => [channel, state]).sort()).toEqual([
      ['bark', 'sent'],
      ['webhook', 'sent'],
    ]);
    expect((await r.inbox('bark'))[0]).toContain('disk full');
    expect((await r.inbox('webhook/mine'))[0]).toContain('disk full');
    expect(await ming.phone.cards()).toEqual([]);
  });

  it('that names a channel nobody set up fails and says so', async () => {
    const ming = await r.person('Ming');
    const [delivery] = await ming.sends('x', { channels: ['ntfy'] });
    expect(delivery).toMatchObject({
      state: 'failed',
      attempts: [{ detail: expect.stringContaining('ntfy') }],
    });
  });

  it('goes to the default channel, and back to WeChat once that is the default no more', async () => {
    const ming = await r.person('Ming');
    const { id } = await ming.add('webhook', hook('mine'), { default: true });
    expect(await ming.sends('by webhook')).toMatchObject([{ channel: 'webhook', state: 'sent' }]);
    expect(await ming.phone.cards()).toEqual([]);
    await ming.channels(`/${id}`, { default: false }, 'PATCH');
    expect(await ming.sends('by card')).toMatchObject([{ channel: 'wechat', state: 'sent' }]);
    expect(await ming.phone.cards()).toHaveLength(1);
  });
});

describe('the fallback chain', () => {
  it.each([43004, 43101, 45009])('goes on after WeChat said %i, to WeCom', async (errcode) => {
    const ming = await r.person('Ming');
    await ming.add('wecom-app', WECOM, { fallback: 1 });
    await ming.add('mail', r.mail, { fallback: 2 });
    await r.w.sim('/faults', { path: CARD_CALL, errcode });
    const [delivery] = await ming.sends('disk full');
    expect(delivery?.attempts).toMatchObject([
      { channel: 'wechat', code: String(errcode), next: 'wecom-app' },
      { channel: 'wecom-app', outcome: 'sent' },
    ]);
    expect(delivery).toMatchObject({ channel: 'wecom-app', state: 'sent' });
    expect((await r.inbox('wecom'))[0]).toContain('disk full');
    expect(r.smtp.seen).toEqual([]);
  });

  it.each([
    ['a revoked secret', { secret: 'revoked' }, '40001'],
    ['an address that is not allowed', { corpId: 'wwsim0000000002' }, '60020'],
    ['receivers that are gone', { receivers: 'nobody' }, '81013'],
  ])('goes on from WeCom to mail after %s, with every step in the trace', async (_, wrong, code) => {
    const ming = await r.person('Ming');
    await ming.add('mail', r.mail, { fallback: 2 });
    await ming.add('wecom-app', { ...WECOM, ...wrong }, { fallback: 1 });
    await ming.phone.unfollows();
    const [delivery] = await ming.sends('disk full');
    expect(delivery?.attempts).toMatchObject([
      { channel: 'wechat', code: 'unfollowed', next: 'wecom-app' },
      { channel: 'wecom-app', code, next: 'mail', detail: expect.stringMatching(/\p{Script=Han}/u) },
      { channel: 'mail', outcome: 'sent' },
    ]);
    expect(delivery).toMatchObject({ channel: 'mail', state: 'sent' });
    expect(r.smtp.seen.map(({ mail }) => mail.text)).toEqual([expect.stringContaining('disk full')]);
  });

  it('goes on at once for messages behind a quota that is used up until midnight', async () => {
    const ming = await r.person('Ming');
    await ming.add('wecom-app', WECOM, { fallback: 1 });
    const hong = await r.person('Hong');
    await r.w.sim('/faults', { path: CARD_CALL, errcode: 45009 });
    await ming.sends('the first');
    expect(await ming.sends('the second')).toMatchObject([
      {
        channel: 'wecom-app',
        state: 'sent',
        attempts: [
          {
            outcome: 'skipped',
            channel: 'wechat',
            code: '45009',
            next: 'wecom-app',
            detail: expect.stringContaining('休息'),
          },
          { channel: 'wecom-app', outcome: 'sent' },
        ],
      },
    ]);
    expect(await r.inbox('wecom')).toHaveLength(2);
    // Who has no other way waits.
    expect(await hong.sends('the third')).toMatchObject([{ state: 'due', waiting: { code: '45009' } }]);
  });

  it('passes through every channel that rests, and waits at the last one', async () => {
    const ming = await r.person('Ming');
    await ming.add('wecom-app', { ...WECOM, corpId: 'wwsim0000000002' }, { fallback: 1 });
    await r.w.sim('/faults', { path: CARD_CALL, errcode: 45009 });
    await ming.sends('the first');
    expect(await ming.sends('the second')).toMatchObject([
      {
        channel: 'wecom-app',
        state: 'due',
        waiting: { code: '60020' },
        attempts: [{ channel: 'wechat', next: 'wecom-app' }],
      },
    ]);
  });

  it('waits where the rest is a matter of seconds', async () => {
    const ming = await r.person('Ming');
    await ming.add('ntfy', { server: `${r.w.simulatorUrl}/ntfy`, topic: 'sim-ming' }, { default: true });
    await ming.add('wecom-app', WECOM, { fallback: 1 });
    await r.w.sim('/faults', { path: '/ntfy', status: 429, errcode: 42901, count: 1 });
    expect(await ming.sends('the first')).toMatchObject([{ channel: 'wecom-app', state: 'sent' }]);
    const second = await ming.push('the second');
    await r.w.drain();
    expect(await ming.trace(second)).toMatchObject([{ channel: 'ntfy', state: 'due', attempts: [] }]);
    r.w.clock.advance(5_000);
    await r.w.drain();
    expect(await ming.trace(second)).toMatchObject([{ channel: 'ntfy', state: 'sent' }]);
  });

  it('ends failed when the last step refuses, with advice', async () => {
    const ming = await r.person('Ming');
    await ming.add('wecom-app', { ...WECOM, secret: 'revoked' }, { fallback: 1 });
    await ming.phone.unfollows();
    const [delivery] = await ming.sends('disk full');
    expect(delivery).toMatchObject({ state: 'failed', channel: 'wecom-app' });
    expect(delivery?.attempts.at(-1)).toMatchObject({
      outcome: 'refused',
      code: '40001',
      detail: expect.stringContaining('重新复制'),
    });
  });
});

describe('quiet hours', () => {
  it('hold a message until they end, and let an urgent one through', async () => {
    const ming = await r.person('Ming');
    await r.w.admin(`/users/${ming.uid}`, { quietFrom: '11:00', quietTo: '12:30' }, 'PATCH');
    const calm = await ming.push('later');
    await r.w.drain();
    expect(await ming.trace(calm)).toMatchObject([
      { state: 'due', waiting: { code: 'quiet' }, attempts: [{ outcome: 'skipped', code: 'quiet' }] },
    ]);
    expect(await ming.sends('now!', { priority: 1 })).toMatchObject([{ state: 'sent' }]);
    expect(await ming.phone.cards()).toHaveLength(1);
    r.w.clock.advance(31 * 60_000);
    await r.w.drain();
    expect(await ming.trace(calm)).toMatchObject([{ state: 'sent' }]);
    expect(await ming.phone.cards()).toHaveLength(2);
  });

  it('count for other channels too, and end at once when they are taken away', async () => {
    const ming = await r.person('Ming');
    await ming.add('webhook', hook('mine'), { default: true });
    await r.w.admin(`/users/${ming.uid}`, { quietFrom: '23:00', quietTo: '13:00' }, 'PATCH');
    expect(await ming.sends('later')).toMatchObject([{ state: 'due', waiting: { code: 'quiet' } }]);
    await r.w.admin(`/users/${ming.uid}`, { quietFrom: null, quietTo: null }, 'PATCH');
    expect(await ming.sends('now')).toMatchObject([{ state: 'sent' }]);
  });
});

it('a limit of the other side is honoured by waiting: nothing is lost, nothing is refused', async () => {
  await r.w.sim('/quota', { on: true });
  const ming = await r.person('Ming');
  await ming.add('wecom-bot', { key: 'sim-robot' }, { default: true });
  const ids = [];
  for (let n = 0; n < 50; n += 1) {
    ids.push(await ming.push(`message ${n}.`));
  }
  await r.w.drain();
  const counts = [(await r.inbox('wecom-bot')).length];
  for (let minute = 0; minute < 2; minute += 1) {
    r.w.clock.advance(61_000);
    await r.w.drain();
    counts.push((await r.inbox('wecom-bot')).length);
  }
  expect(counts).toEqual([20, 40, 50]);
  const traces = (await Promise.all(ids.map((id) => ming.trace(id)))).flat();
  expect(traces.map(({ state }) => state)).toEqual(ids.map(() => 'sent'));
  expect(traces.flatMap(({ attempts }) => attempts.map(({ outcome }) => outcome))).toEqual(
    ids.map(() => 'sent'),
  );
});

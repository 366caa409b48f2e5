/** Channels over the management API: what goes in, what never comes out, what is refused and why. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRouted, WECOM } from './routed.js';

let r: Awaited<ReturnType<typeof openRouted>>;

beforeAll(async () => {
  r = await openRouted();
});
afterAll(() => r.close());

const MASK = '••••••';
const bark = () => ({ server: `${r.w.simulatorUrl}/bark`, key: 'sim-phone' });

it('tells the kinds of channel with the fields of their forms', async () => {
  const { json } = await r.w.admin('/channel-kinds');
  const { items } = json as { items: { id: string; title: object; fields: { name: string }[] }[] };
  expect(items.map(({ id }) => id)).toEqual(
    expect.arrayContaining(['wecom-app', 'wecom-bot', 'bark', 'webhook', 'mail', 'sms', 'wechat-own']),
  );
  expect(items.find(({ id }) => id === 'wecom-app')?.fields).toContainEqual({
    name: 'secret',
    type: 'text',
    required: true,
    secret: true,
    label: { zh: expect.any(String), en: expect.any(String) },
    hint: { zh: expect.any(String), en: expect.any(String) },
  });
});

it('makes, shows, changes and removes a channel; its secret never comes out', async () => {
  const ming = await r.person('Ming');
  const made = await ming.channels('', {
    kind: 'wecom-app',
    code: 'work',
    config: { ...WECOM, agentId: 1000002 },
  });
  expect([made.status, made.json]).toEqual([
    201,
    { id: expect.any(Number), kind: 'wecom-app', code: 'work' },
  ]);
  const { id } = made.json as { id: number };
  const view = {
    id,
    kind: 'wecom-app',
    code: 'work',
    config: { ...WECOM, secret: MASK },
    default: false,
    ratherTwice: false,
    fallback: null,
    createdAt: r.w.clock.now(),
    lastOkAt: null,
    lastError: '',
    lastErrorAt: null,
    waiting: [],
  };
  expect((await ming.channels()).json).toEqual({ total: 1, items: [view] });
  const change = { code: 'office', config: { secret: MASK, receivers: 'lisi' }, fallback: 1 };
  const changed = await ming.channels(`/${id}`, change, 'PATCH');
  const seen = { ...view, code: 'office', fallback: 1, config: { ...view.config, receivers: 'lisi' } };
  expect([changed.status, changed.json]).toEqual([200, seen]);
  expect((await ming.channels(`/${id}`)).json).toEqual(seen);
  expect((await ming.channels(`/${id}/test`, {})).json).toMatchObject({ ok: true });
  expect(JSON.stringify(await r.w.db.channelConfig.findMany({ select: { config: true } }))).not.toContain(
    WECOM.secret,
  );
  expect(r.w.lines.join('\n')).not.toContain(WECOM.secret);
  expect((await ming.channels(`/${id}`, undefined, 'DELETE')).status).toBe(204);
  expect((await ming.channels(`/${id}`)).status).toBe(404);
  expect((await ming.channels()).json).toEqual({ total: 0, items: [] });
});

it('has one default at most', async () => {
  const hong = await r.person('Hong');
  const first = await hong.add('bark', bark(), { default: true });
  const second = await hong.add('webhook', { url: r.w.webhook('hong') }, { default: true });
  const { items } = (await hong.channels()).json as { items: { id: number; default: boolean }[] };
  expect(items).toMatchObject([
    { id: first.id, default: false },
    { id: second.id, default: true },
  ]);
});

describe('a test message', () => {
  it('arrives, and the channel remembers that it did', async () => {
    const wei = await r.person('Wei');
    const { id } = await wei.add('webhook', { url: r.w.webhook('wei') });
    expect((await wei.channels(`/${id}/test`, {})).json).toEqual({ ok: true, detail: expect.any(String) });
    expect((await r.inbox('webhook/wei'))[0]).toContain('This channel works');
    expect((await wei.channels(`/${id}`)).json).toMatchObject({ lastOkAt: r.w.clock.now(), lastError: '' });
  });

  it.each([
    ['wecom-app', { ...WECOM, secret: 'revoked' }, 'Secret 不正确'],
    ['wecom-app', { ...WECOM, corpId: 'wwsim0000000002' }, '127.0.0.1'],
    ['wecom-app', { ...WECOM, receivers: 'nobody' }, '可见范围'],
    ['wecom-bot', { key: '00000000-0000-0000-0000-000000000000' }, '93000'],
  ])('by %s with %j says what is wrong', async (kind, config, why) => {
    const wei = await r.person(`Wei of ${why}`);
    const { id } = await wei.add(kind, config);
    const tested = await wei.channels(`/${id}/test`, {});
    expect([tested.status, tested.json]).toEqual([200, { ok: false, detail: expect.stringContaining(why) }]);
    expect((await wei.channels(`/${id}`)).json).toMatchObject({
      lastOkAt: null,
      lastError: expect.stringContaining(why),
    });
  });
});

describe('a refusal', () => {
  it.each([
    [{ kind: 'telegram' }, 'bad_field', 'kind'],
    [{ kind: 'wechat' }, 'bad_field', 'kind'],
    [{ kind: 'constructor' }, 'bad_field', 'kind'],
    [{ kind: 7 }, 'bad_request', 'kind'],
    [{ code: '' }, 'bad_field', 'code'],
    [{ code: 'wechat' }, 'bad_field', 'code'],
    [{ code: 'a b' }, 'bad_field', 'code'],
    [{ code: 'x'.repeat(41) }, 'bad_field', 'code'],
    [{ code: undefined }, 'bad_request', 'code'],
    [{ config: undefined }, 'bad_field', 'key'],
    [{ config: [] }, 'bad_request', 'config'],
    [{ config: { key: {} } }, 'bad_request', 'config.key'],
    [{ config: { key: 'no such key!' } }, 'bad_field', 'key'],
    [{ config: { key: 'sim-x', server: 'ftp://x' } }, 'bad_field', 'server'],
    [{ config: { key: 'x'.repeat(5000) } }, 'bad_field', 'key'],
    [{ default: 'yes' }, 'bad_request', 'default'],
    [{ fallback: 0 }, 'bad_request', 'fallback'],
    [{ fallback: 'first' }, 'bad_request', 'fallback'],
  ])('of %j is %s and names %s; nothing is stored', async (wrong, code, field) => {
    const li = await r.person('Li');
    const body = { kind: 'bark', code: 'phone', config: bark(), ...wrong };
    const refused = await li.channels('', body);
    expect([refused.status, refused.json]).toEqual([
      400,
      { error: { code, message: expect.stringContaining(field) } },
    ]);
    expect((await li.channels()).json).toEqual({ total: 0, items: [] });
  });

  it('of an address says in both languages what is wrong with it', async () => {
    const li = await r.person('Li');
    const config = { key: 'sim-x', server: 'http://user:pw@host.example/' };
    const refused = await li.channels('', { kind: 'bark', code: 'phone', config });
    expect(refused.json).toMatchObject({
      error: { message: expect.stringMatching(/不能含用户名和密码 \/ .*must not contain a user name/) },
    });
  });

  it('meets one of two calls at the same moment for one code', async () => {
    const bo = await r.person('Bo');
    const body = { kind: 'bark', code: 'one', config: bark() };
    const both = await Promise.all([bo.channels('', body), bo.channels('', body)]);
    expect(both.map(({ status }) => status).sort()).toEqual([201, 409]);
  });

  it('meets a code that is taken with 409, new and changed', async () => {
    const bo = await r.person('Bo');
    await bo.channels('', { kind: 'bark', code: 'one', config: bark() });
    const two = await bo.channels('', { kind: 'bark', code: 'two', config: bark() });
    const again = await bo.channels('', { kind: 'bark', code: 'one', config: bark() });
    const renamed = await bo.channels(`/${(two.json as { id: number }).id}`, { code: 'one' }, 'PATCH');
    expect([again.status, renamed.status]).toEqual([409, 409]);
    expect(renamed.json).toMatchObject({ error: { code: 'conflict' } });
  });

  it("meets unknown people, unknown channels and other people's with 404", async () => {
    const bo = await r.person('Bo');
    const { id } = await bo.add('bark', bark());
    const an = await r.person('An');
    const nobody = '/users/UID_ThereIsNobodyOfThisName00001/channels';
    const answers = await Promise.all([
      r.w.admin(nobody),
      r.w.admin(nobody, { kind: 'bark', code: 'x', config: bark() }),
      an.channels(`/${id}`),
      an.channels(`/${id}`, { code: 'mine' }, 'PATCH'),
      an.channels(`/${id}`, undefined, 'DELETE'),
      an.channels(`/${id}/test`, {}),
      bo.channels('/999999'),
      bo.channels('/x'),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 404));
  });

  it("meets a developer who asks for another person's channels with 404, not for their own", async () => {
    const bo = await r.person('Bo');
    const an = await r.person('An');
    const { key } = await r.w.core.keys.createKey(an.personId, 'personal');
    const as = { headers: { authorization: `Bearer ${key}` } };
    expect((await r.w.call(`/api/v1/users/${bo.uid}/channels`, as)).status).toBe(404);
    expect((await r.w.call(`/api/v1/users/${an.uid}/channels`, as)).status).toBe(200);
  });
});

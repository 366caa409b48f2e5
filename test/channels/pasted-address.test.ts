/** A whole address, pasted as an app or page shows it, sets a channel up: by the management API and in the console's form. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser } from '#test/support/sign-in.js';
import { openWorld, type World } from '#test/support/world.js';

let w: World;
let uid: string;
let ming: Browser;
beforeAll(async () => {
  w = await openWorld();
  ming = await w.signIn('Ming', { role: 'developer' });
  uid = await w.phone('Ming').uid();
});
afterAll(() => w.close());

/** `$` stands for the simulator. */
const PASTED: readonly [kind: string, config: Record<string, string>][] = [
  ['bark', { key: '$/bark/sim-phone' }],
  ['bark', { key: ' $/bark/sim-phone/ ' }],
  ['bark', { key: '$/bark/sim-phone/推送标题/这里改成你自己的推送内容?group=x' }],
  ['bark', { server: '$/bark/sim-phone' }],
  ['bark', { server: '$/bark/sim-phone/标题/内容', key: 'sim-phone' }],
  ['bark', { server: '$/bark/push', key: 'sim-phone' }],
  ['bark', { server: '$/bark/', key: 'sim-phone' }],
  ['ntfy', { topic: '$/ntfy/sim-ops' }],
  ['ntfy', { topic: '$/ntfy/sim-ops/json' }],
  ['ntfy', { server: '$/ntfy/sim-ops' }],
  ['ntfy', { server: '$/ntfy/sim-ops/', topic: 'sim-ops' }],
  ['pushdeer', { key: '$/pushdeer/message/push?pushkey=sim-key&text=要发送的内容' }],
  ['pushdeer', { server: '$/pushdeer/message/push?pushkey=sim-key' }],
  ['pushdeer', { server: '$/pushdeer/message/push', key: 'sim-key' }],
  ['gotify', { token: '$/gotify/message?token=sim-app' }],
  ['gotify', { server: '$/gotify/message?token=sim-app' }],
  ['gotify', { server: '$/gotify/message', token: 'sim-app' }],
  ['gotify', { server: '$/gotify/#/messages', token: 'sim-app' }],
];

const fill = (config: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(config).map(([name, value]) => [name, value.replace('$', w.simulatorUrl)]),
  );

async function expectArrival(kind: string, id: number): Promise<void> {
  const count = async () => ((await w.sim(`/inboxes/${kind}`)).json as { items: unknown[] }).items.length;
  const before = await count();
  const tested = await w.admin(`/users/${uid}/channels/${id}/test`, undefined, 'POST');
  expect(tested.json).toMatchObject({ ok: true });
  expect(await count()).toBe(before + 1);
}

describe.each(PASTED)('%s with %j', (kind, config) => {
  it('works by the management API', async () => {
    const made = await w.admin(`/users/${uid}/channels`, { kind, code: 'pasted', config: fill(config) });
    expect([made.status, made.text]).toEqual([201, expect.stringContaining('"id"')]);
    const { id } = made.json as { id: number };
    const shown = await w.admin(`/users/${uid}/channels/${id}`);
    expect(shown.json).toMatchObject({ config: { server: `${w.simulatorUrl}/${kind}` } });
    await expectArrival(kind, id);
    await w.admin(`/users/${uid}/channels/${id}`, undefined, 'DELETE');
  });

  it('works in the form', async () => {
    await ming.submit(`/console/channels/new/${kind}`, { ...fill(config), code: 'typed', place: 'named' });
    const { items } = (await w.admin(`/users/${uid}/channels`)).json as {
      items: { id: number; code: string }[];
    };
    const id = items.find(({ code }) => code === 'typed')?.id ?? 0;
    await expectArrival(kind, id);
    await w.admin(`/users/${uid}/channels/${id}`, undefined, 'DELETE');
  });
});

describe('a change', () => {
  it('of a channel to a pasted address moves it to that server', async () => {
    const config = { server: 'https://bark.example', key: 'old' };
    const made = await w.admin(`/users/${uid}/channels`, { kind: 'bark', code: 'moved', config });
    const { id } = made.json as { id: number };
    await w.admin(`/users/${uid}/channels/${id}`, { config: fill({ key: '$/bark/sim-phone' }) }, 'PATCH');
    await expectArrival('bark', id);
    await ming.submit(`/console/channels/${id}`, { code: 'moved', server: 'https://bark.example' });
    await ming.submit(`/console/channels/${id}`, { code: 'moved', ...fill({ server: '$/bark/sim-phone' }) });
    await expectArrival('bark', id);
  });
});

describe('what is split', () => {
  const kindOf = (id: string) => w.core.channels.listKinds().find((kind) => kind.id === id);
  const KEY = 'ynJ5Ft4atkMkWeo2PAvFhF';

  it.each([
    ['bark', { key: `https://api.day.app/${KEY}/标题?level=critical` }, 'https://api.day.app', KEY],
    ['bark', { key: `api.day.app/${KEY}/` }, 'https://api.day.app', KEY],
    ['bark', { key: `https://x.cn:8443/a/b/${KEY}` }, 'https://x.cn:8443/a/b', KEY],
    ['bark', { key: `https://x.cn/push?device_key=${KEY}&body=x` }, 'https://x.cn', KEY],
    ['bark', { key: KEY, server: 'https://x.cn/some/path' }, 'https://x.cn/some/path', KEY],
    ['bark', { key: KEY }, undefined, KEY],
    ['ntfy', { topic: 'ntfy://ntfy.sh/mytopic' }, 'https://ntfy.sh', 'mytopic'],
    ['ntfy', { topic: 'ntfy://x.lan:8080/t?secure=false' }, 'http://x.lan:8080', 't'],
    ['ntfy', { topic: 'ntfy.sh/mytopic' }, 'https://ntfy.sh', 'mytopic'],
    ['ntfy', { topic: 'mytopic' }, undefined, 'mytopic'],
    ['ntfy', { topic: 'a.b' }, undefined, 'a.b'],
    [
      'pushdeer',
      { key: 'https://api2.pushdeer.com/message/push?pushkey=PDU1' },
      'https://api2.pushdeer.com',
      'PDU1',
    ],
    ['gotify', { token: 'https://g.cn/sub/message?token=A.b-c' }, 'https://g.cn/sub', 'A.b-c'],
  ])('%s %j', (kind, config, server, secret) => {
    const settings = kindOf(kind)?.readPasted?.(config as Record<string, string>) ?? {};
    expect([settings.server, settings.key ?? settings.topic ?? settings.token]).toEqual([server, secret]);
  });

  it('holds the user and password of an ntfy address in their own fields', () => {
    const settings = kindOf('ntfy')?.readPasted?.({ topic: 'https://me:p%40ss@ntfy.example/t' });
    expect(settings).toEqual({ server: 'https://ntfy.example', topic: 't', user: 'me', password: 'p@ss' });
  });

  it.each([
    ['bark', { key: 'https://api.day.app/' }, 'key'],
    ['pushdeer', { key: 'https://api2.pushdeer.com/message/push' }, 'key'],
    ['gotify', { token: 'https://g.cn/message' }, 'token'],
    ['ntfy', { topic: 'https://ntfy.sh' }, 'topic'],
  ])('%s without its secret is refused: %j', async (kind, config, field) => {
    const refused = await w.admin(`/users/${uid}/channels`, { kind, code: 'none', config });
    expect([refused.status, refused.text]).toEqual([400, expect.stringContaining(`"${field} `)]);
  });

  it('reaches no private network where that is closed', async () => {
    const closed = await openWorld({ env: { ALLOW_PRIVATE_TARGETS: 'false' } });
    const phone = closed.phone('Hua');
    await phone.follows();
    const config = { key: 'http://127.0.0.1:9/bark/sim-phone' };
    const path = `/users/${await phone.uid()}/channels`;
    const refused = await closed.admin(path, { kind: 'bark', code: 'inside', config });
    expect([refused.status, refused.text]).toEqual([400, expect.stringContaining('内网')]);
    await closed.close();
  });
});

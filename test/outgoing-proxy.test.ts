/** With an outgoing proxy every platform and every address of users is reached through it, and nothing but this machine without it. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ForwardProxy, openForwardProxy } from '#test/support/forward-proxy.js';
import { openWorld, type World } from '#test/support/world.js';

let w: World;
let proxy: ForwardProxy;
let uid: string;
beforeAll(async () => {
  // All names lead to the simulator; none of them is ever looked up.
  proxy = await openForwardProxy({ password: 'geheim', leadTo: () => new URL(w.simulatorUrl).host });
  w = await openWorld({
    env: {
      OUTGOING_PROXY: proxy.url,
      NO_PROXY: 'direct.example',
      WECHAT_API_BASE: 'http://wechat.example/wechat',
      WECOM_API_BASE: 'http://wecom.example/wecom',
      DINGTALK_BASE: 'http://dingtalk.example/dingtalk',
      FEISHU_BASE: 'http://feishu.example/feishu',
      SMS_BASE: 'http://sms.example/sms',
    },
  });
  const ming = w.phone('Ming');
  await ming.follows();
  uid = await ming.uid();
});
afterAll(async () => {
  await w.close();
  await proxy.close();
});

const WECOM = { corpId: 'wwsim0000000001', agentId: '1000002', secret: 'simwecomsecret' };

it('a card goes by the proxy', async () => {
  const { key } = (await w.admin(`/users/${uid}/keys`, { kind: 'sendkey' })).json as { key: string };
  await w.call(`/${key}.send?title=${encodeURIComponent('经代理')}`);
  await w.drain();
  expect(await w.phone('Ming').cards()).toHaveLength(1);
  expect(new Set(proxy.targets)).toEqual(new Set(['wechat.example:80']));
});

it.each([
  ['wecom-app', { ...WECOM, receivers: 'zhangsan' }, 'wecom.example:80'],
  ['wecom-bot', { key: 'sim-bot' }, 'wecom.example:80'],
  ['dingtalk-bot', { token: '0'.repeat(64) }, 'dingtalk.example:80'],
  ['feishu-bot', { token: 'sim-hook' }, 'feishu.example:80'],
  [
    'sms',
    {
      accessKeyId: 'simkey',
      accessKeySecret: 'simsmssecret',
      signName: '青鸟',
      templateCode: 'SMS_1',
      phone: '13800138000',
    },
    'sms.example:80',
  ],
  ['webhook', { url: 'http://hook.example:8080/webhook/mine' }, 'hook.example:8080'],
  ['bark', { server: 'http://bark.example/bark', key: 'sim-phone' }, 'bark.example:80'],
])('%s goes by the proxy', async (kind, config, target) => {
  const names = w.core.channels.listKinds().find(({ id }) => id === kind)?.configFields ?? [];
  // The robots' credential has a name of its own in each form.
  const [credential] = names.filter(({ required }) => required);
  const given = 'key' in config || 'token' in config ? Object.values(config).at(-1) : undefined;
  const settings =
    given !== undefined && kind.endsWith('-bot') ? { [credential?.name ?? '']: given } : config;
  const made = await w.admin(`/users/${uid}/channels`, { kind, code: kind, config: settings });
  expect([made.status, made.text]).toEqual([201, expect.any(String)]);
  const before = proxy.targets.length;
  const { id } = made.json as { id: number };
  const tested = await w.admin(`/users/${uid}/channels/${id}/test`, undefined, 'POST');
  expect(tested.json).toMatchObject({ ok: true });
  // A connection to the platform may be there already.
  expect(proxy.targets.includes(target)).toBe(true);
  expect(proxy.targets.slice(before).filter((one) => one !== target)).toEqual([]);
});

it('callbacks go by the proxy', async () => {
  const made = await w.app('alarm', { callbackUrl: 'http://callback.example/webhook/callbacks' }).made();
  await w.admin(`/apps/${made.id}/callback/test`, undefined, 'POST');
  await w.drain();
  expect(proxy.targets).toContain('callback.example:80');
  const { items } = (await w.sim('/inboxes/webhook/callbacks')).json as { items: unknown[] };
  expect(items.length).toBeGreaterThan(0);
});

it('the proxy’s password stands in no log line', () => {
  expect(w.lines.join('\n')).not.toContain('geheim');
});

it.each([
  ['socks5://127.0.0.1:1', 'OUTGOING_PROXY'],
  ['127.0.0.1:8080', 'OUTGOING_PROXY'],
  ['http://proxy.example:8080/path', 'OUTGOING_PROXY'],
])('%s stops the start', async (address, name) => {
  await expect(openWorld({ env: { OUTGOING_PROXY: address } })).rejects.toThrow(name);
});

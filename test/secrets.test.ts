/** After a whole story, with everything that can go wrong in it, no log line and no database row holds a secret in clear. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { simulatorDefaults } from '#src/simulator/index.js';
import { openWorld, type World } from '#test/support/world.js';

let w: World;
/** Each secret by its name. */
const secrets = new Map<string, string>();
beforeAll(async () => {
  w = await openWorld({ countTokens: false, mode: 'safe' });
});
afterAll(() => w.close());

it('tells a story in which every secret is used, well and badly', async () => {
  const app = await w
    .app('alarm', { callbackUrl: `${w.webhook('dev')}?key=hunter2`, settingSecret: 'settingsecret1' })
    .made();
  const ming = w.phone('Ming');
  await ming.scans(app.qrcodeUrl);
  const uid = await ming.uid();
  const spt = (await w.admin(`/users/${uid}/keys`, { kind: 'spt' })).json as { key: string };
  const personal = (await w.admin(`/users/${uid}/keys`, { kind: 'personal' })).json as { key: string };
  const content = 'the secret words of a message';
  await w.call('/api/send/message', { body: { appToken: app.appToken, content, uids: [uid] } });
  await w.call(`/api/send/message?appToken=${app.appToken}&content=x&uid=${uid}`);
  await w.call(`/api/send/message/${spt.key}/${encodeURIComponent(content)}`);
  await w.call('/api/v1/apps', { headers: { authorization: `Bearer ${personal.key}` } });
  await ming.says(`#${app.id} the secret words of a command`);
  await ming.says('my keys');
  await ming.says('密钥');
  await w.drain();
  // Now badly: refused tokens, cut connections, a failing endpoint, nonsense at every door.
  await w.sim('/tokens', { kill: true });
  await w.sim('/faults', { path: '/wechat/cgi-bin/message/template/send', drop: true, count: 1 });
  await w.sim('/faults', { path: '/wechat/cgi-bin/stable_token', errcode: 40125, count: 1 });
  await w.sim('/webhook/dev/answer', {
    status: 500,
    body: `echo ${app.callbackSecret} ${app.appToken}`,
    times: 1,
  });
  await w.call('/api/send/message', { body: { appToken: app.appToken, content, uids: [uid] } });
  await w.call('/api/send/message', {
    body: `{"appToken":"${app.appToken}","content":"${content}", nonsense`,
  });
  await w.call(`/nothing/${app.appToken}?token=${w.adminToken}`);
  await w.call(`/${spt.key}/x`);
  await w.call(`/wechat?signature=0&timestamp=1&nonce=a&echostr=${simulatorDefaults.token}`);
  await ming.says(`#${app.id} the secret words of a command, again`);
  await w.drain();
  for (let rests = 0; rests < 3; rests += 1) {
    w.clock.advance(61_000);
    await w.drain();
  }
  const token = await w.db.platformToken.findFirst();
  secrets.set('app token', app.appToken);
  secrets.set('callback secret', app.callbackSecret);
  secrets.set('setting secret', 'settingsecret1');
  secrets.set('callback address', 'hunter2');
  secrets.set('SPT', spt.key);
  secrets.set('personal token', personal.key);
  secrets.set('openid', await ming.openid());
  secrets.set('admin token', w.adminToken);
  secrets.set('app secret', simulatorDefaults.secret);
  secrets.set('server token', simulatorDefaults.token);
  secrets.set('message key', simulatorDefaults.aesKey);
  secrets.set('access token', 'sim_');
  secrets.set('words', 'the secret words');
  expect(token?.value).toMatch(/^v1\./);
  expect(w.lines.length).toBeGreaterThan(20);
});

it('has none of them in any log line', () => {
  const log = w.lines.join('\n');
  const leaked = [...secrets].filter(([, secret]) => log.includes(secret)).map(([name]) => name);
  expect(leaked).toEqual([]);
});

it('has none of those that open something in the database', () => {
  const file = Buffer.concat(
    ['qingniao.db', 'qingniao.db-wal'].map((name) => readFileSync(join(w.folder, name))),
  ).toString('latin1');
  const open = [
    'app token',
    'callback secret',
    'setting secret',
    'SPT',
    'personal token',
    'admin token',
    'access token',
  ];
  const leaked = open.filter((name) => file.includes(secrets.get(name) ?? ''));
  expect(leaked).toEqual([]);
});

it('shows none of them in the trace and the callback log', async () => {
  const traces = await Promise.all(
    (await w.db.message.findMany()).map(async ({ id }) => (await w.admin(`/messages/${id}`)).text),
  );
  const shown = [...traces, (await w.admin('/callbacks')).text].join('\n');
  const open = [
    'app token',
    'callback secret',
    'setting secret',
    'SPT',
    'personal token',
    'access token',
    'openid',
  ];
  expect(open.filter((name) => shown.includes(secrets.get(name) ?? ''))).toEqual([]);
});

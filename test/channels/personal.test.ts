/** One message by each personal channel into the simulated world: what a person sees there, and a failure that passes. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { signHeaders } from '#src/callbacks/sign.js';
import { createBarkChannel } from '#src/channels/bark/index.js';
import type { Channel, ChannelIo, ChannelSettings } from '#src/channels/channel.js';
import { createGotifyChannel } from '#src/channels/gotify/index.js';
import { createMailChannel } from '#src/channels/mail/index.js';
import { createNtfyChannel } from '#src/channels/ntfy/index.js';
import { createPushDeerChannel } from '#src/channels/pushdeer/index.js';
import { createSmsChannel } from '#src/channels/sms/index.js';
import { createWebhookChannel } from '#src/channels/webhook/index.js';
import { createWechatOwnChannel } from '#src/channels/wechat-own/index.js';
import type { Outcome } from '#src/core/types.js';
import type { Clock } from '#src/lib/clock.js';
import { randomHex } from '#src/lib/ids.js';
import { silentLogger } from '#src/lib/logger.js';
import { createSmsPlatform } from '#src/platforms/aliyun-sms.js';
import { simulatorDefaults } from '#src/simulator/index.js';
import { createMemoryStore } from '#test/platforms/wechat/fake-wechat.js';
import { itemsOf, openSim, type SimWorld } from '#test/simulator/sim-world.js';
import { type Cleanups, cleanUp, openIo, sendBy } from './http-peer.js';

/** A channel with right settings, where its messages arrive, and the path of its call. */
interface Way {
  send(changed: ChannelSettings, io: ChannelIo): Promise<Outcome>;
  inbox: string;
  faultPath: string;
}

function way<Card>(
  channel: Channel<Card>,
  settings: ChannelSettings,
  place: { inbox: string; faultPath: string },
): Way {
  return { send: (changed, io) => sendBy(channel, { ...settings, ...changed }, { io }), ...place };
}

/** The channels that call a server of the person's own choice. */
function serverWays(base: string): Readonly<Record<string, Way>> {
  const at = (name: string, path = '/') => ({ inbox: name, faultPath: `/${name}${path}` });
  return {
    bark: way(createBarkChannel(), { server: `${base}/bark`, key: 'sim-phone' }, at('bark', '/push')),
    pushdeer: way(createPushDeerChannel(), { server: `${base}/pushdeer`, key: 'sim-key' }, at('pushdeer')),
    ntfy: way(createNtfyChannel(), { server: `${base}/ntfy`, topic: 'sim-ops' }, at('ntfy')),
    gotify: way(createGotifyChannel(), { server: `${base}/gotify`, token: 'sim-app' }, at('gotify')),
    webhook: way(
      createWebhookChannel({ sign: signHeaders }),
      { url: `${base}/webhook/mine` },
      at('webhook/mine', ''),
    ),
  };
}

const SMS = {
  accessKeyId: 'simkey',
  accessKeySecret: 'simsmssecret',
  signName: '青鸟',
  templateCode: 'SMS_1',
  phone: '13800138000',
};
const MAIL = {
  host: '127.0.0.1',
  security: 'none',
  user: 'me@x.example',
  password: 'simmail',
  to: 'ming@x.example',
};
const { appId, secret } = simulatorDefaults;
const OWN = { appId, secret, templateId: 'sim-free-template' };

/** The channels with a connection of their own kind. */
async function otherWays(
  sim: SimWorld,
  cleanups: Cleanups,
  clock: Clock,
): Promise<Readonly<Record<string, Way>>> {
  const sms = createSmsPlatform({ base: `${sim.base}/sms`, clock, makeNonce: () => randomHex(16) });
  const apiBase = `${sim.base}/wechat`;
  const own = createWechatOwnChannel({ apiBase, tokens: createMemoryStore(), clock, log: silentLogger });
  cleanups.push(
    () => sms.close(),
    () => own.close(),
  );
  const openid = await sim.person();
  const port = String(await sim.simulator.smtpPort());
  const mail = createMailChannel({ defaultMailer: null, allowPrivate: true });
  const cardPath = '/wechat/cgi-bin/message/template/send';
  return {
    sms: way(createSmsChannel({ platform: sms }), SMS, { inbox: 'sms', faultPath: '/sms/' }),
    mail: way(mail, { ...MAIL, port }, { inbox: 'mail', faultPath: '' }),
    'wechat-own': way(own, { ...OWN, openid }, { inbox: openid, faultPath: cardPath }),
  };
}

/** Opens the world and all ways into it. */
async function open() {
  const sim = await openSim({ smtpPort: 0 });
  const cleanups: Cleanups = [];
  onTestFinished(() => cleanUp(cleanups));
  const io = openIo(cleanups);
  const ways = { ...serverWays(sim.base), ...(await otherWays(sim, cleanups, io.clock)) };
  const wayOf = (name: string): Way => {
    const found = ways[name];
    if (!found) {
      throw new Error(`no way ${name}`);
    }
    return found;
  };
  return {
    sim,
    wayOf,
    send: (name: string, changed: ChannelSettings = {}) => wayOf(name).send(changed, io),
  };
}

async function shownIn(sim: SimWorld, inbox: string): Promise<string> {
  const path = inbox.startsWith('o') ? `/followers/${inbox}/inbox` : `/inboxes/${inbox}`;
  const [first] = itemsOf(await sim.api('GET', path));
  return JSON.stringify(first ?? null);
}

const NAMES = ['bark', 'pushdeer', 'ntfy', 'gotify', 'webhook', 'sms', 'mail', 'wechat-own'];

describe.each(NAMES)('%s', (name) => {
  it('shows the message to a person', async () => {
    const { sim, wayOf, send } = await open();
    expect(await send(name)).toMatchObject({ kind: 'sent' });
    expect(await shownIn(sim, wayOf(name).inbox)).toContain('CPU > 90%');
  });
});

it.each(NAMES.filter((name) => name !== 'mail'))('%s tries again when its server fails', async (name) => {
  const { sim, wayOf, send } = await open();
  const { faultPath } = wayOf(name);
  await sim.api('POST', '/faults', { path: faultPath, status: 503, count: 1 });
  expect(await send(name)).toMatchObject({ kind: 'retry' });
  expect(await send(name)).toMatchObject({ kind: 'sent' });
});

it.each([
  ['bark', { key: 'nobody' }, 'gone'],
  ['pushdeer', { key: 'nobody' }, 'retry'],
  ['gotify', { token: 'nobody' }, 'refused'],
  ['mail', { password: 'revoked' }, 'retry'],
  ['mail', { to: 'x@refuse.example' }, 'refused'],
  ['mail', { to: 'x@busy.example' }, 'retry'],
  ['sms', { accessKeySecret: 'revoked' }, 'retry'],
  ['sms', { templateCode: 'SMS_9' }, 'refused'],
  ['wechat-own', { secret: 'revoked' }, 'retry'],
  ['wechat-own', { templateId: 'none', fields: 'thing1=title' }, 'retry'],
])('%s with %j is %s', async (name, changed, kind) => {
  const { send } = await open();
  expect(await send(name, changed)).toMatchObject({ kind, why: expect.stringMatching(/\p{Script=Han}/u) });
});

it('an encrypted Bark push is read by a phone that knows the key', async () => {
  const { sim, send } = await open();
  const encryption = { mode: 'GCM', key: 'k'.repeat(32) };
  const known = await sim.api('POST', '/bark/keys', { key: 'sim-phone', encryption });
  expect(known.status).toBeLessThan(300);
  const settings = { encryptionAlgorithm: 'AES256', encryptionMode: 'GCM', encryptionKey: 'k'.repeat(32) };
  expect(await send('bark', settings)).toEqual({ kind: 'sent' });
  const [first] = itemsOf(await sim.api('GET', '/inboxes/bark'));
  expect(JSON.stringify(first?.request)).not.toContain('CPU');
  expect(first?.rendered).toContain('CPU > 90%');
});

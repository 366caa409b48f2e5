/** A world with every way out of it: one receiver for each kind of channel, and what arrived there. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { silentLogger } from '#src/lib/logger.js';
import { createSimulator, simulatedWecom, simulatorDefaults } from '#src/simulator/index.js';
import { START } from '#test/simulator/sim-world.js';
import { ask } from '#test/support/http.js';
import { openWorld, type World } from '#test/support/world.js';

/** Somebody who receives by one kind of channel. */
export interface Receiver {
  /** The kind of channel. */
  kind: string;
  personId: number;
  uid: string;
  /** What arrived there, newest first, each as a JSON text. */
  arrived(): Promise<string[]>;
}

/** The world and its receivers. */
export interface Outside {
  w: World;
  receivers: readonly Receiver[];
  close(): Promise<void>;
}

/** Settings of a kind of channel and the address of its inbox in a simulator. */
interface Way {
  config: Record<string, string>;
  inbox: string;
}

/** Opens it. The kinds are all that the server has. */
export async function openOutside(): Promise<Outside> {
  const time = { now: () => START };
  const robots = await openRobots(time);
  const env = {
    DINGTALK_BASE: `${robots.url}/dingtalk`,
    FEISHU_BASE: `${robots.url}/feishu`,
    SMS_BASE: `${robots.url}/sms`,
  };
  const w = await openWorld({ countTokens: false, env });
  time.now = w.clock.now;
  const ways = listWays(w, robots);
  const kinds = ['wechat', ...w.core.channels.listKinds().map(({ id }) => id)];
  const receivers: Receiver[] = [];
  for (const kind of kinds) {
    receivers.push(await settle(w, kind, ways));
  }
  return {
    w,
    receivers,
    close: async () => {
      await w.close();
      await robots.close();
    },
  };
}

/** A second simulator: the world's own has no mail server, and its address is not known before its server's settings. */
async function openRobots(time: { now(): number }) {
  const simulator = createSimulator({
    ...simulatorDefaults,
    publicUrl: '',
    smtpPort: 0,
    clock: { now: () => time.now() },
    log: silentLogger,
    delay: async () => {},
  });
  const server = createServer(simulator.app.callback());
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    smtpPort: String(await simulator.smtpPort()),
    close: async () => {
      await simulator.close();
      server.closeAllConnections();
      server.close();
    },
  };
}

function listWays(w: World, robots: { url: string; smtpPort: string }): Record<string, Way> {
  const near = (place: string): string => `${w.simulatorUrl}/api/inboxes/${place}`;
  const far = (place: string): string => `${robots.url}/api/inboxes/${place}`;
  const { corpId, agentId, secret } = simulatedWecom;
  const base = w.simulatorUrl;
  return {
    'wecom-app': {
      config: { corpId, agentId: String(agentId), secret, receivers: 'zhangsan', format: 'markdown' },
      inbox: near('wecom'),
    },
    'wecom-bot': { config: { key: 'sim-docs' }, inbox: near('wecom-bot') },
    'dingtalk-bot': { config: { token: 'sim-dingtalk', secret: 'SECsim' }, inbox: far('dingtalk') },
    'feishu-bot': { config: { token: 'sim-docs' }, inbox: far('feishu') },
    bark: { config: { server: `${base}/bark`, key: 'sim-phone' }, inbox: near('bark') },
    pushdeer: { config: { server: `${base}/pushdeer`, key: 'sim-key' }, inbox: near('pushdeer') },
    ntfy: { config: { server: `${base}/ntfy`, topic: 'sim-docs' }, inbox: near('ntfy') },
    gotify: { config: { server: `${base}/gotify`, token: 'sim-app' }, inbox: near('gotify') },
    webhook: { config: { url: w.webhook('docs') }, inbox: near('webhook/docs') },
    mail: {
      config: {
        host: '127.0.0.1',
        port: robots.smtpPort,
        security: 'none',
        user: 'me@x.example',
        password: 'simmail',
        to: 'ming@x.example',
      },
      inbox: far('mail'),
    },
    sms: {
      config: {
        accessKeyId: 'simkey',
        accessKeySecret: 'simsmssecret',
        signName: '青鸟',
        templateCode: 'SMS_1',
        phone: '13800138000',
      },
      inbox: far('sms'),
    },
  };
}

/** Lets somebody follow and receive by that kind first. */
async function settle(w: World, kind: string, ways: Record<string, Way>): Promise<Receiver> {
  const phone = w.phone(`receives by ${kind}`);
  await phone.follows();
  const uid = await phone.uid();
  const { personId } = await w.core.people.getByUid(uid);
  const openid = await phone.openid();
  const chat = `${w.simulatorUrl}/api/followers/${openid}/inbox`;
  const { appId, secret } = simulatorDefaults;
  const own = { appId, secret, openid, templateId: 'sim-free-template' };
  const way = kind === 'wechat-own' ? { config: own, inbox: chat } : ways[kind];
  if (kind !== 'wechat') {
    if (!way) {
      throw new Error(`no way to receive by ${kind}: add one here`);
    }
    await w.core.channels.createChannel(personId, { kind, code: kind, config: way.config, default: true });
  }
  const inbox = way?.inbox ?? chat;
  return {
    kind,
    personId,
    uid,
    arrived: async () => {
      const { items } = (await ask(inbox)).json as { items: { kind?: string }[] };
      return items
        .filter((item) => inbox !== chat || item.kind === 'template')
        .map((item) => JSON.stringify(item));
    },
  };
}

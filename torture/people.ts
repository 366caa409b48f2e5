/** The people of a run and the app they follow, with all the keys that the doors ask for. */
import type { World } from './world.js';

/** A person who receives. */
export interface Receiver {
  openid: string;
  uid: string;
  sendkey: string;
  pushplus: string;
  ntfy: string;
  /** The name of the webhook that all of this person's messages go to; null: WeChat. */
  hook: string | null;
}

/** Everybody, and what they follow. */
export interface Cast {
  app: { id: number; appToken: string };
  /** An app that newcomers follow. */
  follows: { id: number; qrcodeUrl: string };
  topics: { id: number; members: Receiver[] }[];
  people: Receiver[];
}

interface MadeApp {
  id: number;
  appToken: string;
  qrcodeUrl: string;
}

/** Webhooks of the developer. */
export const COMMANDS_HOOK = 'commands';
export const FOLLOWS_HOOK = 'follows';

/** Every fourth person receives by a webhook, which knows no repeated message for what it is. */
const EVERY_HOOKED = 4;
const TOPICS = 2;
const UID_TRIES = 10;

/** Makes them, while nothing goes wrong yet. */
export async function makeCast(world: World, count: number): Promise<Cast> {
  const makeApp = (name: string, hook: string): Promise<MadeApp> =>
    world.admin<MadeApp>('/apps', { name, callbackUrl: `${world.simulator}/webhook/${hook}` });
  const app = await makeApp('torture', COMMANDS_HOOK);
  const follows = await makeApp('follows', FOLLOWS_HOOK);
  const people = await Promise.all(Array.from({ length: count }, (_, at) => makePerson(world, app, at)));
  const topics = await Promise.all(
    Array.from({ length: TOPICS }, async (_, at) => {
      const topic = await world.admin<{ id: number; qrcodeUrl: string }>(`/apps/${app.id}/topics`, {
        name: `topic ${at}`,
      });
      const members = people.filter((_, which) => which % TOPICS === at || which % 3 === 0);
      await Promise.all(members.map(({ openid }) => scan(world, openid, topic.qrcodeUrl)));
      return { id: topic.id, members };
    }),
  );
  return { app, follows, topics, people };
}

/** A newcomer in the outside world. */
export async function makeFollower(world: World): Promise<string> {
  return (await world.sim<{ openid: string }>('/followers', {})).openid;
}

function scan(world: World, openid: string, url: string): Promise<unknown> {
  return world.sim(`/followers/${openid}/scan`, { url });
}

/** The account answers with the person's UID; where every core is taken that takes longer than WeChat waits, so it is asked again. */
async function askUid(world: World, openid: string): Promise<string> {
  for (let asked = 0; asked < UID_TRIES; asked += 1) {
    const said = await world.sim<{ reply: { text: string } | null }>(`/followers/${openid}/messages`, {
      content: 'uid',
    });
    const uid = /UID_\w+/.exec(said.reply?.text ?? '')?.[0];
    if (uid) {
      return uid;
    }
  }
  throw new Error('the account does not tell a person their UID');
}

async function makePerson(world: World, app: MadeApp, at: number): Promise<Receiver> {
  const openid = await makeFollower(world);
  await scan(world, openid, app.qrcodeUrl);
  const uid = await askUid(world, openid);
  const makeKey = async (kind: string): Promise<string> =>
    (await world.admin<{ key: string }>(`/users/${uid}/keys`, { kind })).key;
  const hook = at % EVERY_HOOKED === 1 ? `person-${at}` : null;
  if (hook) {
    const config = { url: `${world.simulator}/webhook/${hook}` };
    await world.admin(`/users/${uid}/channels`, { kind: 'webhook', code: 'hook', config, default: true });
  }
  const [sendkey, pushplus, ntfy] = [
    await makeKey('sendkey'),
    await makeKey('pushplus'),
    await makeKey('ntfy'),
  ];
  return { openid, uid, sendkey, pushplus, ntfy, hook };
}

/** The people of a run and the app they follow, with all the keys that the doors ask for. */
import { type WayName, wayOf, wecomApp } from './receivers.js';
import type { World } from './world.js';

/** The kinds of key that a person gives to programs. */
const KEY_KINDS = ['sendkey', 'pushplus', 'ntfy', 'spt', 'bark', 'pushdeer', 'gotify'] as const;

/** Somebody, or something, that messages go to. */
export interface Receiver {
  openid: string;
  /** Empty for the members whom a notify code reaches, who are no people of this server. */
  uid: string;
  /** By the kind of channel that is theirs. */
  way: WayName;
  /** The name of the place where their messages show. */
  where: string;
  /** What stands in every call and every showing of theirs. */
  needle: string;
  /** The simulator's inbox where their messages show; null: their chat. */
  inbox: string | null;
  keys: Readonly<Record<(typeof KEY_KINDS)[number], string>>;
}

/** Everybody, and what they follow. */
export interface Cast {
  app: { id: number; appToken: string };
  /** An app that newcomers follow. */
  follows: { id: number; qrcodeUrl: string };
  topics: { id: number; members: Receiver[] }[];
  people: Receiver[];
  /** A code of the notify door, and whom it reaches; null where nobody is to be reached by WeCom. */
  notify: { code: string; members: Receiver } | null;
}

interface MadeApp {
  id: number;
  appToken: string;
  qrcodeUrl: string;
}

/** Webhooks of the developer. */
export const COMMANDS_HOOK = 'commands';
export const FOLLOWS_HOOK = 'follows';

const TOPICS = 2;
const UID_TRIES = 10;
const NO_KEYS = Object.fromEntries(KEY_KINDS.map((kind) => [kind, ''])) as Receiver['keys'];
/** A member of the simulated company whom no person of a run receives by. */
const NOTIFIED = 'lisi';

/** Makes a person for each kind of way, while nothing goes wrong yet. */
export async function makeCast(world: World, ways: readonly WayName[]): Promise<Cast> {
  const makeApp = (name: string, hook: string): Promise<MadeApp> =>
    world.admin<MadeApp>('/apps', { name, callbackUrl: `${world.wire.url}/webhook/${hook}` });
  const app = await makeApp('torture', COMMANDS_HOOK);
  const follows = await makeApp('follows', FOLLOWS_HOOK);
  const people = await Promise.all(ways.map((way, at) => makePerson(world, app, { way, at })));
  // A message to a topic goes to everybody in it: those whose pace is slow are written to one by one.
  const quick = people.filter(({ way }) => !wayOf(way).isSlow && !wayOf(way).showsTitles);
  const topics = await Promise.all(
    Array.from({ length: TOPICS }, async (_, at) => {
      const topic = await world.admin<{ id: number; qrcodeUrl: string }>(`/apps/${app.id}/topics`, {
        name: `topic ${at}`,
      });
      const members = quick.filter((_, which) => which % TOPICS === at || which % 3 === 0);
      await Promise.all(members.map(({ openid }) => scan(world, openid, topic.qrcodeUrl)));
      return { id: topic.id, members };
    }),
  );
  const notify = ways.includes('wecom-app') ? await makeNotifyCode(world) : null;
  const everybody = [...people, ...(notify ? [notify.members] : [])];
  world.wire.know(everybody);
  return { app, follows, topics, people, notify };
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

async function makePerson(
  world: World,
  app: MadeApp,
  { way, at }: { way: WayName; at: number },
): Promise<Receiver> {
  const openid = await makeFollower(world);
  await scan(world, openid, app.qrcodeUrl);
  const uid = await askUid(world, openid);
  const outside = { wire: world.wire.url, smtpPort: world.smtpPort, openid };
  const config = wayOf(way).settings(at, outside);
  if (config) {
    await world.admin(`/users/${uid}/channels`, {
      ...{ kind: way, code: 'mine', config, default: true },
      ratherTwice: wayOf(way).isRatherTwice ?? false,
    });
  }
  const keys = { ...NO_KEYS };
  for (const kind of KEY_KINDS) {
    keys[kind] = (await world.admin<{ key: string }>(`/users/${uid}/keys`, { kind })).key;
  }
  const needle = wayOf(way).needle(at, openid);
  return { openid, uid, way, where: `${way} ${at}`, needle, inbox: wayOf(way).inbox(at), keys };
}

async function makeNotifyCode(world: World): Promise<NonNullable<Cast['notify']>> {
  const { code } = await world.admin<{ code: string }>('/notify', {
    ...wecomApp(),
    agentId: Number(wecomApp().agentId),
    receivers: NOTIFIED,
  });
  const members: Receiver = {
    openid: '',
    uid: '',
    way: 'wecom-app',
    where: `notify ${NOTIFIED}`,
    needle: NOTIFIED,
    inbox: 'wecom',
    keys: NO_KEYS,
  };
  return { code, members };
}

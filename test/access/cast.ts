/** The actors of the matrix, and a thing of the owner's for each part of an address that varies. */
import type { Browser } from '#test/support/sign-in.js';
import type { World } from '#test/support/world.js';
import type { Actor } from './access.js';

/** What stands for the parts of an address, by how the route names them. */
export type Things = Readonly<Record<string, string>>;

/** Nobody has it; long enough to look like a key. */
export const GARBAGE = 'AT_garbageGarbageGarbageGarbage0123456789';

/** The actors with their means, and what is the owner's. */
export interface Cast {
  browsers: Partial<Record<Actor, Browser>>;
  bearers: Partial<Record<Actor, string>>;
  ownerUid: string;
  /** Words that only the owner and operators may ever be shown. */
  canaries: readonly string[];
  /** Things that exist: as they are, or new ones where a route takes them away. */
  things(route?: string): Promise<Things>;
}

/** Makes them all. */
export async function openCast(w: World): Promise<Cast> {
  const browsers = {
    anonymous: w.browser(),
    follower: await w.signIn('Follower'),
    other: await w.signIn('Other', { role: 'developer' }),
    owner: await w.signIn('Owner', { role: 'developer' }),
    operator: await w.signIn('Boss', { role: 'operator' }),
  };
  const uidOf = (name: string) => w.phone(name).uid();
  const tokenOf = async (name: string): Promise<string> =>
    ((await w.admin(`/users/${await uidOf(name)}/keys`, { kind: 'personal' })).json as { key: string }).key;
  const owner = await tokenOf('Owner');
  const ownerUid = await uidOf('Owner');
  const make = createMaker(w, { token: owner, uid: ownerUid, browser: browsers.owner });
  const first: Record<string, string> = {
    ...(await make()),
    backup: (await w.core.backups.makeBackup()).name,
  };
  return {
    browsers,
    bearers: {
      garbage: GARBAGE,
      appToken: first.appToken ?? '',
      other: await tokenOf('Other'),
      owner,
      operator: await tokenOf('Boss'),
      adminToken: w.adminToken,
    },
    ownerUid,
    canaries: [ownerUid, 'canary-app', 'canary-topic', 'canary.example', 'canary-channel'],
    things: async (route) => {
      if (!route) {
        return first;
      }
      const backup = /backups/.test(route) ? (await w.core.backups.makeBackup()).name : '';
      return { ...(await make()), backup };
    },
  };
}

function createMaker(w: World, owner: { token: string; uid: string; browser: Browser }) {
  const call = async <T>(path: string, body?: unknown, method?: string): Promise<T> => {
    const answer = await w.call(`/api/v1${path}`, {
      ...(body === undefined ? {} : { body }),
      ...(method === undefined ? {} : { method }),
      headers: { authorization: `Bearer ${owner.token}` },
    });
    if (answer.status >= 300) {
      throw new Error(`the cast needs ${path}, which answered ${answer.status}: ${answer.text}`);
    }
    return answer.json as T;
  };
  let made = 0;
  return async (): Promise<Things> => {
    made += 1;
    const app = await call<{ id: number; appToken: string; qrcodeUrl: string }>('/apps', {
      name: `canary-app ${made}`,
      callbackUrl: w.webhook('canary'),
    });
    const topic = await call<{ id: number }>(`/apps/${app.id}/topics`, { name: `canary-topic ${made}` });
    await w.phone('Owner').scans(app.qrcodeUrl);
    await w.phone('Owner').says(`#${app.id} go`);
    await w.call('/api/send/message', {
      body: { appToken: app.appToken, content: `canary ${made}`, uids: [owner.uid] },
    });
    await w.drain();
    const message = await w.db.message.findFirstOrThrow({ where: { appId: app.id } });
    const { personId } = await w.core.people.getByUid(owner.uid);
    const place = { appId: app.id, topicId: topic.id };
    const code = await w.core.qrcodes.createTemporary({
      ...place,
      extra: `canary${made}`,
      validSeconds: 3600,
    });
    const appCode = await w.core.qrcodes.createTemporary({
      appId: app.id,
      topicId: 0,
      extra: 'canary',
      validSeconds: 3600,
    });
    const subscription = await w.db.subscription.findFirstOrThrow({
      where: { appId: app.id, personId: BigInt(personId) },
    });
    const inTopic = await w.core.subscriptions
      .subscribe({ personId, uid: owner.uid, ...place, source: 'link', extra: '' })
      .then(() => w.db.subscription.findFirstOrThrow({ where: { ...place, personId: BigInt(personId) } }));
    const delivery = await w.db.delivery.findFirstOrThrow({
      where: { callbackId: { not: null } },
      orderBy: { id: 'desc' },
    });
    const channel = await w.core.channels.createChannel(personId, {
      kind: 'webhook',
      code: `canary-channel${made}`,
      config: { url: w.webhook('mine') },
    });
    const key = await call<{ id: number }>(`/users/${owner.uid}/keys`, { kind: 'ntfy' });
    await owner.browser.post('/console/keys/pushplus/tokens', { name: `canary ${made}`, until: '' });
    const token = await w.db.key.findFirstOrThrow({ where: { kind: 'pushplus' }, orderBy: { id: 'desc' } });
    const personal = await call<{ id: number }>(`/users/${owner.uid}/keys`, { kind: 'personal' });
    const notify = await call<{ id: number }>('/notify', {
      corpId: 'wwsim0000000001',
      agentId: 1000002,
      secret: 'simwecomsecret',
      receivers: 'zhangsan',
    });
    await w.signIn('Owner', { role: 'developer' });
    const session = await w.db.session.findFirstOrThrow({
      where: { personId: BigInt(personId) },
      orderBy: { id: 'desc' },
    });
    const plan = await w.core.plans.createPlan({ code: `p${made}`, name: 'p', limits: { callsPerDay: 20 } });
    return {
      appToken: app.appToken,
      app: String(app.id),
      topic: String(topic.id),
      code: code.scene,
      appCode: appCode.scene,
      subscriber: String(subscription.id),
      topicSubscriber: String(inTopic.id),
      delivery: String(delivery.id),
      endpoint: String(delivery.callbackId),
      message: String(message.id),
      channel: String(channel.id),
      key: String(key.id),
      pushplusToken: String(token.id),
      personal: String(personal.id),
      notify: String(notify.id),
      session: String(session.id),
      plan: String(plan.id),
      account: String((await w.db.account.findFirstOrThrow({ where: { personId: BigInt(personId) } })).id),
      uid: owner.uid,
    };
  };
}

/** Which thing stands for a part: the address before it, the part's name, the thing. The first that fits counts. */
const PARTS: readonly [RegExp, string][] = [
  [/\/topics\/:topicId\/subscribers\/:subscriber$/, 'topicSubscriber'],
  [/\/topics\/:topicId\/codes\/:scene$/, 'code'],
  [/\/codes\/:scene$/, 'appCode'],
  [/\/topics\/:topicId$/, 'topic'],
  [/\/subscribers\/:subscriber(?:Id)?$/, 'subscriber'],
  [/\/callbacks\/:(?:delivery|id)$/, 'delivery'],
  [/\/channels\/:id$/, 'channel'],
  [/\/(?:users|people)\/:uid\/keys\/:id$/, 'key'],
  [/\/keys\/personal\/:id$/, 'personal'],
  [/\/tokens\/:id$/, 'pushplusToken'],
  [/\/keys\/:kind\/:id$/, 'personal'],
  [/\/notify\/:id$/, 'notify'],
  [/\/messages\/:id$/, 'message'],
  [/\/sessions\/:id$/, 'session'],
  [/\/plans\/:id$/, 'plan'],
  [/\/accounts\/:id$/, 'account'],
  [/\/backups\/:name$/, 'backup'],
  [/\/(?:me|:uid)\/subscriptions\/:id$/, 'subscriber'],
  [/\/(?:apps)\/:(?:id|appId)$/, 'app'],
  [/:uid$/, 'uid'],
];
/** Parts that are no things. */
const WORDS: Readonly<Record<string, string>> = {
  ':kind': 'ntfy',
  ':act': 'block',
  ':id': 'menu',
};
const KINDS: readonly [RegExp, string][] = [
  [/\/channels\/new\/:kind/, 'webhook'],
  [/\/contacts\/:kind/, 'email'],
  [/\/console\/keys\/:kind\/:id/, 'personal'],
];

/** The address of a route with things for its parts; what it cannot name becomes garbage, which no secret address is. */
export function fillPath(path: string, things: Things): string {
  const pieces = path
    .replace(/\{[^}]*\}/g, '')
    .replace(/\*\w+/g, 'x')
    .split('/');
  return pieces
    .map((piece, at) => {
      const upTo = pieces.slice(0, at + 1).join('/');
      return piece.replace(/:\w+/, (part) => {
        const thing = PARTS.find(([pattern]) => pattern.test(upTo))?.[1];
        const kind = part === ':kind' ? KINDS.find(([pattern]) => pattern.test(path))?.[1] : undefined;
        return (thing && things[thing]) ?? kind ?? WORDS[part] ?? 'garbageGarbageGarbage';
      });
    })
    .join('/');
}

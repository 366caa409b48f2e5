/** A running server with people, keys of every kind, an app and a notify code: what the documents' examples need. */
import { KEY_KINDS } from '#src/core/key-kinds.js';
import { simulatedWecom } from '#src/simulator/index.js';
import { openWorld, type World } from '#test/support/world.js';

/** The desk. Its first person follows the app, and has a Bark channel `iphone` and a WeCom channel `work`. */
export interface Desk {
  w: World;
  /** The keys of the first person by kind, and those of the second. */
  keys: Readonly<Record<string, string>>;
  others: Readonly<Record<string, string>>;
  uid: string;
  app: { id: number; appToken: string };
  topicId: number;
  notifyCode: string;
}

/** Opens it; the caller closes the world. The engine runs, since the notify API's answer waits for it. */
export async function openDesk(): Promise<Desk> {
  const w = await openWorld({ countTokens: false });
  await w.worker.start();
  const ming = await settle(w, 'Ming');
  const hua = await settle(w, 'Hua');
  const builder = w.app('告警', { callbackUrl: w.webhook('docs') });
  const app = await builder.made();
  const topic = await builder.topic('每周');
  await w.phone('Ming').scans(app.qrcodeUrl);
  const { corpId, agentId, secret } = simulatedWecom;
  const corp = { corpId, agentId: String(agentId), secret };
  await w.core.channels.createChannel(ming.personId, {
    kind: 'bark',
    code: 'iphone',
    config: { server: `${w.simulatorUrl}/bark`, key: 'sim-phone' },
  });
  await w.core.channels.createChannel(ming.personId, {
    kind: 'wecom-app',
    code: 'work',
    config: { ...corp, receivers: 'zhangsan' },
  });
  const { code } = await w.core.notifyCodes.createCode({ ...corp, receivers: 'lisi' }, null);
  return {
    w,
    keys: ming.keys,
    others: hua.keys,
    uid: ming.uid,
    app,
    topicId: topic.id,
    notifyCode: code,
  };
}

async function settle(w: World, name: string) {
  await w.phone(name).follows();
  const uid = await w.phone(name).uid();
  const { personId } = await w.core.people.getByUid(uid);
  const keys: Record<string, string> = {};
  for (const kind of KEY_KINDS) {
    keys[kind] = await w.core.keys.showKey(personId, kind);
  }
  return { uid, personId, keys };
}

/** The text with this desk's address and keys in place of those of the documents. */
export function fillIn(text: string, { w, keys, uid, app, topicId, notifyCode }: Desk): string {
  const values: Readonly<Record<string, string | undefined>> = {
    SENDKEY: keys.sendkey,
    SENDKEY3: keys.sendkey3,
    PUSHPLUS_TOKEN: keys.pushplus,
    APP_TOKEN: app.appToken,
    USER_UID: uid,
    TOPIC_ID: String(topicId),
    SPT_KEY: keys.spt,
    BARK_KEY: keys.bark,
    PUSHDEER_KEY: keys.pushdeer,
    NTFY_TOPIC: keys.ntfy,
    GOTIFY_TOKEN: keys.gotify,
    NOTIFY_CODE: notifyCode,
  };
  return text
    .replaceAll('https://push.example.com', w.url)
    .replace(/\b[A-Z][A-Z\d]*(?:_[A-Z\d]+)*\b/g, (word) => values[word] ?? word);
}

/** How many messages were taken in so far. */
export function countMessages({ w }: Desk): Promise<number> {
  return w.db.message.count();
}

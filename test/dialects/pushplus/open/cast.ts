/** What the tests of PushPlus's open API share: a running world, and accounts that hold an access key. */
import type { Answer } from '#test/support/http.js';
import { openWorld, type World } from '#test/support/world.js';

/** The envelope of an answer. */
export interface Said {
  code: number;
  msg: string;
  data: unknown;
}

/** Somebody who manages their account by calls. */
export interface Account {
  personId: number;
  uid: string;
  token: string;
  secret: string;
  accessKey: string;
  /** Asks a call below /api/open; a body makes it a POST. */
  open(path: string, body?: unknown, method?: string): Promise<Said>;
}

/** Opens a world with the means to make accounts. The caller closes it. */
export async function openCast() {
  const w = await openWorld();
  return Object.assign(w, { account: (name: string) => openAccount(w, name) });
}

/** Asks for an access key. */
export async function askAccessKey(w: World, body: unknown): Promise<Said> {
  return toSaid(await w.call('/api/common/openApi/getAccessKey', { body }));
}

/** Reads an envelope; fails where the status is not 200. */
export function toSaid(answer: Answer): Said {
  if (answer.status !== 200) {
    throw new Error(`answered ${answer.status}: ${answer.text}`);
  }
  return answer.json as Said;
}

async function openAccount(w: World, name: string): Promise<Account> {
  const phone = w.phone(name);
  await phone.follows();
  const uid = await phone.uid();
  const { personId } = await w.core.people.getByUid(uid);
  await w.core.accounts.admitSender(personId);
  const token = await w.core.keys.showKey(personId, 'pushplus');
  const { secret } = await w.core.openAccess.getRules(personId);
  const granted = await askAccessKey(w, { token, secretKey: secret });
  const { accessKey } = granted.data as { accessKey: string };
  const open = async (path: string, body?: unknown, method?: string): Promise<Said> =>
    toSaid(
      await w.call(`/api/open${path}`, {
        ...(body === undefined ? {} : { body }),
        ...(method === undefined ? {} : { method }),
        headers: { 'access-key': accessKey },
      }),
    );
  return { personId, uid, token, secret, accessKey, open };
}

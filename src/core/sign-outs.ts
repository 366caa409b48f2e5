/** Signing out everywhere: ends the sign-ins of a person, and all that they made and that would outlive them. */
import type { KeyKind } from './key-kinds.js';
import type { Keys } from './keys.js';
import type { NotifyCodes } from './notify-codes.js';
import type { OpenAccess } from './open-access.js';
import type { Sessions } from './sessions.js';
import type { SignIn } from './sign-in.js';

/** What can end. */
export type EndingKind = 'session' | 'code' | KeyKind | 'secret' | 'notify';

/** How many of each kind ended; those of which none did are left out. */
export type EndedCounts = Partial<Record<EndingKind, number>>;

/** The sign-ins that end. */
export interface EndingSignIns {
  personId: number;
  /** The sessions, with those that had ended some days ago at most. */
  sessionIds: readonly number[];
  /** When the first of them began; null: there are none. */
  since: Date | null;
  /** What ended before. */
  ended: EndedCounts;
}

/** Ends one sort of thing that sign-ins leave behind. */
type Ending = (signIns: EndingSignIns) => Promise<EndedCounts>;

/** What each kind is called, in the order in which they are told. */
export const ENDING_NAMES: Readonly<Record<EndingKind, { zh: string; en: string }>> = {
  session: { zh: '网页登录', en: 'web sign-ins' },
  code: { zh: '待确认的登录码', en: 'sign-in codes' },
  personal: { zh: '管理接口令牌', en: 'personal tokens' },
  spt: { zh: 'WxPusher SPT', en: 'WxPusher SPTs' },
  sendkey: { zh: 'Server酱 SendKey', en: 'Server酱 SendKeys' },
  sendkey3: { zh: 'Server酱³ SendKey', en: 'Server酱³ SendKeys' },
  pushplus: { zh: 'PushPlus token', en: 'PushPlus tokens' },
  access: { zh: 'PushPlus AccessKey', en: 'PushPlus AccessKeys' },
  secret: { zh: 'PushPlus secretKey', en: 'PushPlus secrets' },
  bark: { zh: 'Bark 密钥', en: 'Bark keys' },
  pushdeer: { zh: 'PushDeer pushkey', en: 'PushDeer pushkeys' },
  ntfy: { zh: 'ntfy topic', en: 'ntfy topics' },
  gotify: { zh: 'gotify token', en: 'gotify tokens' },
  notify: { zh: '通知 Code', en: 'notify codes' },
};

/** What signing out stands on. */
export interface SignOutMeans {
  sessions: Sessions;
  signIn: Pick<SignIn, 'refuseCodes'>;
  keys: Pick<Keys, 'revokeMadeBy' | 'revokeAccess' | 'revokeMessageTokens'>;
  openAccess: Pick<OpenAccess, 'endSecretSince'>;
  notifyCodes: Pick<NotifyCodes, 'deleteSince'>;
}

/** The verbs of signing out. */
export type SignOuts = ReturnType<typeof createSignOuts>;

/** Makes the verbs of signing out. */
export function createSignOuts({ sessions, signIn, keys, openAccess, notifyCodes }: SignOutMeans) {
  /** A new way to sign in, or to make keys, adds what ends with it here. */
  const endings: readonly Ending[] = [
    async ({ personId }) => ({ code: await signIn.refuseCodes(personId) }),
    ({ sessionIds }) => keys.revokeMadeBy(sessionIds),
    // The keys first: a new secret would end them unseen.
    async ({ personId }) => ({ access: await keys.revokeAccess(personId) }),
    async ({ personId, since }) => ({
      secret: since === null ? 0 : await openAccess.endSecretSince(personId, since),
    }),
    async ({ personId, since, ended }) => ({
      pushplus:
        (ended.pushplus ?? 0) + (since === null ? 0 : await keys.revokeMessageTokens(personId, since)),
    }),
    async ({ personId, since }) => ({
      notify: since === null ? 0 : await notifyCodes.deleteSince(personId, since),
    }),
  ];

  /**
   * Ends all sign-ins of a person, except one session where it is named, and what they made: keys for whomever, codes, tokens
   * and what was made by those. Sessions end first, so that nothing is made behind the rest.
   */
  async function endEverywhere(personId: number, exceptSessionId?: number): Promise<EndedCounts> {
    const { count, ids, since } = await sessions.revokeSessions(personId, exceptSessionId);
    const ended: EndedCounts = { session: count };
    for (const end of endings) {
      Object.assign(ended, await end({ personId, sessionIds: ids, since, ended }));
    }
    return Object.fromEntries(Object.entries(ended).filter(([, some]) => some > 0));
  }

  /** Ends one session of a person, with the keys that were made there. Throws not_found. */
  async function endOne(personId: number, sessionId: number): Promise<EndedCounts> {
    await sessions.revokeSession(personId, sessionId);
    return { session: 1, ...(await keys.revokeMadeBy([sessionId])) };
  }

  return { endEverywhere, endOne };
}

/** What ended, by kind, in words: `2 个网页登录、1 个管理接口令牌`. Empty where nothing did. */
export function tellEnded(ended: EndedCounts): { zh: string; en: string } {
  const kinds = (Object.keys(ENDING_NAMES) as EndingKind[]).filter((kind) => ended[kind] !== undefined);
  return {
    zh: kinds.map((kind) => `${ended[kind]} 个${ENDING_NAMES[kind].zh}`).join('、'),
    en: kinds.map((kind) => `${ended[kind]} ${ENDING_NAMES[kind].en}`).join(', '),
  };
}

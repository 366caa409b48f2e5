/** Sessions: the browsers that people are signed in with, known by the hash of their cookie alone. */
import { keyedHash } from '#src/lib/hash.js';
import { randomText } from '#src/lib/ids.js';
import { takeCodePoints } from '#src/lib/text.js';
import type { Prisma } from '#src/store/generated/client.js';
import { type AccountRole, readRole } from './accounts.js';
import type { CoreDeps } from './deps.js';
import { notFound } from './errors.js';

/** Where somebody signs in: what the browser says of itself, and its address. */
export interface SignInPlace {
  userAgent: string;
  address: string;
}

/** Somebody who is signed in. `account` is null for followers who only look at their own things. */
export interface SignedIn {
  sessionId: number;
  personId: number;
  uid: string;
  nickname: string;
  account: { id: number; role: AccountRole } | null;
}

/** A session as its owner sees it in the list. */
export interface SessionRow extends SignInPlace {
  id: number;
  isFollowerOnly: boolean;
  createdAt: Date;
  seenAt: Date;
}

/** What ending all sessions of a person ended. */
export interface EndedSessions {
  /** How many were alive. */
  count: number;
  /** Those, and those that had ended within `RECALL_MS`. */
  ids: number[];
  /** When the first of them began; null: there are none. */
  since: Date | null;
}

/** How long a session lasts after its last use, in milliseconds. */
export const SESSION_LIFE_MS = 30 * 86_400_000;

/** How long an operator's lasts, however much it is used. */
export const OPERATOR_LIFE_MS = 12 * 3_600_000;

/** A session that is over is remembered so long: who signs out everywhere ends what it left behind too. */
export const RECALL_MS = 7 * 86_400_000;

/** So much of what a browser says of itself is kept, in characters. */
export const USER_AGENT_MAX = 300;

/** The use of a session is written down at most so often. */
const SEEN_STEP_MS = 3_600_000;
const SECRET_LENGTH = 48;
const LIST_MAX = 100;
/** More sign-ins than these nobody has in a month. */
const RECALL_MAX = 10_000;

/** The verbs of sessions. */
export type Sessions = ReturnType<typeof createSessions>;

/** Makes the verbs of sessions. */
export function createSessions({ db, clock, hashKey }: Pick<CoreDeps, 'db' | 'clock' | 'hashKey'>) {
  const hashOf = (secret: string): string => keyedHash(hashKey, `session:${secret}`);

  /** Signs a browser in; the secret is for its cookie and kept nowhere. */
  async function createSession(
    input: { personId: number; accountId: number | null } & SignInPlace,
  ): Promise<string> {
    const secret = randomText(SECRET_LENGTH);
    const now = clock.now();
    const account =
      input.accountId === null
        ? null
        : await db.account.findUnique({ where: { id: input.accountId }, select: { role: true } });
    await db.session.create({
      data: {
        hash: hashOf(secret),
        personId: BigInt(input.personId),
        accountId: input.accountId,
        userAgent: takeCodePoints(input.userAgent, USER_AGENT_MAX),
        address: input.address,
        createdAt: new Date(now),
        seenAt: new Date(now),
        expiresAt: new Date(now + sessionLifeOf(account ? readRole(account.role) : null)),
      },
    });
    return secret;
  }

  /** Who holds this cookie, or null. Using a session prolongs it, but no operator's; a disabled account leaves a mere follower. */
  async function findSession(secret: string): Promise<SignedIn | null> {
    if (secret.length !== SECRET_LENGTH) {
      return null;
    }
    const row = await db.session.findUnique({
      where: { hash: hashOf(secret) },
      include: { person: true, account: true },
    });
    const now = clock.now();
    if (!row || row.expiresAt.getTime() <= now) {
      return null;
    }
    const signedIn = toSignedIn(row);
    const isOperator = signedIn.account?.role === 'operator';
    if (isOperatorsOver(row, now)) {
      return null;
    }
    if (now - row.seenAt.getTime() >= SEEN_STEP_MS) {
      const seenAt = new Date(now);
      const data = isOperator ? { seenAt } : { seenAt, expiresAt: new Date(now + SESSION_LIFE_MS) };
      // Only as it was read: a session that somebody ends meanwhile must not come back.
      await db.session.updateMany({ where: { id: row.id, expiresAt: row.expiresAt }, data });
    }
    return signedIn;
  }

  /** A person's living sessions, the last used first. */
  async function listSessions(personId: number): Promise<SessionRow[]> {
    const rows = await db.session.findMany({
      where: { personId: BigInt(personId), expiresAt: { gt: new Date(clock.now()) } },
      orderBy: [{ seenAt: 'desc' }, { id: 'desc' }],
      take: LIST_MAX,
      include: { account: true },
    });
    const living = rows.filter((row) => !isOperatorsOver(row, clock.now()));
    return living.map(({ id, accountId, userAgent, address, createdAt, seenAt }) => ({
      id,
      isFollowerOnly: accountId === null,
      userAgent,
      address,
      createdAt,
      seenAt,
    }));
  }

  /** Ends one session of a person at once; throws not_found. */
  async function revokeSession(personId: number, id: number): Promise<void> {
    const isNumber = Number.isInteger(id) && id > 0 && id < 2 ** 31;
    const { count } = isNumber ? await end({ id, personId: BigInt(personId) }) : { count: 0 };
    if (count === 0) {
      throw notFound('登录 Session');
    }
  }

  /**
   * Ends all sessions of a person, except one where it is named. Tells how many ended, which ones there were in the last
   * days with them, and when the first of those began.
   */
  async function revokeSessions(personId: number, exceptId?: number): Promise<EndedSessions> {
    const except = exceptId === undefined ? {} : { id: { not: exceptId } };
    const where = { personId: BigInt(personId), ...except };
    const { count } = await end(where);
    const rows = await db.session.findMany({
      where,
      select: { id: true, createdAt: true },
      orderBy: { id: 'desc' },
      take: RECALL_MAX,
    });
    return { count, ids: rows.map(({ id }) => id), since: rows.at(-1)?.createdAt ?? null };
  }

  function end(where: Prisma.SessionWhereInput) {
    const now = new Date(clock.now());
    return db.session.updateMany({ where: { ...where, expiresAt: { gt: now } }, data: { expiresAt: now } });
  }

  return { createSession, findSession, listSessions, revokeSession, revokeSessions };
}

/** How long the session of somebody in this role lasts; null: of a follower. */
export function sessionLifeOf(role: AccountRole | null): number {
  return role === 'operator' ? OPERATOR_LIFE_MS : SESSION_LIFE_MS;
}

/** Somebody may have become an operator after signing in. */
function isOperatorsOver(
  { account, createdAt }: { account: { role: string; disabledAt: Date | null } | null; createdAt: Date },
  now: number,
): boolean {
  const isOperator = account !== null && !account.disabledAt && readRole(account.role) === 'operator';
  return isOperator && createdAt.getTime() + OPERATOR_LIFE_MS <= now;
}

function toSignedIn(row: Prisma.SessionGetPayload<{ include: { person: true; account: true } }>): SignedIn {
  const { account, person } = row;
  return {
    sessionId: row.id,
    personId: Number(row.personId),
    uid: person.uid,
    nickname: person.nickname,
    account: account && !account.disabledAt ? { id: account.id, role: readRole(account.role) } : null,
  };
}

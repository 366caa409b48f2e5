/** Accounts: who may manage what. */
import { equalsInConstantTime, sha256Hex } from '#src/lib/hash.js';
import type { Apps } from './apps.js';
import type { CoreDeps } from './deps.js';
import type { Disabled } from './disabled.js';
import { AppError } from './errors.js';
import type { FirstAdmin } from './first-admin.js';
import type { Keys } from './keys.js';
import type { Preferences } from './preferences.js';
import type { Settings } from './settings.js';
import { linkSpace } from './spaces.js';
import type { TokenScope } from './token-scopes.js';
import { asWrongKey } from './wrong-keys.js';

/** What an account may manage: everything, or its own apps. */
export type AccountRole = 'operator' | 'developer';

/**
 * Somebody who manages: the operator (everything) or a developer (the apps of one account, and themselves). An operator
 * who holds ADMIN_TOKEN is nobody in particular; one who signed in is a person with an account. `token` is there where a
 * personal token speaks for them.
 */
export type Manager = (
  | { role: 'operator'; accountId?: number; personId?: number }
  | { role: 'developer'; accountId: number; personId: number }
) & { token?: TokenGrant };

/** What a personal token may do, and what made it. */
export interface TokenGrant {
  keyId: number;
  scopes: readonly TokenScope[];
  sessionId: number | null;
  expiresAt: Date | null;
}

/** Whether people may become developers by themselves. */
export type Registration = 'open' | 'closed';

/** What a person is here after signing in: somebody with an account, or why there is none. */
export type Entry =
  | { kind: 'account'; id: number; role: AccountRole }
  | { kind: 'disabled' }
  | { kind: 'none'; registration: Registration };

/** What accounts stand on. */
export interface AccountMeans {
  keys: Keys;
  settings: Settings;
  preferences: Preferences;
  apps: Pick<Apps, 'forgetSpace'>;
  disabled: Pick<Disabled, 'refresh'>;
  firstAdmin: FirstAdmin;
  /** null switches the operator's bearer token off. */
  adminToken: string | null;
  /** Counts until the operator decides. */
  registration: Registration;
}

const REGISTRATION = 'registration';
/** The preference of whom the operator admitted. */
const ADMITTED = 'admitted-sender';

/** The verbs of accounts. */
export type Accounts = ReturnType<typeof createAccounts>;

/** Makes the verbs of accounts. */
export function createAccounts({ db, clock }: CoreDeps, means: AccountMeans) {
  const { keys, settings, preferences, apps, disabled, firstAdmin, adminToken } = means;
  const adminHash = adminToken === null ? null : sha256Hex(adminToken);

  /**
   * Who holds a bearer token; throws unauthorized, developer_disabled. A person's first call with a personal token opens
   * their account. An operator's token without the scope `operate` speaks for a developer.
   */
  async function authenticate(bearer: string): Promise<Manager> {
    if (adminHash !== null && equalsInConstantTime(sha256Hex(bearer), adminHash)) {
      return { role: 'operator' };
    }
    const owner = bearer === '' ? null : await keys.findOwner('personal', bearer);
    if (!owner) {
      throw asWrongKey(new AppError('unauthorized'), bearer === '' ? 0 : 1);
    }
    const accountId = await openAccount(owner.personId);
    const entry = await findEntry(owner.personId);
    if (entry.kind !== 'account') {
      throw new AppError('unauthorized');
    }
    await keys.noteUse(owner.keyId);
    const { personId, keyId, scopes, sessionId, expiresAt } = owner;
    const role = scopes.includes('operate') ? entry.role : 'developer';
    return { role, accountId, personId, token: { keyId, scopes, sessionId, expiresAt } };
  }

  /** What a person is here. */
  async function findEntry(personId: number): Promise<Entry> {
    const row = await db.account.findUnique({ where: { personId: BigInt(personId) } });
    if (!row) {
      return { kind: 'none', registration: await readRegistration() };
    }
    return row.disabledAt ? { kind: 'disabled' } : { kind: 'account', id: row.id, role: readRole(row.role) };
  }

  /** Makes a person a developer at their own wish, where the operator allows it. Throws forbidden. */
  async function register(personId: number): Promise<number> {
    const entry = await findEntry(personId);
    if (entry.kind === 'account') {
      return entry.id;
    }
    if (entry.kind === 'disabled' || entry.registration === 'closed') {
      throw new AppError('forbidden');
    }
    return openAccount(personId);
  }

  /**
   * Lets through who may have others follow them: people with an account, those whom the operator admitted, and where
   * registration is open everybody. Others push to themselves alone. Throws registration_closed, forbidden for a disabled account.
   */
  async function checkSender(personId: number): Promise<void> {
    const entry = await findEntry(personId);
    if (entry.kind === 'disabled') {
      throw new AppError('forbidden');
    }
    const isClosed = entry.kind === 'none' && entry.registration === 'closed';
    if (isClosed && (await preferences.read(personId, ADMITTED)) !== true) {
      throw new AppError('registration_closed');
    }
  }

  /** Notes that the operator lets a person have others follow them, although they have no account. */
  function admitSender(personId: number): Promise<void> {
    return preferences.save(personId, ADMITTED, true);
  }

  /** Whether no operator has signed in yet, so that the first admin code still makes one. */
  async function needsFirstAdmin(): Promise<boolean> {
    return firstAdmin.hasCode();
  }

  /** Makes a person the administrator by the one-time code. Returns the account, or null for a wrong or used code. */
  async function becomeFirstAdmin(personId: number, code: string): Promise<number | null> {
    return firstAdmin.useCode(code, async () => {
      const id = await openAccount(personId);
      await db.account.update({ where: { id }, data: { role: 'operator', disabledAt: null } });
      await disabled.refresh();
      return id;
    });
  }

  /** Makes the one-time code while there is no operator, and removes a stale one. Returns its file while it counts. */
  async function prepareFirstAdmin(): Promise<string | null> {
    const operators = await db.account.count({ where: { role: 'operator', disabledAt: null } });
    return firstAdmin.prepare(operators === 0);
  }

  /** Whether people may become developers by themselves. */
  async function readRegistration(): Promise<Registration> {
    const stored = await settings.read(REGISTRATION);
    return stored === 'open' || stored === 'closed' ? stored : means.registration;
  }

  /** Decides whether people may become developers by themselves. */
  function saveRegistration(registration: Registration): Promise<void> {
    return settings.save(REGISTRATION, registration);
  }

  /** The number of a person's account, which is opened as a developer's when there is none; their space is then its own. */
  async function openAccount(id: number): Promise<number> {
    const personId = BigInt(id);
    const known = await db.account.findUnique({ where: { personId }, select: { id: true } });
    if (known) {
      return known.id;
    }
    const [account] = await db.$transaction([
      db.account.upsert({
        where: { personId },
        create: { personId, role: 'developer', createdAt: new Date(clock.now()) },
        // Names a column, as Prisma else looks first and then inserts: of two calls at once one would fail.
        update: { personId },
      }),
      linkSpace(db, personId),
    ]);
    apps.forgetSpace(id);
    return account.id;
  }

  return {
    authenticate,
    findEntry,
    register,
    checkSender,
    admitSender,
    needsFirstAdmin,
    becomeFirstAdmin,
    prepareFirstAdmin,
    readRegistration,
    saveRegistration,
  };
}

/** The role of a stored account; what is unknown may do the least. */
export function readRole(stored: string): AccountRole {
  return stored === 'operator' ? 'operator' : 'developer';
}

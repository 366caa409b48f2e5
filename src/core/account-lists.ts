/** The accounts of people who manage, as the operator sees and changes them. */
import { query, wordsOf } from '#src/store/sql.js';
import { type AccountRole, readRole } from './accounts.js';
import type { CoreDeps } from './deps.js';
import type { Disabled } from './disabled.js';
import { AppError, notFound } from './errors.js';

/** An account in the list. */
export interface AccountRow {
  id: number;
  role: AccountRole;
  /** Empty where an account has no person. */
  uid: string;
  nickname: string;
  apps: number;
  disabled: boolean;
  createdAt: Date;
}

/** What an operator changes of an account. */
export interface AccountChange {
  role?: AccountRole;
  disabled?: boolean;
}

type Raw = Record<'id' | 'role' | 'uid' | 'nickname' | 'apps' | 'disabled' | 'createdAt', unknown>;

/** The verbs of these lists. */
export type AccountLists = ReturnType<typeof createAccountLists>;

/** Makes the verbs. */
export function createAccountLists({ db, clock }: CoreDeps, disabled: Pick<Disabled, 'refresh'>) {
  /** A page of accounts, newest first; with a search those whose UID begins with it, or whose nickname holds it. */
  async function listAccounts(page: { search?: string; skip: number; take: number }) {
    const { search = '', skip, take } = page;
    const pattern = search.replace(/[\\%_]/g, '\\$&');
    const q = wordsOf(db);
    const from = `FROM "Account" a LEFT JOIN "Person" p ON p."id" = a."personId"
       WHERE ${q.param('text')} = '' OR p."uid" ${q.like} ? ESCAPE '\\' OR p."nickname" ${q.like} ? ESCAPE '\\'`;
    const args = [search, `${pattern}%`, `%${pattern}%`];
    const [count, rows] = await Promise.all([
      query<{ total: bigint | number }>(db, `SELECT count(*) AS "total" ${from}`, ...args),
      query<Raw>(
        db,
        `SELECT a."id", a."role", coalesce(p."uid", '') AS "uid", coalesce(p."nickname", '') AS "nickname",
           a."disabledAt" IS NOT NULL AS "disabled", ${q.ms('a."createdAt"')} AS "createdAt",
           (SELECT count(*) FROM "App" x WHERE x."accountId" = a."id" AND x."deletedAt" IS NULL) AS "apps"
         ${from} ORDER BY a."id" DESC LIMIT ? OFFSET ?`,
        ...args,
        take,
        skip,
      ),
    ]);
    return { total: Number(count[0]?.total ?? 0), items: rows.map(toAccountRow) };
  }

  /**
   * Changes an account; a disabled one ends its sessions at once, and stops all that is its own. Throws not_found, and conflict for whoever would take
   * their own rights or leave the server without an operator.
   */
  async function changeAccount(id: number, change: AccountChange, byAccountId?: number): Promise<void> {
    const isId = Number.isInteger(id) && id > 0 && id < 2 ** 31;
    const row = isId ? await db.account.findUnique({ where: { id } }) : null;
    if (!row) {
      throw notFound('账号 Account');
    }
    const role = change.role ?? readRole(row.role);
    const isDisabled = change.disabled ?? row.disabledAt !== null;
    const losesRights = row.role === 'operator' && !row.disabledAt && (role !== 'operator' || isDisabled);
    if (losesRights && id === byAccountId) {
      const detail =
        '不能收回自己的权限，请让另一位管理员来做 nobody takes their own rights: ask another operator';
      throw new AppError('conflict', { detail });
    }
    if (losesRights && (await db.account.count({ where: { role: 'operator', disabledAt: null } })) < 2) {
      throw new AppError('conflict', { detail: '至少要有一位管理员 there must be an operator' });
    }
    const now = new Date(clock.now());
    await db.$transaction([
      db.account.update({
        where: { id },
        data: { role, disabledAt: isDisabled ? (row.disabledAt ?? now) : null },
      }),
      ...(isDisabled
        ? [
            db.session.updateMany({
              where: { accountId: id, expiresAt: { gt: now } },
              data: { expiresAt: now },
            }),
          ]
        : []),
    ]);
    await disabled.refresh();
  }

  /** A person's account, or null. */
  async function findAccount(
    personId: number,
  ): Promise<Omit<AccountRow, 'uid' | 'nickname' | 'apps'> | null> {
    const row = await db.account.findUnique({ where: { personId: BigInt(personId) } });
    return row
      ? { id: row.id, role: readRole(row.role), disabled: row.disabledAt !== null, createdAt: row.createdAt }
      : null;
  }

  return { listAccounts, changeAccount, findAccount };
}

function toAccountRow(row: Raw): AccountRow {
  return {
    id: Number(row.id),
    role: readRole(String(row.role)),
    uid: String(row.uid),
    nickname: String(row.nickname),
    apps: Number(row.apps),
    disabled: Boolean(row.disabled),
    createdAt: new Date(Number(row.createdAt)),
  };
}

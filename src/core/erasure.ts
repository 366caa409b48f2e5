/** Erasure: a person's data end at once at their own wish, the operator's or the platform's, and some time after they left. */
import { keyedHash } from '#src/lib/hash.js';
import { inBoth } from '#src/lib/in-language.js';
import {
  blankReceived,
  blankSent,
  clearAttempts,
  deleteEvents,
  hurryDeliveries,
  listLeft,
} from '#src/store/erasure.js';
import type { Apps } from './apps.js';
import type { Actor, Audit } from './audit.js';
import type { CoreDeps } from './deps.js';
import type { Disabled } from './disabled.js';
import { AppError, notFound } from './errors.js';
import type { Keys } from './keys.js';
import type { Preferences } from './preferences.js';
import type { SignOuts } from './sign-outs.js';
import type { OutsideName } from './types.js';

/** Why a person's data end. */
export type ErasureCause = 'self' | 'operator' | 'left' | 'revoked';

/** What erasure stands on. */
export interface ErasureMeans {
  apps: Pick<Apps, 'deleteApp' | 'forgetSpace'>;
  audit: Pick<Audit, 'writeEntry'>;
  disabled: Pick<Disabled, 'refresh'>;
  keys: Pick<Keys, 'forgetKeys'>;
  preferences: Pick<Preferences, 'forgetPerson'>;
  signOuts: SignOuts;
  /** Counts an erasure by its person's own word. Throws limit_reached. */
  countOwn: (personId: number) => Promise<void>;
  /** So many days after a person has left; 0: at once. */
  afterDays: number;
}

const DAY_MS = 86_400_000;
/** People of one step: the audit log is read once for all of them. */
const BATCH = 100;
/** What was about to be written when somebody was erased is written by then. */
const SETTLE_MS = 5000;
const AUDIT_PAGE = 1000;
const MARK_DIGITS = 16;

/** The verbs of erasure. */
export type Erasure = ReturnType<typeof createErasure>;

/** Makes the verbs. */
export function createErasure(deps: CoreDeps, means: ErasureMeans) {
  const { db, clock, hashKey, log, wake } = deps;

  /** The person, if they can be erased. Throws conflict with what stands against it; not_found where there is nobody. */
  async function check(personId: number, cause: ErasureCause = 'self'): Promise<{ uid: string }> {
    const person = await db.person.findUnique({
      where: { id: BigInt(personId) },
      select: { uid: true, notifyCode: { select: { id: true } } },
    });
    // Who exists for a notify code alone goes with that code.
    if (!person || person.notifyCode) {
      throw notFound('用户 User');
    }
    const account = await db.account.findUnique({ where: { personId: BigInt(personId) } });
    if (!account) {
      return person;
    }
    if (account.disabledAt && cause !== 'operator') {
      // Whoever comes back afterwards is somebody new, who is not disabled.
      const detail = inBoth('账户已停用，由管理员删除', 'the account is disabled: the operator erases it');
      throw new AppError('conflict', { detail });
    }
    const apps = await db.app.findMany({
      where: { accountId: account.id, ownerId: null, deletedAt: null },
      select: { id: true },
      take: 10,
    });
    if (apps.length > 0) {
      const list = apps.map(({ id }) => `#${id}`).join(' ');
      const detail = inBoth(
        `还有应用 ${list}，请先在控制台删除它们，免得关注者留在没有主人的应用里`,
        `apps are left: ${list}. Delete them first, so that nobody follows an app without an owner`,
      );
      throw new AppError('conflict', { detail });
    }
    const others = { role: 'operator', disabledAt: null, id: { not: account.id } };
    if (account.role === 'operator' && (await db.account.count({ where: others })) === 0) {
      const detail = inBoth(
        '这是最后一个管理员，先让别人成为管理员',
        'this is the last operator: make somebody else one first',
      );
      throw new AppError('conflict', { detail });
    }
    return person;
  }

  /**
   * Ends a person: when it answers they are unknown here, signed out everywhere, and nothing reaches them any more; what else
   * speaks of them goes with the next upkeep. Who follows again is somebody new. Throws not_found, conflict, limit_reached.
   */
  async function erase(
    personId: number,
    { cause, by }: { cause: ErasureCause; by: Actor | null },
  ): Promise<void> {
    const { uid } = await check(personId, cause);
    const id = BigInt(personId);
    if (cause === 'self') {
      await means.countOwn(personId);
    }
    if (by) {
      await means.audit.writeEntry(by, { action: 'person.erase', target: uid, detail: cause });
    }
    await means.signOuts.endEverywhere(personId);
    const space = await db.app.findUnique({ where: { ownerId: id }, select: { id: true, deletedAt: true } });
    if (space && space.deletedAt === null) {
      await means.apps.deleteApp(space.id);
    }
    const codes = await db.notifyCode.findMany({ where: { ownerId: id }, select: { personId: true } });
    const nameless = {
      name: '',
      description: '',
      contact: '',
      followTip: '',
      ownerId: null,
      accountId: null,
    };
    await db.$transaction([
      db.erasure.upsert({
        where: { personId: id },
        create: { personId: id, uid, cause, askedAt: new Date(clock.now()) },
        // Names a column, as Prisma else looks first and then inserts: of two calls at once one would fail.
        update: { uid },
      }),
      db.app.updateMany({ where: { ownerId: id }, data: nameless }),
      db.person.deleteMany({ where: { id: { in: codes.map((code) => code.personId) } } }),
      db.app.updateMany({ where: { account: { personId: id } }, data: { accountId: null } }),
      db.account.deleteMany({ where: { personId: id } }),
      db.signInCode.deleteMany({ where: { personId: id } }),
      db.oneTimeLink.deleteMany({ where: { personId: id } }),
      db.conversation.deleteMany({ where: { personId: id } }),
      db.subscription.deleteMany({ where: { personId: id } }),
      // The rest of what is theirs goes with the row that it belongs to.
      db.person.deleteMany({ where: { id } }),
    ]);
    means.keys.forgetKeys();
    means.preferences.forgetPerson(personId);
    means.apps.forgetSpace(personId);
    await means.disabled.refresh();
    await hurryDeliveries(db, personId, clock.now());
    wake();
  }

  /** Erases whom a platform no longer lets us know; nobody where nobody is known by that name. What stands against it is logged. */
  async function eraseByName(name: OutsideName): Promise<void> {
    const row = await db.identity.findUnique({
      where: {
        platform_account_externalId: {
          platform: name.platform,
          account: name.account,
          externalId: name.externalId,
        },
      },
    });
    if (row) {
      await eraseOrExplain(Number(row.personId), 'revoked');
    }
  }

  /** Forgets what a platform no longer vouches for: the nickname of who is known by a name. */
  async function forgetNickname({ platform, account, externalId }: OutsideName): Promise<void> {
    await db.person.updateMany({
      where: { identities: { some: { platform, account, externalId } } },
      data: { nickname: '' },
    });
  }

  /** One pass: whoever left long enough ago is erased, and what the erased leave behind goes. Safe to break off and repeat. */
  async function sweep(): Promise<void> {
    await eraseLeft();
    for (let isMore = true; isMore; ) {
      isMore = await finishBatch();
    }
  }

  async function eraseLeft(): Promise<void> {
    const leftBefore = clock.now() - means.afterDays * DAY_MS;
    for (let count = BATCH; count === BATCH; ) {
      const people = await listLeft(db, leftBefore, BATCH);
      const erased = await Promise.all(people.map((personId) => eraseOrExplain(personId, 'left')));
      // Where none could be erased the next look would find the same ones.
      count = erased.includes(true) ? people.length : 0;
    }
  }

  async function eraseOrExplain(personId: number, cause: ErasureCause): Promise<boolean> {
    try {
      await erase(personId, { cause, by: null });
      return true;
    } catch (error) {
      if (!(error instanceof AppError) || error.status >= 500) {
        throw error;
      }
      log.warn('a person’s data could not be erased', { personId, cause, why: error.en });
      return false;
    }
  }

  async function finishBatch(): Promise<boolean> {
    const rows = await db.erasure.findMany({
      where: { askedAt: { lte: new Date(clock.now() - SETTLE_MS) } },
      orderBy: { askedAt: 'asc' },
      take: BATCH,
    });
    if (rows.length === 0) {
      return false;
    }
    for (const { personId, uid } of rows) {
      await forgetTraces(Number(personId), uid);
    }
    await rewriteAudit(new Map(rows.map(({ uid }) => [uid, markOf(uid)])));
    const ids = rows.map(({ personId }) => personId);
    await db.qrCode.updateMany({ where: { lastPersonId: { in: ids } }, data: { lastPersonId: null } });
    const open = await db.event.findMany({ where: { personId: { in: ids } }, select: { personId: true } });
    const waiting = new Set(open.map(({ personId }) => personId));
    const done = ids.filter((id) => !waiting.has(id));
    await db.erasure.deleteMany({ where: { personId: { in: done } } });
    wake();
    return rows.length === BATCH && done.length > 0;
  }

  async function forgetTraces(personId: number, uid: string): Promise<void> {
    const now = clock.now();
    await hurryDeliveries(db, personId, now);
    for (let after: number | null = 0; after !== null; ) {
      after = await blankReceived(db, personId, { after, now, uid, mark: markOf(uid) });
    }
    for (const step of [
      () => blankSent(db, personId, now),
      () => clearAttempts(db, personId),
      () => deleteEvents(db, personId),
    ]) {
      while ((await step()) > 0) {
        // The next chunk.
      }
    }
  }

  /** What stands for an erased person in the audit log: the same in all of its lines, and nothing leads back from it. */
  function markOf(uid: string): string {
    return `erased-${keyedHash(hashKey, `erased:${uid}`).slice(0, MARK_DIGITS)}`;
  }

  /** The log says what was done, and no longer who it was. */
  async function rewriteAudit(markOf: ReadonlyMap<string, string>): Promise<void> {
    const rename = (text: string): string =>
      text.replace(/UID_[A-Za-z0-9]+/g, (uid) => markOf.get(uid) ?? uid);
    for (let after = 0n; ; ) {
      const rows = await db.auditEntry.findMany({
        where: { id: { gt: after } },
        orderBy: { id: 'asc' },
        take: AUDIT_PAGE,
      });
      for (const { id, actor, target, detail } of rows) {
        const own = markOf.get(actor);
        const data = own
          ? { actor: own, target: rename(target), detail: '', address: '' }
          : { target: rename(target), detail: rename(detail) };
        if (own || data.target !== target || data.detail !== detail) {
          await db.auditEntry.update({ where: { id }, data });
        }
      }
      const last = rows.at(-1);
      if (!last || rows.length < AUDIT_PAGE) {
        return;
      }
      after = last.id;
    }
  }

  return { check, erase, eraseByName, forgetNickname, sweep };
}

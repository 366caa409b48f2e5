/** The audit log: who changed what, written with each change that a person or machine makes. */
import { takeCodePoints } from '#src/lib/text.js';
import { wordsOf } from '#src/store/sql.js';
import { begins, holds, pickIds } from '#src/store/text-search.js';
import type { Manager } from './accounts.js';
import type { CoreDeps } from './deps.js';

/** What people do on the pages and in the chat: noun and verb. */
export type PageAction =
  | 'account.change'
  | 'account.join'
  | 'account.wrong-code'
  | 'app.create'
  | 'app.delete'
  | 'app.plan'
  | 'app.retention'
  | 'app.token.replace'
  | 'app.update'
  | 'backup.download'
  | 'backup.make'
  | 'backup.remove'
  | 'callback.replay'
  | 'callback.replay-failed'
  | 'callback.secret.replace'
  | 'callback.secret.show'
  | 'callback.test'
  | 'callback.update'
  | 'channel.create'
  | 'channel.delete'
  | 'channel.down'
  | 'channel.first'
  | 'channel.join'
  | 'channel.leave'
  | 'channel.not-first'
  | 'channel.test'
  | 'channel.up'
  | 'channel.update'
  | 'contact.confirm'
  | 'contact.remove'
  | 'key.create'
  | 'key.replace'
  | 'key.revoke'
  | 'key.update'
  | 'menu.create'
  | 'message.cancel'
  | 'message.resend'
  | 'message.send'
  | 'open-access.ips'
  | 'open-access.replace'
  | 'person.erase'
  | 'person.export'
  | 'person.pause'
  | 'person.plans'
  | 'person.resume'
  | 'plan.create'
  | 'plan.delete'
  | 'plan.update'
  | 'points.grant'
  | 'qrcode.create'
  | 'qrcode.delete'
  | 'queue.resume'
  | 'restore.cancel'
  | 'restore.choose'
  | 'restore.upload'
  | 'session.begin'
  | 'session.end'
  | 'session.end-all'
  | 'session.fail'
  | 'session.reject'
  | 'settings.registration'
  | 'settings.save'
  | 'subscriber.block'
  | 'subscriber.export'
  | 'subscriber.remark'
  | 'subscriber.remove'
  | 'subscriber.unblock'
  | 'subscription.block'
  | 'subscription.unblock'
  | 'template.choose'
  | 'template.reset'
  | 'topic.create'
  | 'topic.delete'
  | 'topic.update';

/** A change; no field may hold a secret. */
export interface AuditNote {
  /** What was done, on a page or by a call of the management API. */
  action: PageAction | `api.${string}`;
  /** What was changed, such as `app 97`. */
  target?: string;
  detail?: string;
  /** Where the change came from. */
  address?: string;
}

/** Who made a change: somebody who manages, or a follower in their own things. */
export type Actor = Manager | { role: 'follower'; personId: number };

/** A line of the log. */
export interface AuditLine extends Omit<Required<AuditNote>, 'action'> {
  /** One of those of AuditNote, or an earlier version's. */
  action: string;
  id: number;
  accountId: number | null;
  actor: string;
  createdAt: Date;
}

/** Part of the log, newest first. */
export interface AuditPart {
  items: AuditLine[];
  /** Where to go on: pass it as `before`. Null at the end of the log. */
  before: number | null;
  /** The search stopped before its page was full, at lines of this time; null: it did not. */
  searchedTo: Date | null;
}

/** A search looks at so many lines at once; older ones are a click away. */
const WINDOW = 20_000;

const LIMITS = { action: 100, target: 200, detail: 1000, address: 64 };

/** The verbs of the audit log. */
export type Audit = ReturnType<typeof createAudit>;

/** Makes the verbs of the audit log. */
export function createAudit({ db, clock, newId, log }: CoreDeps, window = WINDOW) {
  /** Writes a line. Never throws: the change is made already, and an answer that denied it would be wrong. */
  async function writeEntry(actor: Actor, note: AuditNote): Promise<void> {
    try {
      await write(actor, note);
    } catch (error) {
      log.error('a change could not be written to the audit log', { error, action: note.action });
    }
  }

  async function write(actor: Actor, note: AuditNote): Promise<void> {
    const { action, target = '', detail = '', address = '' } = note;
    await db.auditEntry.create({
      data: {
        id: BigInt(newId()),
        accountId: actor.role === 'follower' ? null : (actor.accountId ?? null),
        actor: await nameActor(actor),
        action: takeCodePoints(action, LIMITS.action, '…'),
        target: takeCodePoints(target, LIMITS.target, '…'),
        detail: takeCodePoints(detail, LIMITS.detail, '…'),
        address: takeCodePoints(address, LIMITS.address),
        createdAt: new Date(clock.now()),
      },
    });
  }

  /** The UID of a person; the holder of the operator's token has none. */
  async function nameActor(actor: Actor): Promise<string> {
    if (actor.personId === undefined) {
      return 'ADMIN_TOKEN';
    }
    const person = await db.person.findUnique({ where: { id: BigInt(actor.personId) } });
    return person?.uid ?? `person ${actor.personId}`;
  }

  /** A page of the log, newest first. */
  async function listEntries(page: {
    skip: number;
    take: number;
  }): Promise<{ total: number; items: AuditLine[] }> {
    const [total, rows] = await Promise.all([
      db.auditEntry.count(),
      db.auditEntry.findMany({ orderBy: { id: 'desc' }, ...page }),
    ]);
    return { total, items: rows.map((row) => ({ ...row, id: Number(row.id) })) };
  }

  /** Part of the log: lines whose actor begins with `actor` and whose action or target holds `action`. */
  async function searchEntries(wish: {
    actor: string;
    action: string;
    before?: number;
    take: number;
  }): Promise<AuditPart> {
    const { actor, action, before, take } = wish;
    const older = before === undefined ? {} : { lt: BigInt(before) };
    const isFiltered = actor !== '' || action !== '';
    const edge = isFiltered
      ? await db.auditEntry.findFirst({ where: { id: older }, orderBy: { id: 'desc' }, skip: window - 1 })
      : null;
    const q = wordsOf(db);
    const where = [
      ...(before === undefined ? [] : [{ sql: '"id" < ?', args: [before] }]),
      ...(edge ? [{ sql: '"id" >= ?', args: [Number(edge.id)] }] : []),
      ...(actor === '' ? [] : [begins(q, '"actor"', actor)]),
      ...(action === '' ? [] : [holds(q, ['"action"', '"target"'], action)]),
    ];
    const ids = await pickIds(db, { table: 'AuditEntry', where, order: 'DESC', skip: 0, take: take + 1 });
    const rows = await db.auditEntry.findMany({ where: { id: { in: ids } }, orderBy: { id: 'desc' } });
    const items = rows.slice(0, take).map((row) => ({ ...row, id: Number(row.id) }));
    if (rows.length > take) {
      return { items, before: items.at(-1)?.id ?? null, searchedTo: null };
    }
    return { items, before: edge ? Number(edge.id) : null, searchedTo: edge?.createdAt ?? null };
  }

  return { writeEntry, listEntries, searchEntries, nameActor };
}

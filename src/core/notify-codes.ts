/** Notify codes: each lets a program send through one WeCom app to the receivers that were picked when it was made. */
import { keyedHash } from '#src/lib/hash.js';
import { randomText } from '#src/lib/ids.js';
import { checkSettings } from './channel-settings.js';
import type { Channels } from './channels.js';
import type { CoreDeps } from './deps.js';
import type { Disabled } from './disabled.js';
import { AppError, notFound } from './errors.js';
import type { Attempt, ChannelKind, ChannelSettings } from './types.js';
import { toWecomError } from './wecom-errors.js';

/** What stands in a form for a new code. */
export interface NotifyInput {
  corpId: string;
  agentId: string;
  secret: string;
  /** Member ids joined by `|`, or `@all`. */
  receivers: string;
  /** The original's own words unless told: a bold title, simple Markdown. WeChat's plugin shows text only. */
  format?: 'text' | 'markdown';
  /** What becomes of a message that WeCom would cut: numbered parts (default), or nothing is sent. */
  overflow?: 'split' | 'refuse';
}

/** A member of a corp, to pick from. */
export interface NotifyMember {
  userId: string;
  /** Empty where the app may not see it. */
  name: string;
}

/** What the outside does for codes. Rejections carry `advice` for people and WeCom's `code`. */
export interface NotifyOutside {
  /** Asks WeCom whether app and receivers are right; sends nothing. */
  check(settings: ChannelSettings): Promise<void>;
  /** The members whom the app sees. */
  listMembers(settings: ChannelSettings): Promise<readonly NotifyMember[]>;
  /** How many messages of WeCom's a text becomes. */
  countParts(text: { title: string; body: string }, settings: ChannelSettings): number;
  /** Lets a queue that rests try again at once. */
  resumeQueue(queue: string): Promise<void>;
}

/** Whom a code reaches. */
export interface NotifyTarget {
  personId: number;
  uid: string;
  /** Who counts as the sender: the code's owner, else the code itself. */
  senderId: number;
  /** Whether a text of several parts is refused. */
  refusesLong: boolean;
  /** What the code's channel says; secrets are masked. */
  settings: ChannelSettings;
}

/** A code in a list; the code itself is shown when it is made, and to its owner. */
export interface NotifyCodeView {
  id: number;
  hint: string;
  settings: ChannelSettings;
  overflow: 'split' | 'refuse';
  createdAt: Date;
}

/** What is known so far of a message that a code sent. */
export type NotifyAnswer =
  | { kind: 'sent'; msgIds: string[]; missed: string }
  | { kind: 'failed'; why: string }
  /** Whether WeCom has it nobody can tell; it goes out no more by itself. */
  | { kind: 'unknown'; why: string }
  /**
   * `code` and `why` are of its last try, before the first one of what its queue rests for, or empty; `until` is the next try
   * (milliseconds since the epoch).
   */
  | { kind: 'waiting'; code: string; why: string; until: number; isTried: boolean };

/** The verbs of notify codes. */
export type NotifyCodes = ReturnType<typeof createNotifyCodes>;

const KIND = 'wecom-app';
const CODE_LENGTH = 32;
/** Of new codes; those that were made without one keep the channel's, which is text. */
const DEFAULT_FORMAT = 'markdown';

/** Makes the verbs of notify codes. */
export function createNotifyCodes(
  deps: CoreDeps,
  { channels, disabled }: { channels: Channels; disabled: Pick<Disabled, 'checkPerson'> },
  outside: NotifyOutside,
) {
  const { db, clock, newId, hashKey, box } = deps;
  const hashOf = (code: string): string => keyedHash(hashKey, `notify:${code}`);

  /**
   * Makes a code after WeCom accepted app and receivers. Throws bad_field naming what to mend, wecom_failed with WeCom's
   * reason (60020 names the address to allow). Nothing is stored then.
   */
  async function createCode(
    input: NotifyInput,
    ownerId: number | null,
  ): Promise<{ id: number; code: string }> {
    const settings = readSettings(input);
    await outside.check(settings).catch(toWecomError);
    const code = randomText(CODE_LENGTH);
    const personId = newId();
    const createdAt = new Date(clock.now());
    const { id } = await db.notifyCode.create({
      data: {
        hash: hashOf(code),
        hint: `${code.slice(0, 4)}…${code.slice(-3)}`,
        sealed: ownerId === null ? '' : box.seal(code),
        ownerId: ownerId === null ? null : BigInt(ownerId),
        refusesLong: input.overflow === 'refuse',
        createdAt,
        person: { create: { id: BigInt(personId), uid: `UID_${randomText(28)}`, createdAt } },
      },
    });
    await channels.createChannel(personId, { kind: KIND, code: 'notify', config: settings, default: true });
    return { id, code };
  }

  /** The members whom an app sees, after WeCom accepted it. Throws as `createCode` does. */
  async function listMembers(
    app: Pick<NotifyInput, 'corpId' | 'agentId' | 'secret'>,
  ): Promise<readonly NotifyMember[]> {
    const settings = readSettings({ ...app, receivers: '@all' });
    await outside.check(settings).catch(toWecomError);
    return outside.listMembers(settings).catch(toWecomError);
  }

  /**
   * Whom a code reaches; null for a code that was never made or is no more. Throws developer_disabled where its owner is
   * disabled.
   */
  async function findTarget(code: string): Promise<NotifyTarget | null> {
    const row = await db.notifyCode.findUnique({ where: { hash: hashOf(code) }, include: { person: true } });
    const channel = row ? await channels.findChannel(Number(row.personId), KIND) : null;
    if (!row || !channel) {
      return null;
    }
    await disabled.checkPerson(Number(row.ownerId ?? 0));
    return {
      personId: Number(row.personId),
      uid: row.person.uid,
      senderId: Number(row.ownerId ?? row.personId),
      refusesLong: row.refusesLong,
      settings: channel.config,
    };
  }

  /** How far a message of a code has come. */
  async function readAnswer(messageId: number): Promise<NotifyAnswer> {
    const row = await db.delivery.findFirst({ where: { messageId: BigInt(messageId) } });
    const now = clock.now();
    if (!row) {
      return { kind: 'waiting', code: '', why: '', until: now, isTried: false };
    }
    const last = (JSON.parse(row.attempts) as Attempt[]).at(-1);
    const why = last?.detail ?? '';
    switch (row.state) {
      case 'sent':
        return { kind: 'sent', msgIds: (row.ref ?? '').split(',').filter((id) => id !== ''), missed: why };
      case 'due':
      case 'claimed': {
        const rest = await db.pause.findFirst({ where: { queue: row.queue, until: { gt: new Date(now) } } });
        const until = Math.max(row.dueAt.getTime(), rest?.until.getTime() ?? 0);
        return {
          kind: 'waiting',
          code: last?.code ?? rest?.code ?? '',
          why: why || (rest?.why ?? ''),
          until,
          isTried: last !== undefined,
        };
      }
      case 'unknown':
        return { kind: 'unknown', why };
      default:
        return { kind: 'failed', why };
    }
  }

  /** Lets a message be tried that waits because an earlier one was refused: WeCom may take this one. */
  async function tryNow(messageId: number): Promise<void> {
    const row = await db.delivery.findFirst({ where: { messageId: BigInt(messageId) } });
    if (row) {
      await outside.resumeQueue(row.queue);
    }
  }

  /** The codes that a person made, or all (null), oldest first. */
  async function listCodes(ownerId: number | null): Promise<NotifyCodeView[]> {
    const rows = await db.notifyCode.findMany({
      where: ownerId === null ? {} : { ownerId: BigInt(ownerId) },
      orderBy: { id: 'asc' },
    });
    return Promise.all(
      rows.map(async ({ id, hint, personId, refusesLong, createdAt }) => ({
        id,
        hint,
        settings: (await channels.findChannel(Number(personId), KIND))?.config ?? {},
        overflow: refusesLong ? ('refuse' as const) : ('split' as const),
        createdAt,
      })),
    );
  }

  /** The newest code that a person made, in clear; null while there is none. */
  async function showOwnCode(ownerId: number): Promise<string | null> {
    const row = await db.notifyCode.findFirst({
      where: { ownerId: BigInt(ownerId), sealed: { not: '' } },
      orderBy: { id: 'desc' },
    });
    return row ? box.open(row.sealed) : null;
  }

  /** Ends a code at once; what waits to go out by it is cancelled. Throws not_found, also for another person's. */
  async function deleteCode(id: number, ownerId: number | null): Promise<void> {
    const row = await db.notifyCode.findUnique({ where: { id } });
    if (!row || (ownerId !== null && row.ownerId !== BigInt(ownerId))) {
      throw notFound('通知 Code Notify code');
    }
    await db.person.delete({ where: { id: row.personId } });
  }

  /** Ends the codes that a person made since then. Returns how many. */
  async function deleteSince(ownerId: number, since: Date): Promise<number> {
    const rows = await db.notifyCode.findMany({
      where: { ownerId: BigInt(ownerId), createdAt: { gte: since } },
      select: { personId: true },
    });
    await db.person.deleteMany({ where: { id: { in: rows.map(({ personId }) => personId) } } });
    return rows.length;
  }

  /** The form's fields by the channel's own rules. The channel splits; refusing comes before a message is taken in. */
  function readSettings({ overflow: _, ...fields }: NotifyInput): Record<string, string> {
    const settings = { ...fields, format: fields.format ?? DEFAULT_FORMAT, overflow: 'split' };
    return checkSettings(getKind(channels), settings, () => {});
  }

  return {
    createCode,
    listMembers,
    findTarget,
    countParts: outside.countParts,
    readAnswer,
    tryNow,
    listCodes,
    showOwnCode,
    deleteCode,
    deleteSince,
  };
}

function getKind(channels: Channels): ChannelKind {
  const kind = channels.listKinds().find(({ id }) => id === KIND);
  if (!kind) {
    throw new AppError('unavailable');
  }
  return kind;
}

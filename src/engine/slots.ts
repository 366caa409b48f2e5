/** Decides by what channel each person gets a message whose sender asked for channels by name. */
import { CONTACT_OF, type ContactKind } from '#src/core/contacts.js';
import type { Db } from '#src/store/open.js';
import { PAID_QUEUE } from '#src/store/points.js';

/** One way to one person. */
export interface Slot {
  personId: number;
  channel: string;
  queue: string;
  slot: string;
  configId: number | null;
  problem: string | null;
}

/** What was asked: channel codes or kinds; none means each person's route. `queue` is WeChat's queue for this audience. */
export interface SlotRequest {
  people: readonly number[];
  asked: readonly string[];
  queue: string;
  /** The channels for which the server has an account of its own. */
  served: ReadonlySet<string>;
}

/** The server's own channels beside WeChat that reach people without settings of theirs, and the queue of each. */
const SERVER_QUEUES: Readonly<Record<string, (personId: number) => string>> = {
  'wecom-app': () => 'wecom-app:server',
  mail: () => 'mail:server',
  // Aliyun limits how often one phone is written to, so a limit of one phone must not hold up another.
  sms: (personId) => `${PAID_QUEUE}:${personId}`,
};

/**
 * Fills the slots: each person once for each asked channel. A code is a person's own name for a channel; a kind means the
 * first of that kind. Who has none gets a slot that says so.
 */
export async function fillSlots(db: Db, { people, asked, queue, served }: SlotRequest): Promise<Slot[]> {
  const wechat = { channel: 'wechat', queue, configId: null, problem: null };
  if (asked.length === 0) {
    return people.map((personId) => ({ personId, slot: '', ...wechat }));
  }
  const rows = await db.channelConfig.findMany({
    where: {
      personId: { in: people.map(BigInt) },
      OR: [{ code: { in: [...asked] } }, { kind: { in: [...asked] } }],
    },
    select: { id: true, personId: true, kind: true, code: true, queue: true },
    orderBy: { id: 'asc' },
  });
  const known = await listKnown(db, people, { asked, served });
  return people.flatMap((personId) =>
    asked.map((slot): Slot => {
      if (slot === 'wechat') {
        return { personId, slot, ...wechat };
      }
      const own = rows.filter((row) => Number(row.personId) === personId);
      const found = own.find((row) => row.code === slot) ?? own.find((row) => row.kind === slot);
      if (!found) {
        const own = known.get(slot)?.has(personId) ? SERVER_QUEUES[slot]?.(personId) : undefined;
        const problem = own ? null : whyNone(slot, served);
        return { personId, slot, channel: slot, queue: own ?? queue, configId: null, problem };
      }
      return { personId, slot, channel: found.kind, queue: found.queue, configId: found.id, problem: null };
    }),
  );
}

function whyNone(slot: string, served: ReadonlySet<string>): string {
  const none = `接收者没有配置通道「${slot}」 The person has not set up the channel "${slot}"`;
  const contact = served.has(slot) ? CONTACT_WORDS[slot] : undefined;
  return contact ? `${none}${contact}` : none;
}

/** What else would have done. */
const CONTACT_WORDS: Readonly<Record<string, string | undefined>> = {
  mail: '，也没有绑定邮箱 nor a verified mail address',
  sms: '，也没有绑定手机 nor a verified phone',
};

/** For each asked channel, who of these people the server's own account reaches. */
async function listKnown(
  db: Db,
  people: readonly number[],
  { asked, served }: Pick<SlotRequest, 'asked' | 'served'>,
): Promise<Map<string, Set<number>>> {
  const known = new Map<string, Set<number>>();
  for (const slot of asked) {
    const contact = served.has(slot) ? CONTACT_OF[slot] : undefined;
    if (contact) {
      known.set(slot, await listReachable(db, people, contact));
    } else if (slot === 'wecom-app') {
      known.set(slot, await listMembers(db, people));
    }
  }
  return known;
}

/** Who of these people has a verified contact. */
async function listReachable(db: Db, people: readonly number[], contact: ContactKind): Promise<Set<number>> {
  const rows = await db.person.findMany({
    where: { id: { in: people.map(BigInt) }, [contact]: { not: '' } },
    select: { id: true },
  });
  return new Set(rows.map((row) => Number(row.id)));
}

/** Who of these people is a member of the server's own WeCom app. */
async function listMembers(db: Db, people: readonly number[]): Promise<Set<number>> {
  const rows = await db.identity.findMany({
    where: { platform: 'wecom', following: true, personId: { in: people.map(BigInt) } },
    select: { personId: true },
  });
  return new Set(rows.map((row) => Number(row.personId)));
}

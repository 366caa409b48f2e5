/** Decides by what channel each person gets a message whose sender asked for channels by name. */
import type { Db } from '#src/store/open.js';

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
}

/**
 * Fills the slots: each person once for each asked channel. A code is a person's own name for a channel; a kind means the
 * first of that kind. Who has none gets a slot that says so.
 */
export async function fillSlots(db: Db, { people, asked, queue }: SlotRequest): Promise<Slot[]> {
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
  const members = asked.includes('wecom-app') ? await listMembers(db, people) : new Set<number>();
  return people.flatMap((personId) =>
    asked.map((slot): Slot => {
      if (slot === 'wechat') {
        return { personId, slot, ...wechat };
      }
      const own = rows.filter((row) => Number(row.personId) === personId);
      const found = own.find((row) => row.code === slot) ?? own.find((row) => row.kind === slot);
      if (!found && slot === 'wecom-app' && members.has(personId)) {
        return { personId, slot, channel: slot, queue: 'wecom-app:server', configId: null, problem: null };
      }
      if (!found) {
        const problem = `接收者没有配置通道「${slot}」 The person has not set up the channel "${slot}"`;
        return { personId, slot, channel: slot, queue, configId: null, problem };
      }
      return { personId, slot, channel: found.kind, queue: found.queue, configId: found.id, problem: null };
    }),
  );
}

/** Who of these people is a member of the server's own WeCom app: they are reached by it without settings of their own. */
async function listMembers(db: Db, people: readonly number[]): Promise<Set<number>> {
  const rows = await db.identity.findMany({
    where: { platform: 'wecom', following: true, personId: { in: people.map(BigInt) } },
    select: { personId: true },
  });
  return new Set(rows.map((row) => Number(row.personId)));
}
